"""What is drawn: maps, pictures, cells and the look, which both canvases have in common."""

from collections.abc import Sequence

import numpy as np

from ..model.look import Look
from .cells import Cell, Layout


class Scene:
    """Everything that decides a canvas's pixels."""

    def __init__(self) -> None:
        self.maps: np.ndarray = np.zeros((0, 1, 1), np.float32)
        self.pictures: np.ndarray = np.zeros((0, 1, 1, 3), np.uint8)
        self.cells: tuple[Cell, ...] = ()
        self.layout = Layout()
        self.look = Look()
        self.crosshair: tuple[float, float] | None = None
        self.versions: list[int] = []

    @property
    def shape(self) -> tuple[int, int]:
        """Of one map, (h, w)."""
        return int(self.maps.shape[1]), int(self.maps.shape[2])

    def set_maps(self, maps: np.ndarray) -> None:
        """Take a stack of maps, float32 [n, h, w]."""
        self.maps = np.array(maps, np.float32, order="C")
        self.versions = [0] * len(self.maps)

    def set_map(self, layer: int, plane: np.ndarray) -> None:
        """Take one map, float32 [h, w]."""
        self.maps[layer] = plane
        self.versions[layer] += 1

    def set_pictures(self, pictures: np.ndarray) -> None:
        """Take the pictures behind the maps, uint8 [n, h, w, 3]."""
        self.pictures = np.ascontiguousarray(pictures, np.uint8)

    def set_cells(self, cells: Sequence[Cell]) -> None:
        """Take what stands where."""
        self.cells = tuple(cells)
