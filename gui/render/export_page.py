"""A page for export: the whole question and its answers on one page, for pictures that leave the window."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QColor, QFont, QFontInfo, QImage, QPainter

from .colour_bar import STRIP, TEXT, ColourBar

SIDE, GAP = 112, 6
"""A map's side, and what is between two, in device-independent pixels."""

MARGIN, LEFT, RIGHT = 16, 172, 300
TITLE, WORD, LABEL = 24, 15, 18
BAR = STRIP + TEXT + 4
BELOW = 3 * WORD
INK, FAINT = QColor("#1c1d21"), QColor("#5b5b66")
_CENTRED = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
_TOP = Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
_BELOW = Qt.AlignmentFlag.AlignHCenter | _TOP


@dataclass(frozen=True, eq=False)
class Input:
    """An input or a shift: what stands above it, its picture, its range, and what stands below."""

    above: str
    image: QImage
    bar: ColourBar
    below: str


@dataclass(frozen=True, eq=False)
class Line:
    """A method's line.

    Attributes
    ----------
    method, details
        What explains.
    bar
        The range of its maps; None where there are none.
    images
        Of each sample network 1's map, network 2's, and the difference; None for one that is not there.
    verdict, colour
        The verdict, and its colour.
    words
        Its reason, and the scores.
    """

    method: str
    details: str
    bar: ColourBar | None
    images: tuple[QImage | None, ...]
    verdict: str
    colour: str
    words: str


@dataclass(frozen=True, eq=False)
class ExportPage:
    """A page: a title with lines of words, the inputs of each sample, and a line per method."""

    title: str
    words: tuple[str, ...]
    inputs: tuple[Input, ...]
    lines: tuple[Line, ...]

    @property
    def head(self) -> int:
        """Where the lines begin."""
        return MARGIN + TITLE + len(self.words) * WORD + LABEL + SIDE + BAR + BELOW + GAP

    @property
    def size(self) -> tuple[int, int]:
        """(width, height)."""
        width = 2 * MARGIN + LEFT + len(self.inputs) * (SIDE + GAP) + RIGHT
        return width, self.head + len(self.lines) * (SIDE + GAP) - GAP + MARGIN

    def paint(self, painter: QPainter) -> None:
        """Paint it."""
        width = self.size[0] - 2 * MARGIN
        _write(painter, QRectF(MARGIN, MARGIN, width, TITLE), self.title, 15, bold=True)
        for at, words in enumerate(self.words):
            _write(painter, QRectF(MARGIN, MARGIN + TITLE + at * WORD, width, WORD), words, 11, ink=FAINT)
        for at, one in enumerate(self.inputs):
            _paint_input(painter, one, _column(at), MARGIN + TITLE + len(self.words) * WORD)
        for at, line in enumerate(self.lines):
            _paint_line(painter, line, self.head + at * (SIDE + GAP))


def enlarged(pixels: np.ndarray, side: float) -> QImage:
    """A picture [h, w, 3] as an image whose pixels are squares, as large as fits `side`, or its own size."""
    factor = max(1, int(side // max(pixels.shape[:2])))
    content = np.ascontiguousarray(pixels.repeat(factor, axis=0).repeat(factor, axis=1))
    height, width = content.shape[:2]
    return QImage(content.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888).copy()


def _column(at: int) -> float:
    return MARGIN + LEFT + at * (SIDE + GAP)


def _paint_input(painter: QPainter, one: Input, left: float, top: float) -> None:
    _write(painter, QRectF(left, top, SIDE, LABEL), one.above, 11, bold=True, flags=_CENTRED)
    scale = SIDE / max(one.image.width(), one.image.height())
    width, height = scale * one.image.width(), scale * one.image.height()
    middle = top + LABEL + SIDE / 2
    painter.drawImage(QRectF(left + (SIDE - width) / 2, middle - height / 2, width, height), one.image)
    one.bar.paint(painter, QRectF(left, top + LABEL + SIDE + 2, SIDE, BAR), INK)
    _write(painter, QRectF(left, top + LABEL + SIDE + BAR, SIDE, BELOW), one.below, 11, flags=_BELOW)


def _paint_line(painter: QPainter, line: Line, top: float) -> None:
    _write(painter, QRectF(MARGIN, top, LEFT - 12, 18), line.method, 12, bold=True)
    _write(painter, QRectF(MARGIN, top + 18, LEFT - 12, SIDE - 18 - BAR), line.details, 11)
    if line.bar is not None:
        line.bar.paint(painter, QRectF(MARGIN, top + SIDE - BAR, LEFT - 16, BAR), INK)
    for at, image in enumerate(line.images):
        place = QRectF(_column(at), top, SIDE, SIDE)
        if image is None:
            painter.fillRect(place, QColor("#e4e4e8"))
        else:
            painter.drawImage(place, image)
    left = _column(len(line.images)) + 6
    _paint_badge(painter, line, left, top)
    _write(painter, QRectF(left, top + 22, RIGHT - 6, SIDE - 22), line.words, 10)


def _paint_badge(painter: QPainter, line: Line, left: float, top: float) -> None:
    if not line.verdict:
        return
    painter.setFont(_font(12, bold=True))
    width = painter.fontMetrics().horizontalAdvance(line.verdict) + 12
    painter.fillRect(QRectF(left, top, width, 18), QColor(line.colour))
    _write(painter, QRectF(left, top, width, 18), line.verdict, 12, bold=True, ink=QColor("#ffffff"), flags=_CENTRED)


def _write(
    painter: QPainter,
    place: QRectF,
    words: str,
    size: int,
    *,
    bold: bool = False,
    ink: QColor = INK,
    flags: int = _TOP,
) -> None:
    painter.setFont(_font(size, bold=bold))
    painter.setPen(ink)
    painter.drawText(place, flags, words)


def _font(size: int, *, bold: bool) -> QFont:
    font = QFont(QFontInfo(QFont()).family())
    font.setPixelSize(size)
    font.setBold(bold)
    return font


def joined(parts: Sequence[str]) -> str:
    """Words of a line, with dots between them."""
    return " \N{MIDDLE DOT} ".join(part for part in parts if part)
