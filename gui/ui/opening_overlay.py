"""The overlay over the maps: while something else is being opened it dims what is old, and says what comes."""

from PyQt6.QtCore import QEvent, QObject, QRect, Qt
from PyQt6.QtGui import QColor, QPainter, QPaintEvent, QPalette
from PyQt6.QtWidgets import QWidget

from ..model.opening import Opening, shortened
from ..model.viewer_model import ViewerModel

DIMMED = 0.62
"""How much of what lies under the overlay is taken away."""

PADDING = 10


class OpeningOverlay(QWidget):
    """Covers a widget while something is being opened; the mouse reaches what lies under it."""

    def __init__(self, viewer: ViewerModel, covered: QWidget) -> None:
        super().__init__(covered)
        self._viewer = viewer
        self.words = ""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        covered.installEventFilter(self)
        viewer.opening_changed.connect(self.show_opening)
        self.hide()

    def show_opening(self, opening: Opening | None) -> None:
        """Cover what is old, or uncover it."""
        self.setVisible(opening is not None)
        if opening is None:
            return
        old = f"\nThe maps are still those of {self._old}." if self._viewer.answers.maps else ""
        stop = "\nEsc leaves open what was." if self._viewer.about is not None else ""
        self.words = f"Opening {opening.words}{old}{stop}"
        self.setAccessibleName(self.words)
        parent = self.parentWidget()
        if parent is not None:
            self.setGeometry(parent.rect())
        self.raise_()
        self.update()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Stay as large as what is covered."""
        parent = self.parentWidget()
        if parent is not None and event is not None and event.type() == QEvent.Type.Resize:
            self.setGeometry(parent.rect())
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Dim, and write what is being opened into a box in the middle."""
        painter = QPainter(self)
        background = QColor(self.palette().color(QPalette.ColorRole.Window))
        background.setAlphaF(DIMMED)
        painter.fillRect(self.rect(), background)
        inside = self.rect().adjusted(PADDING, PADDING, -PADDING, -PADDING)
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        box = painter.boundingRect(inside, flags, self.words)
        frame = box.adjusted(-PADDING, -PADDING, PADDING, PADDING)
        painter.fillRect(frame, self.palette().color(QPalette.ColorRole.Highlight))
        painter.setPen(self.palette().color(QPalette.ColorRole.HighlightedText))
        painter.drawText(QRect(box), flags, self.words)
        painter.end()

    @property
    def _old(self) -> str:
        question = self._viewer.question
        return f"{shortened(question.model)} and {shortened(question.data)}"
