"""The keyboard belongs to the control that has it: its own keys come before shortcuts, and a ring shows where it is."""

from PyQt6.QtCore import QEvent, QObject, Qt
from PyQt6.QtGui import QGuiApplication, QKeyEvent, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QApplication,
    QComboBox,
    QMainWindow,
    QPlainTextEdit,
    QTabBar,
    QWidget,
)

_ARROWS = {Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down}
_JUMPS = {Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown}
KEYS: tuple[tuple[type[QWidget], set[Qt.Key]], ...] = (
    (QAbstractButton, {Qt.Key.Key_Space}),
    (QAbstractSlider, _ARROWS | _JUMPS),
    (QComboBox, _ARROWS | _JUMPS | {Qt.Key.Key_Space}),
    (QAbstractItemView, _ARROWS | _JUMPS | {Qt.Key.Key_Space}),
    (QTabBar, _ARROWS | _JUMPS),
    (QPlainTextEdit, _ARROWS | _JUMPS),
)
"""Kind of control -> the keys that it heeds itself; fields for text tell Qt about theirs."""

SELECTING = QComboBox
"""Letters choose an entry here."""


class Keyboard(QObject):
    """Follows the control that has the keyboard in one window."""

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._watched: QWidget | None = None
        self.ring: Ring | None = None
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._follow)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Let the control have its own keys before any shortcut."""
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.ShortcutOverride
            and isinstance(watched, QWidget)
            and _is_its_own(watched, event)
        ):
            event.accept()
            return True
        if event is not None and event.type() in (QEvent.Type.Move, QEvent.Type.Resize) and self.ring is not None:
            self.ring.surround()
        return False

    def _follow(self, _: QWidget | None, now: QWidget | None) -> None:
        if self._watched is not None and not _is_gone(self._watched):
            self._watched.removeEventFilter(self)
        if self.ring is not None and not _is_gone(self.ring):
            self.ring.hide()
            self.ring.deleteLater()
        self._watched = self.ring = None
        if now is None or not self._belongs(now):
            return
        self._watched = now
        now.installEventFilter(self)
        by_mouse = QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton
        if not by_mouse and now.focusPolicy() & Qt.FocusPolicy.TabFocus and now.parentWidget() is not None:
            self.ring = Ring(now)

    def _belongs(self, widget: QWidget) -> bool:
        """Whether a widget is in the window, in a panel that floats, or in one of its dialogs."""
        parent: QWidget | None = widget
        while parent is not None and parent is not self._window:
            parent = parent.parentWidget()
        return parent is not None


class Ring(QWidget):
    """A ring around a control."""

    def __init__(self, control: QWidget) -> None:
        super().__init__(control.parentWidget())
        self._control = control
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.surround()
        self.show()
        self.raise_()

    def surround(self) -> None:
        """Stand where the control stands now, within what contains it."""
        around, place = self._control.parentWidget(), self._control.geometry().adjusted(-2, -2, 2, 2)
        self.setGeometry(place if around is None else place.intersected(around.rect()))

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Two pixels in the colour of what is chosen."""
        painter = QPainter(self)
        painter.setPen(QPen(self.palette().highlight().color(), 2))
        painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
        painter.end()


def _is_its_own(control: QWidget, event: QKeyEvent) -> bool:
    if event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier):
        return False
    if isinstance(control, SELECTING) and event.text().isalnum():
        return True
    return any(isinstance(control, kind) and event.key() in keys for kind, keys in KEYS)


def _is_gone(widget: QWidget) -> bool:
    """Whether Qt has deleted it."""
    from PyQt6 import sip

    return bool(sip.isdeleted(widget))
