"""Free drawing on the image: a brush or an eraser on a sheet of the input's size."""

import numpy as np
from PyQt6.QtCore import QEvent, QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QFocusEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QWidget

from ..model.pictures import seen

PEN = {
    Qt.Key.Key_Left: (-1.0, 0.0),
    Qt.Key.Key_Right: (1.0, 0.0),
    Qt.Key.Key_Up: (0.0, -1.0),
    Qt.Key.Key_Down: (0.0, 1.0),
    Qt.Key.Key_Space: (0.0, 0.0),
}
"""Keys of the pen, and how far they move it, in pixels of the image."""


class DrawingArea(QWidget):
    """A sheet over the image on which one draws; values are added in [-1, 1].

    Signals
    -------
    drawn
        The values [h, w], when a stroke ends.
    """

    drawn = pyqtSignal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.values = np.zeros((28, 28), np.float32)
        self.strength, self.radius, self.erasing = 1.0, 1.2, False
        self._below: np.ndarray | None = None
        self._last: QPointF | None = None
        self.pen: QPointF | None = None  # where the keyboard's pen is, in pixels of the image
        self.down = False
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMinimumSize(140, 140)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName("Drawing")

    def show_values(self, values: np.ndarray) -> None:
        """Show a sheet that came from elsewhere."""
        if self._last is None:  # a stroke under way is not taken from the user
            self.values = np.array(values, np.float32)
            self.update()

    def show_image(self, image: np.ndarray) -> None:
        """Show the image under the sheet."""
        self._below = seen(image)
        self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Paint the image, and what was drawn in blue and red."""
        from keras_invariance.application import heatmap

        painter = QPainter(self)
        painter.fillRect(self.rect(), self.palette().base())
        colours = heatmap(self.values, max(1e-6, float(np.abs(self.values).max()))).astype(np.float32)
        alpha = np.minimum(1.0, np.abs(self.values))[..., np.newaxis]
        fits = self._below is not None and self._below.shape[:2] == self.values.shape
        below = self._below if fits and self._below is not None else np.full_like(colours, 40)
        mixed = np.ascontiguousarray(np.rint(alpha * colours + (1 - alpha) * below), np.uint8)
        height, width = self.values.shape
        content = mixed.tobytes()
        painter.drawImage(self._place(), QImage(content, width, height, 3 * width, QImage.Format.Format_RGB888))
        painter.setPen(self.palette().mid().color())
        painter.drawRect(self._place())
        if self.hasFocus():
            painter.setPen(QPen(self.palette().highlight().color(), 3 if self.down else 1))
            at = self._on_screen(self.pen or QPointF(width / 2, height / 2))
            painter.drawEllipse(at, 5, 5)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Begin a stroke."""
        if event is not None:
            self._last = event.position()
            self._stroke(event.position(), erase=event.button() == Qt.MouseButton.RightButton or self.erasing)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Go on with it."""
        if event is not None and self._last is not None:
            erase = bool(event.buttons() & Qt.MouseButton.RightButton) or self.erasing
            self._stroke(event.position(), erase=erase)

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """End it."""
        if self._last is not None:
            self._last = None
            self.drawn.emit(self.values.copy())

    def event(self, event: QEvent | None) -> bool:
        """Take the pen's keys before any shortcut does."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and event.key() in PEN:
            event.accept()
            return True
        return bool(super().event(event))

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Move the pen by a pixel, put it down, or lift it, which ends the stroke."""
        if event is None or event.key() not in PEN:
            super().keyPressEvent(event)
            return
        height, width = self.values.shape
        pen = self.pen or QPointF(width / 2, height / 2)
        moved = pen + QPointF(*PEN[Qt.Key(event.key())])
        self.pen = QPointF(min(width - 0.5, max(0.5, moved.x())), min(height - 0.5, max(0.5, moved.y())))
        if event.key() == Qt.Key.Key_Space:
            self.down = not self.down
            self._last = self._on_screen(self.pen) if self.down else None
        if self.down:
            self._stroke(self._on_screen(self.pen), erase=self.erasing)
        elif event.key() == Qt.Key.Key_Space:
            self.drawn.emit(self.values.copy())
        self.update()

    def focusOutEvent(self, event: QFocusEvent | None) -> None:
        """End a stroke that is under way."""
        if self.down:
            self.down, self._last = False, None
            self.drawn.emit(self.values.copy())
        super().focusOutEvent(event)

    def _on_screen(self, pen: QPointF) -> QPointF:
        place, width = self._place(), self.values.shape[1]
        return place.topLeft() + pen * (place.width() / width)

    def _place(self) -> QRectF:
        height, width = self.values.shape
        scale = min(self.width() / width, self.height() / height)
        size = scale * width, scale * height
        return QRectF((self.width() - size[0]) / 2, (self.height() - size[1]) / 2, size[0] - 1, size[1] - 1)

    def _stroke(self, to: QPointF, *, erase: bool) -> None:
        """Draw a line with round ends from where the pointer was; distances in pixels of the image."""
        place = self._place()
        scale = self.values.shape[1] / place.width()
        a, b = (
            np.array([(point.y() - place.y()) * scale, (point.x() - place.x()) * scale]) - 0.5
            for point in (self._last or to, to)
        )
        i, j = np.mgrid[: self.values.shape[0], : self.values.shape[1]]
        line, length = b - a, float((b - a) @ (b - a))
        along = np.clip(((i - a[0]) * line[0] + (j - a[1]) * line[1]) / (length or 1.0), 0, 1)
        distance = np.hypot(i - a[0] - along * line[0], j - a[1] - along * line[1])
        ink = np.clip(self.radius + 0.5 - distance, 0, 1).astype(np.float32)
        drawn = (
            self.values * (1 - ink)
            if erase
            else np.where(
                ink > 0, np.sign(self.strength) * np.maximum(np.abs(self.values), ink * abs(self.strength)), self.values
            )
        )
        self.values = drawn.astype(np.float32)
        self._last = to
        self.update()
