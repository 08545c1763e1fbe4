"""A scene as a picture of any scale, without a window."""

from collections.abc import Sequence

import numpy as np
from PyQt6.QtGui import QColor, QImage, QPainter

from ..model.look import Look
from .cells import Cell, Layout
from .painting import Painter
from .scene import Scene


def rendered(
    maps: np.ndarray,
    pictures: np.ndarray,
    cells: Sequence[Cell],
    look: Look,
    geometry: tuple[int, int, int],
    factor: float = 1.0,
) -> QImage:
    """Maps [n, h, w] over pictures [n, h, w, 3], painted by the CPU.

    Parameters
    ----------
    geometry
        A cell's height and width, and the gap between cells.
    factor
        Pixels of the picture for each of the geometry's.
    """
    scene = Scene()
    scene.set_maps(maps)
    scene.set_pictures(pictures)
    scene.set_cells(cells)
    scene.layout, scene.look = Layout(*geometry), look
    rows, columns = (max((getattr(cell, name) for cell in cells), default=0) + 1 for name in ("row", "column"))
    width, height = scene.layout.size(rows, columns)
    image = QImage(round(width * factor), round(height * factor), QImage.Format.Format_RGB888)
    image.fill(QColor("#ffffff"))
    painter = QPainter(image)
    painter.scale(factor, factor)
    Painter(scene).paint(painter)
    painter.end()
    return image
