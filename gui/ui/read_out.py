"""The numbers under the pointer, in words."""

import numpy as np
from PyQt6.QtWidgets import QLabel, QSizePolicy, QStatusBar

from ..model.messages import Inputs
from ..model.pictures import plane


class ReadOut(QLabel):
    """The line for them in a status bar: as long as there is room, and before any note."""

    def __init__(self, bar: QStatusBar | None) -> None:
        super().__init__(bar)
        self._bar = bar
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setAccessibleName("Values under the pointer")

    def show_values(self, words: str) -> None:
        """Show others; a note makes room for them."""
        self.setText(words)
        if words and self._bar is not None:
            self._bar.clearMessage()


def read_out(
    method: str,
    planes: tuple[np.ndarray, np.ndarray, np.ndarray],
    inputs: Inputs | None,
    point: tuple[float, float],
) -> str:
    """Of both maps, their difference, x and m at a point, (x, y) as shares of the image."""
    height, width = planes[0].shape
    i, j = int(point[1] * height), int(point[0] * width)
    names = ("network 1", "network 2", "difference")
    values = "   ".join(f"{name} {one[i, j]:+.4g}" for name, one in zip(names, planes, strict=True))
    read = "" if inputs is None else f"   x {plane(inputs.image)[i, j]:.3g}   m {plane(inputs.shift)[i, j]:+.3g}"
    return f"{method} [{i}, {j}]   {values}{read}"
