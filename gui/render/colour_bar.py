"""Colour bars: the colours between two numbers, with these numbers at its ends; for the window and for exports."""

from dataclasses import dataclass

import numpy as np
from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QColor, QFont, QImage, QPainter

from ..model.look import Look, Scale
from .colormaps import table
from .reference import indices

STRIP, TEXT = 6, 12
"""Heights of the colours and of the numbers below, in device-independent pixels."""


@dataclass(frozen=True, eq=False)
class ColourBar:
    """What a colour bar shows.

    Attributes
    ----------
    colours
        From the low end to the high one, uint8 [256, 3].
    words
        What stands below the left end and the right one.
    marked
        The part of it that is in use, as two shares in [0, 1]: a line below the colours; None for no line.
    """

    colours: np.ndarray
    words: tuple[str, str]
    marked: tuple[float, float] | None = None

    def paint(self, painter: QPainter, place: QRectF, ink: QColor) -> None:
        """Paint it into a rectangle `STRIP + TEXT` high."""
        strip = QRectF(place.x(), place.y(), place.width(), STRIP)
        content = np.ascontiguousarray(self.colours[np.newaxis])
        painter.drawImage(strip, QImage(content.tobytes(), 256, 1, 768, QImage.Format.Format_RGB888))
        if self.marked is not None:
            left, right = (place.x() + share * place.width() for share in self.marked)
            painter.fillRect(QRectF(min(left, place.right() - 2), strip.bottom() + 1, max(2.0, right - left), 2), ink)
        font = QFont(painter.font())
        font.setPixelSize(TEXT - 2)
        font.setBold(False)
        painter.setFont(font)
        painter.setPen(ink)
        below = QRectF(place.x(), strip.bottom() + 2, place.width(), TEXT)
        for words, side in zip(self.words, (Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight), strict=True):
            painter.drawText(below, side | Qt.AlignmentFlag.AlignVCenter, words)


def input_bar(limits: tuple[float, float], extent: tuple[float, float]) -> ColourBar:
    """Of an input's greys between two values, with the part that one image has."""
    greys = np.repeat(np.arange(256, dtype=np.uint8)[:, np.newaxis], 3, axis=1)
    span = (limits[1] - limits[0]) or 1.0
    low, high = ((value - limits[0]) / span for value in extent)
    return ColourBar(greys, (number(limits[0]), number(limits[1])), (low, high))


def shift_bar(reach: float, extent: tuple[float, float]) -> ColourBar:
    """Of a shift's blues and reds."""
    from keras_invariance.application import heatmap

    colours = heatmap(np.linspace(-1.0, 1.0, 256)[np.newaxis], 1.0)[0]
    low, high = ((value / reach + 1) / 2 for value in extent)
    return ColourBar(colours, (number(-reach), number(reach)), (low, high))


def map_bar(scales: list[Scale], look: Look) -> ColourBar:
    """Of the colormap as it is looked at; where maps have ranges of their own, the least and the greatest end."""
    ends = sorted(scale.high for scale in scales)
    places = indices(np.linspace(-1.0, 1.0, 256)[np.newaxis], Scale(-1.0, 1.0), look.gamma)[0]
    sign = "\N{PLUS-MINUS SIGN}"
    words = (number(-ends[0]), number(ends[0]))
    if ends[0] != ends[-1]:
        words = f"{sign}{number(ends[0])}", f"to {sign}{number(ends[-1])}"
    return ColourBar(table(look.colormap)[places, :3], words)


def number(value: float) -> str:
    """A number in three digits, with a true minus sign."""
    return f"{value:.3g}".replace("-", "\N{MINUS SIGN}")


def extent_words(extent: tuple[float, float]) -> str:
    """The least and the greatest value, or the only one."""
    low, high = map(number, extent)
    return low if low == high else f"{low} to {high}"
