"""Plots: scores over the strength of the shift, and their distribution over many images."""

import numpy as np
import pyqtgraph as pg
from PyQt6.QtWidgets import QHBoxLayout, QPushButton, QSpinBox, QTabWidget, QVBoxLayout, QWidget

from ..engine import messages as said
from ..model.desk import Desk

STRENGTHS = tuple(float(value) for value in np.linspace(0.0, 1.5, 13))
COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#999999", "#b8a800")
"""Told apart by colour-blind eyes too. Source: Okabe & Ito (2008)."""

SMALLEST = 1e-8
"""Distances below this are drawn at it: a logarithmic axis has no zero."""


class PlotsPanel(QWidget):
    """A sweep and a distribution, drawn as they come."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.desk = desk
        self.sweep = _plot("strength of the shift", "relative L2")
        self.spread = _plot("share of the images", "relative L2")
        self.sweep_button, self.spread_button = QPushButton("Sweep", self), QPushButton("Many images", self)
        self.count = QSpinBox(self)
        self.count.setRange(2, 100_000)
        self.count.setValue(100)
        self.count.setAccessibleName("Images")
        self._points: list[tuple[float, tuple[float, ...]]] = []
        self._distances: dict[int, list[np.ndarray]] = {}
        self._names: list[str] = []
        self.tabs = QTabWidget(self)
        self.tabs.addTab(self.sweep, "Over the shift's strength")
        self.tabs.addTab(self.spread, "Over many images")
        buttons = QHBoxLayout()
        for widget in (self.sweep_button, self.spread_button, self.count):
            buttons.addWidget(widget)
        buttons.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(buttons)
        layout.addWidget(self.tabs, 1)
        self.sweep_button.clicked.connect(self.begin_sweep)
        self.spread_button.clicked.connect(self.begin_spread)
        desk.study.connect(self._hear)

    def begin_sweep(self) -> None:
        """Compute the scores for many strengths of the shift."""
        self._points, self._names = [], self._row_names()
        self.tabs.setCurrentWidget(self.sweep)
        self.desk.ask(said.Sweep, strengths=STRENGTHS)

    def begin_spread(self) -> None:
        """Compute the scores of many images."""
        self._distances, self._names = {}, self._row_names()
        self.tabs.setCurrentWidget(self.spread)
        self.desk.ask(said.Spread, count=self.count.value())

    def _row_names(self) -> list[str]:
        return [f"{row.method} {row.reference}".strip() for row in self.desk.question.rows]

    def _hear(self, asked: said.Request, answer: said.Answer) -> None:
        if isinstance(answer, said.SweepPoint):
            self._points.append((answer.strength, answer.distances))
            strengths = np.array([strength for strength, _ in self._points])
            distances = np.array([found for _, found in self._points])
            self._draw(self.sweep, [(strengths, distances[:, at]) for at in range(len(self._names))])
        elif isinstance(answer, said.SpreadPart):
            self._distances.setdefault(answer.row, []).append(answer.distances)
            rows = [np.sort(np.concatenate(self._distances.get(at, [np.zeros(0)]))) for at in range(len(self._names))]
            self._draw(self.spread, [(np.linspace(0, 1, len(one)), one) for one in rows])

    def _draw(self, plot: pg.PlotWidget, curves: list[tuple[np.ndarray, np.ndarray]]) -> None:
        plot.clear()
        for at, (x, y) in enumerate(curves):
            known = np.isfinite(y)
            if known.any():
                colour = pg.mkColor(COLOURS[at % len(COLOURS)])
                line = np.maximum(y[known], SMALLEST)
                plot.plot(
                    x[known],
                    line,
                    pen=pg.mkPen(colour, width=2),
                    symbol="o",
                    symbolSize=4,
                    symbolBrush=colour,
                    symbolPen=None,
                    name=self._names[at],
                )


def _plot(bottom: str, left: str) -> pg.PlotWidget:
    plot = pg.PlotWidget(background=None)
    plot.setLogMode(y=True)
    plot.showGrid(x=True, y=True, alpha=0.2)
    plot.setLabel("bottom", bottom)
    plot.setLabel("left", left)
    plot.addLegend(offset=(-4, 4))
    plot.setAccessibleName(f"{left} over {bottom}")
    return plot
