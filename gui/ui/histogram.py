"""How often the maps have which values, with the end of the colormap's range to drag."""

from collections.abc import Sequence

import numpy as np
from PyQt6.QtCore import QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QWidget

from ..model.extents import Extent, end, percentile_of

BINS = 60
KEPT = 0.005
"""The least share of the largest value at which the range may end."""


class Histogram(QWidget):
    """|value| of all maps in sight as shares of their pair's largest; both axes are explained in the tool tip.

    Signals
    -------
    percentile_dragged
        How many per cent of the values shall lie within the range.
    limit_dragged
        Where the range shall end, where it is fixed.
    """

    percentile_dragged = pyqtSignal(float)
    limit_dragged = pyqtSignal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._extents: Sequence[Extent] = ()
        self._heights = np.zeros(BINS)
        self.share = 1.0
        self._fixed = False
        self.setMinimumHeight(64)
        self.setCursor(Qt.CursorShape.SplitHCursor)
        self.setAccessibleName("Histogram of the maps' values")
        self.setToolTip(
            "How often which |value| occurs, as a share of its pair's largest (logarithmic). Drag the line: where the "
            "colormap ends."
        )

    def show_extents(self, extents: Sequence[Extent]) -> None:
        """Show the values of these pairs."""
        self._extents = [one for one in extents if one.pair[-1] > 0]
        shares = [one.pair / one.pair[-1] for one in self._extents]
        counts, _ = np.histogram(np.concatenate(shares), BINS, (0.0, 1.0)) if shares else (np.zeros(BINS), None)
        heights = np.log1p(counts.astype(np.float64))
        self._heights = heights / (heights.max() or 1.0)
        self.update()

    def show_range(self, percentile: float, limit: float, *, fixed: bool) -> None:
        """Show where the range ends: at a percentile, or at a limit."""
        self._fixed = fixed
        ends = [limit if fixed else end(one.pair, percentile) for one in self._extents]
        shares = [value / one.pair[-1] for value, one in zip(ends, self._extents, strict=True)]
        self.share = float(np.clip(_middle(shares), 0.0, 1.0)) if shares else 1.0
        self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Bars, and the line where the range ends; what lies beyond it is paler."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.palette().base())
        width, height = self.width() / BINS, self.height()
        colour = self.palette().highlight().color()
        pale = QColor(colour.red(), colour.green(), colour.blue(), 90)
        for at, share in enumerate(self._heights):
            inside = (at + 0.5) / BINS <= self.share
            bar = QRectF(at * width, height * (1 - share), max(1.0, width - 1), height * share)
            painter.fillRect(bar, colour if inside else pale)
        painter.setPen(QPen(self.palette().text().color(), 2))
        x = self.share * (self.width() - 2) + 1
        painter.drawLine(QPointF(x, 0), QPointF(x, height))
        painter.end()

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Begin to drag, wherever the pointer is."""
        self.mouseMoveEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Move the range's end."""
        if event is None or not self._extents:
            return
        share = float(np.clip(event.position().x() / max(1, self.width()), KEPT, 1.0))
        if self._fixed:
            self.limit_dragged.emit(share * _middle([float(one.pair[-1]) for one in self._extents]))
        else:
            self.percentile_dragged.emit(percentile_of(self._extents, share))


def _middle(values: Sequence[float]) -> float:
    """The upper median; NumPy's imports masked arrays at its first call, which holds up the window for 40 ms."""
    return sorted(values)[len(values) // 2]
