"""A panel: a dock whose title collapses, floats and closes it, and whose content scrolls rather than being cut."""

from collections.abc import Callable

from PyQt6.QtCore import QEvent, QObject, QSize, Qt, pyqtBoundSignal, pyqtSignal
from PyQt6.QtGui import QGuiApplication, QMouseEvent, QResizeEvent
from PyQt6.QtWidgets import QAbstractButton, QDockWidget, QHBoxLayout, QLabel, QScrollArea, QStyle, QToolButton, QWidget

TALLEST = 16_777_215
"""Qt's own largest height: no limit."""


class Panel(QDockWidget):
    """One panel.

    Signals
    -------
    fold_asked
        Its content shall be shown or hidden: the other one of what it is.
    content_changed
        What it holds became taller or lower.
    resized_by_hand
        The user dragged its border.
    """

    fold_asked = pyqtSignal()
    content_changed = pyqtSignal()
    resized_by_hand = pyqtSignal()

    def __init__(self, name: str, content: QWidget, parent: QWidget, *, scrolls: bool) -> None:
        super().__init__(name, parent)
        self.setObjectName(name)
        self.collapsed = False
        for button in self.findChildren(QAbstractButton):  # Qt's own; out of sight, but screen readers list them
            button.setToolTip(f"{button.accessibleName()} {name}")
        self.holder = content
        if scrolls:
            self.holder = ScrolledContent(content, self)
            self.holder.content_changed.connect(self.content_changed)
        self.setWidget(self.holder)
        self.title = _Title(self)
        self.setTitleBarWidget(self.title)

    def collapse(self, *, collapsed: bool) -> None:
        """Show the title alone, or the content too."""
        self.collapsed = collapsed
        content = self.widget()
        if content is not None:
            content.setVisible(not collapsed)
        self.setMaximumHeight(self.title.sizeHint().height() + 2 if collapsed else TALLEST)
        self.title.show_collapsed(collapsed=collapsed)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Notice whose doing it is: a window that is resized by its frame has no button of the mouse pressed."""
        super().resizeEvent(event)
        if QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton:
            self.resized_by_hand.emit()

    def toggle_floating(self) -> None:
        """Take it out of the window, or put it back."""
        self.setFloating(not self.isFloating())

    @property
    def wanted_height(self) -> int:
        """What the title and the content need."""
        content = self.widget()
        inside = content.sizeHint().height() if content is not None and not self.collapsed else 0
        return self.title.sizeHint().height() + inside + 4


class ScrolledContent(QScrollArea):
    """Scrolls down where it is too low, is never narrower than its content, and as tall as that where there is room.

    Signals
    -------
    content_changed
        The content wants another height.
    """

    content_changed = pyqtSignal()

    def __init__(self, content: QWidget, parent: QWidget) -> None:
        super().__init__(parent)
        self._height = 0
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        content.installEventFilter(self)
        self.setWidget(content)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Notice that the content wants another height."""
        content = self.widget()
        if event is not None and event.type() == QEvent.Type.LayoutRequest and content is not None:
            self.updateGeometry()
            if content.sizeHint().height() != self._height:
                self._height = content.sizeHint().height()
                self.content_changed.emit()
        return bool(super().eventFilter(watched, event))

    def minimumSizeHint(self) -> QSize:
        """As wide as the content has to be, and a scroll bar."""
        content, style = self.widget(), self.style()
        if content is None or style is None:
            return QSize()
        bar = style.pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent)
        return QSize(content.minimumSizeHint().width() + bar + 2, 40)

    def sizeHint(self) -> QSize:
        """All of the content."""
        content = self.widget()
        return QSize() if content is None else content.sizeHint() + QSize(self.minimumSizeHint().width() // 8, 2)


class _Title(QWidget):
    """A panel's name and three buttons; a double click floats it, as Qt's own title does."""

    def __init__(self, panel: Panel) -> None:
        super().__init__(panel)
        self._panel, name, style = panel, panel.objectName(), self.style()
        self._fold = _button(self, f"Collapse or expand {name}", panel.fold_asked)
        floating = _button(
            self, f"Let {name} float, or dock it again", lambda: panel.setFloating(not panel.isFloating())
        )
        close = _button(self, f"Close {name}; Panels shows it again", panel.close)
        if style is not None:
            floating.setIcon(style.standardIcon(QStyle.StandardPixmap.SP_TitleBarNormalButton))
            close.setIcon(style.standardIcon(QStyle.StandardPixmap.SP_TitleBarCloseButton))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(4, 1, 2, 1)
        layout.setSpacing(2)
        for widget, stretch in ((self._fold, 0), (QLabel(name, self), 1), (floating, 0), (close, 0)):
            layout.addWidget(widget, stretch)
        self.show_collapsed(collapsed=False)

    def show_collapsed(self, *, collapsed: bool) -> None:
        """Point to the content, or to where it would be."""
        self._fold.setArrowType(Qt.ArrowType.RightArrow if collapsed else Qt.ArrowType.DownArrow)

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Leave it to the dock, which is dragged by its title."""
        if event is not None:
            event.ignore()

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Leave it to the dock."""
        if event is not None:
            event.ignore()

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """Leave it to the dock."""
        if event is not None:
            event.ignore()


def _button(title: _Title, words: str, run: Callable[..., object] | pyqtBoundSignal) -> QToolButton:
    button = QToolButton(title)
    button.setAutoRaise(True)
    button.setFixedSize(18, 18)
    button.setIconSize(QSize(10, 10))
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the Panels menu does the same by keyboard
    button.setToolTip(words)
    button.setAccessibleName(words)
    button.clicked.connect(run)
    return button
