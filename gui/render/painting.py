"""Painting a scene by the CPU: Indexed8 pictures with one table of colours, scaled by QPainter.

Indices are kept per map, scale and gamma: another colormap, opacity or zoom computes none of them again.
"""

from collections import OrderedDict
from typing import Any

import numpy as np
from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QColor, QImage, QPainter

from ..model.look import Scale
from .cells import Cell
from .colormaps import table
from .reference import indices
from .scene import Scene

KEPT = 2
"""Index pictures that are kept of a map: the newest, and one more for a cell that shows it by another scale."""

CROSS = QColor(255, 0, 170, 200)
Key = tuple[int, Scale, float]


class Painter:
    """Paints scenes; keeps what is expensive."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self._indices: dict[int, OrderedDict[Key, np.ndarray]] = {}
        self._table: tuple[str, list[int]] = ("", [])

    def paint(self, painter: QPainter, visible: QRectF | None = None) -> None:
        """Paint every cell, or those in sight."""
        smooth = self.scene.look.interpolate
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        for cell in self.scene.cells:
            x, y = self.scene.layout.corner(cell)
            rectangle = QRectF(x, y, self.scene.layout.width, self.scene.layout.height)
            if visible is None or visible.intersects(rectangle):
                self._paint_cell(painter, cell, rectangle)

    def forget(self) -> None:
        """Drop what is kept, of other maps."""
        self._indices.clear()

    def _paint_cell(self, painter: QPainter, cell: Cell, rectangle: QRectF) -> None:
        look, scene = self.scene.look, self.scene
        painter.save()
        painter.setClipRect(rectangle, Qt.ClipOperation.IntersectClip)
        if cell.layer < 0:
            painter.fillRect(rectangle, QColor(128, 128, 128, 60))
            painter.restore()
            return
        x, y, width, height = scene.layout.image_rectangle(scene.shape, look)
        target = QRectF(rectangle.x() + x, rectangle.y() + y, width, height)
        if look.opacity < 1 and 0 <= cell.image < len(scene.pictures):
            painter.drawImage(target, _picture(scene.pictures[cell.image]))
            painter.setOpacity(look.opacity)
        left, right = cell.shown(look)
        self._paint_map(painter, left, cell.scale, target)
        if right != left and look.wipe is not None:
            painter.setClipRect(
                rectangle.adjusted(look.wipe * rectangle.width(), 0, 0, 0), Qt.ClipOperation.IntersectClip
            )
            if look.opacity < 1 and 0 <= cell.image < len(scene.pictures):
                painter.setOpacity(1.0)
                painter.drawImage(target, _picture(scene.pictures[cell.image]))
                painter.setOpacity(look.opacity)
            self._paint_map(painter, right, cell.scale, target)
        painter.restore()
        self._paint_cross(painter, rectangle, target)

    def _paint_map(self, painter: QPainter, layer: int, scale: Scale, target: QRectF) -> None:
        content = self._indices_of(layer, scale)
        height, width = content.shape
        image = QImage(_memory(content), width, height, width, QImage.Format.Format_Indexed8)
        image.setColorTable(self._colours())
        painter.drawImage(target, image)

    def _paint_cross(self, painter: QPainter, rectangle: QRectF, target: QRectF) -> None:
        if self.scene.crosshair is None:
            return
        x = target.x() + self.scene.crosshair[0] * target.width()
        y = target.y() + self.scene.crosshair[1] * target.height()
        if rectangle.left() <= x <= rectangle.right():
            painter.fillRect(QRectF(round(x), rectangle.y(), 1, rectangle.height()), CROSS)
        if rectangle.top() <= y <= rectangle.bottom():
            painter.fillRect(QRectF(rectangle.x(), round(y), rectangle.width(), 1), CROSS)

    def _indices_of(self, layer: int, scale: Scale) -> np.ndarray:
        key = self.scene.versions[layer], scale, self.scene.look.gamma
        kept = self._indices.setdefault(layer, OrderedDict())
        if key not in kept:
            kept[key] = indices(self.scene.maps[layer], scale, self.scene.look.gamma)
            while len(kept) > KEPT:
                kept.popitem(last=False)
        kept.move_to_end(key)
        return kept[key]

    def _colours(self) -> list[int]:
        name = self.scene.look.colormap
        if self._table[0] != name:
            rows = table(name).astype(np.uint32)
            words = (255 << 24) | (rows[:, 0] << 16) | (rows[:, 1] << 8) | rows[:, 2]
            self._table = name, [int(word) for word in words]
        return self._table[1]


def _picture(pixels: np.ndarray) -> QImage:
    height, width = pixels.shape[:2]
    return QImage(_memory(pixels), width, height, 3 * width, QImage.Format.Format_RGB888)


def _memory(array: np.ndarray) -> Any:
    """What QImage takes without a copy; the array must live as long as the image."""
    return array.data
