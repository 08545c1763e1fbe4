"""The canvas that needs no OpenGL."""

from collections.abc import Sequence

import numpy as np
from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QPainter, QPaintEvent
from PyQt6.QtWidgets import QWidget

from ..model.look import Look
from .canvas import Gestures
from .cells import Cell, Layout
from .painting import Painter
from .scene import Scene


class CPUCanvas(QWidget):
    """Paints with QPainter; see `canvas.Canvas`."""

    name = "CPU"

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.scene = Scene()
        self._painter = Painter(self.scene)
        gestures = Gestures(self, self.scene)
        self.hovered, self.wheeled, self.dragged = gestures.hovered, gestures.wheeled, gestures.dragged

    @property
    def widget(self) -> QWidget:
        """Itself."""
        return self

    def set_maps(self, maps: np.ndarray) -> None:
        """Take a stack of maps, float32 [n, h, w]."""
        self.scene.set_maps(maps)
        self._painter.forget()
        self.update()

    def set_map(self, layer: int, plane: np.ndarray) -> None:
        """Take one map, float32 [h, w]."""
        self.scene.set_map(layer, plane)
        self.update()

    def set_pictures(self, pictures: np.ndarray) -> None:
        """Take the pictures behind the maps, uint8 [n, h, w, 3]."""
        self.scene.set_pictures(pictures)
        self.update()

    def set_cells(self, cells: Sequence[Cell], rows: int, columns: int) -> None:
        """Take what stands where."""
        self.scene.set_cells(cells)
        self.update()

    def set_geometry(self, row_height: int, column_width: int, gap: int) -> None:
        """Take the cells' size in device-independent pixels."""
        self.scene.layout = Layout(row_height, column_width, gap)
        self.update()

    def set_look(self, look: Look) -> None:
        """Take another look."""
        self.scene.look = look
        self.update()

    def set_crosshair(self, point: tuple[float, float] | None) -> None:
        """Draw a cross at this share of the image in every cell."""
        if point != self.scene.crosshair:
            self.scene.crosshair = point
            self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Paint what is in sight."""
        painter = QPainter(self)
        self._painter.paint(painter, None if event is None else QRectF(event.rect()))
        painter.end()
