"""What a canvas can do, whichever way it draws; and the mouse on it."""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from PyQt6.QtCore import QEvent, QObject, QPointF, Qt, pyqtSignal
from PyQt6.QtGui import QMouseEvent, QWheelEvent
from PyQt6.QtWidgets import QWidget

from ..model.look import Look
from .cells import Cell
from .scene import Scene

NOTCH = 120.0
ZOOM = 1.25
"""How much a notch of the wheel zooms."""


class Canvas(Protocol):
    """The grid's maps on the screen."""

    name: str
    scene: Scene
    hovered: Any
    wheeled: Any
    dragged: Any

    @property
    def widget(self) -> QWidget:
        """What is put into the window."""

    def set_maps(self, maps: np.ndarray) -> None:
        """Take a stack of maps, float32 [n, h, w]."""

    def set_map(self, layer: int, plane: np.ndarray) -> None:
        """Take one map, float32 [h, w]."""

    def set_pictures(self, pictures: np.ndarray) -> None:
        """Take the pictures behind the maps, uint8 [n, h, w, 3]."""

    def set_cells(self, cells: Sequence[Cell], rows: int, columns: int) -> None:
        """Take what stands where."""

    def set_geometry(self, row_height: int, column_width: int, gap: int) -> None:
        """Take the cells' size in device-independent pixels."""

    def set_look(self, look: Look) -> None:
        """Take another look; nothing is computed."""

    def set_crosshair(self, point: tuple[float, float] | None) -> None:
        """Draw a cross at this share of the image in every cell."""


class Gestures(QObject):
    """The mouse on a canvas, in rows, columns and shares of the image.

    Signals
    -------
    hovered
        Row (-1 outside), column, and the image's (x, y) under the pointer.
    wheeled
        With Ctrl: the factor to zoom by, and the point that stays.
    dragged
        How far the image was moved, (dx, dy).
    """

    hovered = pyqtSignal(int, int, float, float)
    wheeled = pyqtSignal(float, float, float)
    dragged = pyqtSignal(float, float)

    def __init__(self, widget: QWidget, scene: Scene) -> None:
        super().__init__(widget)
        self._scene, self._from = scene, QPointF()
        self._dragging = False
        widget.setMouseTracking(True)
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Turn the mouse's events into signals."""
        if isinstance(event, QWheelEvent):
            return self._wheel(event)
        if isinstance(event, QMouseEvent):
            self._mouse(event)
        elif event is not None and event.type() == QEvent.Type.Leave:
            self.hovered.emit(-1, -1, 0.0, 0.0)
        return False

    def _wheel(self, event: QWheelEvent) -> bool:
        if not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            return False  # the grid scrolls
        row, _, x, y = self._place(event.position())
        if row >= 0:
            self.wheeled.emit(ZOOM ** (event.angleDelta().y() / NOTCH), x, y)
        event.accept()
        return True

    def _mouse(self, event: QMouseEvent) -> None:
        if event.type() == QEvent.Type.MouseButtonPress and event.button() == Qt.MouseButton.LeftButton:
            self._dragging, self._from = True, event.position()
        elif event.type() == QEvent.Type.MouseButtonRelease:
            self._dragging = False
        elif event.type() == QEvent.Type.MouseMove:
            self.hovered.emit(*self._place(event.position()))
            if self._dragging:
                moved, self._from = event.position() - self._from, event.position()
                _, _, across, down = self._scene.layout.image_rectangle(self._scene.shape, self._scene.look)
                self.dragged.emit(moved.x() / across, moved.y() / down)

    def _place(self, point: QPointF) -> tuple[int, int, float, float]:
        return self._scene.layout.place(point.x(), point.y(), self._scene.shape, self._scene.look)
