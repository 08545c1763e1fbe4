"""Grids to draw, and what is on the screen then."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from PyQt6.QtGui import QImage, QPalette
from PyQt6.QtWidgets import QApplication

from keras_invariance.gui.model.look import Look, Scale
from keras_invariance.gui.render.canvas import Canvas
from keras_invariance.gui.render.cells import Cell, Layout
from keras_invariance.gui.render.gl_canvas import GLCanvas

from .oracle import painted

FAINT = 0.02
"""A pixel whose centre lies this near to the border between two of a map, in screen pixels, may show either of both."""

CLOSE = 0.01
"""The same in pixels of the map."""


@dataclass(frozen=True)
class Grid:
    """Two rows of network 1, network 2 and their difference; the last cell is empty."""

    look: Look = field(default_factory=Look)
    shape: tuple[int, int] = (28, 28)
    layout: Layout = field(default_factory=Layout)
    scale: Scale = field(default_factory=lambda: Scale(-2.0, 2.0))
    odd: tuple[float, ...] = ()

    @property
    def maps(self) -> np.ndarray:
        """Random numbers; some are `odd`."""
        maps = np.random.default_rng(0).normal(size=(6, *self.shape)).astype(np.float32)
        for at, value in enumerate(self.odd):
            maps[:, at::7] = value
        return maps

    @property
    def pictures(self) -> np.ndarray:
        """Two random ones."""
        return np.random.default_rng(1).integers(0, 256, (2, *self.shape, 3)).astype(np.uint8)

    @property
    def cells(self) -> Sequence[Cell]:
        """Every cell with a layer of its own."""
        cells = [
            Cell(row, column, 3 * row + column, column % 2, self.scale, 3 * row + 1 - column if column < 2 else -1)
            for row in range(2)
            for column in range(3)
        ]
        return [*cells[:-1], replace(cells[-1], layer=-1)]

    @property
    def size(self) -> tuple[int, int]:
        """Of the canvas, (width, height)."""
        return self.layout.size(2, 3)

    def put_on(self, canvas: Canvas) -> None:
        """Show it."""
        canvas.widget.setFixedSize(*self.size)
        canvas.set_geometry(self.layout.height, self.layout.width, self.layout.gap)
        canvas.set_maps(self.maps)
        canvas.set_pictures(self.pictures)
        canvas.set_cells(self.cells, 2, 3)
        canvas.set_look(self.look)

    def expected(
        self, canvas: Canvas, ratio: float, pixels: tuple[int, int], background: tuple[int, int, int] | None = None
    ) -> list[np.ndarray]:
        """What the formula says [h, w, 3], and what it says a little to each side."""
        colour = canvas.widget.palette().color(QPalette.ColorRole.Window)
        _, _, across, down = self.layout.image_rectangle(self.shape, self.look)
        right, below = (
            FAINT / ratio + CLOSE * screen / map_ for screen, map_ in ((across, self.shape[1]), (down, self.shape[0]))
        )
        return [
            painted(
                self.maps,
                self.pictures,
                self.cells,
                self.layout,
                self.look,
                pixels,
                background or (colour.red(), colour.green(), colour.blue()),
                ratio,
                (x * right, y * below),
            )
            for x, y in ((0, 0), (-1, -1), (-1, 1), (1, -1), (1, 1))
        ]


def drawn(canvas: Canvas) -> tuple[np.ndarray, float]:
    """The pixels of a canvas, uint8 [h, w, 3], and how many there are for each of the layout's."""
    application = QApplication.instance()
    assert application is not None
    canvas.widget.show()
    for _ in range(3):
        application.processEvents()
    image = canvas.grabFramebuffer() if isinstance(canvas, GLCanvas) else canvas.widget.grab().toImage()
    return pixels(image), canvas.widget.devicePixelRatioF()


def pixels(image: QImage) -> np.ndarray:
    """Uint8 [h, w, 3] of a picture of any format."""
    whole = image.convertToFormat(QImage.Format.Format_RGB888)
    content = whole.constBits()
    assert content is not None
    rows = np.frombuffer(content.asarray(whole.sizeInBytes()), np.uint8).reshape(whole.height(), whole.bytesPerLine())
    return rows[:, : 3 * whole.width()].reshape(whole.height(), whole.width(), 3).copy()


def apart(image: np.ndarray, expected: Sequence[np.ndarray]) -> int:
    """The largest difference of any pixel from the nearest of what may be expected there."""
    differences = [np.abs(image.astype(int) - one.astype(int)).max(axis=-1) for one in expected]
    return int(np.min(differences, axis=0).max())
