"""The maps by keyboard: a frame around one of them that arrows move, a point in it, and its menu."""

from collections.abc import Callable

from PyQt6.QtCore import QEvent, QObject, QPoint, Qt
from PyQt6.QtGui import QContextMenuEvent, QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QScrollArea, QWidget

from ..render.canvas import Canvas

ARROWS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}
WIDTH = 3


class MapCursor(QWidget):
    """The frame; arrows move it from map to map, Shift and arrows move the point whose values are told.

    Parameters
    ----------
    area
        What the canvas scrolls in.
    menu
        Opens the menu of the map at a point of the canvas.
    """

    def __init__(self, area: QScrollArea, menu: Callable[[QPoint], None]) -> None:
        super().__init__(area)
        self._area, self._menu = area, menu
        self._canvas: Canvas | None = None
        self.line, self.column = 0, 0
        self.point = 0.5, 0.5
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def use(self, canvas: Canvas) -> None:
        """Move on another canvas from now on."""
        self._canvas = canvas
        canvas.widget.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the arrows to the images
        canvas.widget.installEventFilter(self)
        self.setParent(canvas.widget)
        self.hide()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Heed the keys of the canvas."""
        if self._canvas is None or event is None:
            return False
        if isinstance(event, QKeyEvent):
            return self._key(event)
        if isinstance(event, QContextMenuEvent) and event.reason() == QContextMenuEvent.Reason.Keyboard:
            self._menu(self.geometry().center())
            return True
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.Resize) and self._canvas.widget.hasFocus():
            self.place()
        elif isinstance(event, QFocusEvent) and event.lostFocus() and event.reason() != Qt.FocusReason.PopupFocusReason:
            self.hide()
            self._canvas.hovered.emit(-1, -1, 0.0, 0.0)
        return False

    def place(self) -> None:
        """Put the frame around its map, bring that into sight, and tell the values at the point."""
        canvas = self._canvas
        if canvas is None:
            return
        layout = canvas.scene.layout
        lines, columns = self._shape()
        self.line, self.column = max(0, min(lines - 1, self.line)), max(0, min(columns - 1, self.column))
        x, y = self.column * (layout.width + layout.gap), self.line * (layout.height + layout.gap)
        self.setGeometry(x, y, layout.width, layout.height)
        self.show()
        self.raise_()
        self._area.ensureVisible(x + layout.width // 2, y + layout.height // 2, layout.width // 2, layout.height // 2)
        canvas.hovered.emit(self.line, self.column, *self.point)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """A frame in the colour of what is chosen, and a light one inside, so that it is seen on every map."""
        painter = QPainter(self)
        palette = self.palette()
        for colour, width, inset in ((palette.base(), WIDTH + 2, 2), (palette.highlight(), WIDTH, 1)):
            painter.setPen(QPen(colour.color(), width))
            painter.drawRect(self.rect().adjusted(inset, inset, -inset - 1, -inset - 1))
        painter.end()

    def _key(self, event: QKeyEvent) -> bool:
        key, shift = Qt.Key(event.key()), bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        others = event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
        menu = key == Qt.Key.Key_Menu or (key == Qt.Key.Key_F10 and shift)
        if others != Qt.KeyboardModifier.NoModifier or not (menu or key in ARROWS):
            return False
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
        elif event.type() == QEvent.Type.KeyPress and menu:
            self._menu(self.geometry().center())
        elif event.type() == QEvent.Type.KeyPress:
            self._move(*ARROWS[key], inside=shift)
        return True

    def _move(self, down: int, across: int, *, inside: bool) -> None:
        if inside and self._canvas is not None:
            height, width = self._canvas.scene.shape
            x, y = self.point[0] + across / width, self.point[1] + down / height
            if 0 <= x < 1 and 0 <= y < 1:
                self.point = x, y
        else:
            self.line, self.column = self.line + down, self.column + across
        self.place()

    def _shape(self) -> tuple[int, int]:
        cells = self._canvas.scene.cells if self._canvas is not None else ()
        return 1 + max((cell.row for cell in cells), default=0), 1 + max((cell.column for cell in cells), default=0)
