"""Plots: scores over the strength of the shift, over many images, and maps while layers become random."""

import numpy as np
import pyqtgraph as pg
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QHBoxLayout, QPushButton, QSpinBox, QTabWidget, QVBoxLayout, QWidget

from ..model import messages
from ..model.viewer_model import ViewerModel
from .legend import Legend
from .tool_tips import PLOTS, explain

STRENGTHS = tuple(float(value) for value in np.linspace(0.0, 1.5, 13))
COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#999999", "#b8a800")
"""Told apart by colour-blind eyes too. Source: Okabe & Ito (2008)."""

SMALLEST = 1e-8
"""Distances below this are drawn at it: a logarithmic axis has no zero."""


class PlotsPanel(QWidget):
    """A sweep, a distribution and the randomisation test, drawn as they come."""

    def __init__(self, viewer: ViewerModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.viewer = viewer
        self.sweep = _plot("strength of the shift", "relative L2")
        self.spread = _plot("share of the images", "relative L2")
        self.random = _plot(
            "layers that are random, from the logits on", "|Spearman| with the trained", logarithmic=False
        )
        self.sweep_button, self.spread_button = QPushButton("Sweep", self), QPushButton("Many images", self)
        self.random_button = QPushButton("Randomise", self)
        self.count = QSpinBox(self)
        self.count.setRange(2, 100_000)
        self.count.setValue(100)
        self.count.setAccessibleName("Images")
        self._points: list[tuple[float, tuple[float, ...]]] = []
        self._distances: dict[int, list[np.ndarray]] = {}
        self._draws: dict[tuple[int, str], dict[int, list[float]]] = {}
        self._layers: dict[int, str] = {}
        self.tabs = QTabWidget(self)
        self.tabs.addTab(self.sweep, "Over the shift's strength")
        self.tabs.addTab(self.spread, "Over many images")
        self.tabs.addTab(self.random, "Over random layers")
        buttons = QHBoxLayout()
        for widget in (self.sweep_button, self.random_button, self.spread_button, self.count):
            buttons.addWidget(widget)
        buttons.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(buttons)
        self.legend = Legend(self)
        both = QHBoxLayout()
        both.addWidget(self.tabs, 1)
        both.addWidget(self.legend)
        layout.addLayout(both, 1)
        explain(self, PLOTS)
        self.tabs.currentChanged.connect(lambda _: self._show_legend())
        self.sweep_button.clicked.connect(self.begin_sweep)
        self.spread_button.clicked.connect(self.begin_spread)
        self.random_button.clicked.connect(self.begin_randomizing)
        viewer.study.connect(self._hear)

    def begin_sweep(self) -> None:
        """Compute the scores for many strengths of the shift."""
        self._points = []
        self.tabs.setCurrentWidget(self.sweep)
        self.viewer.ask(messages.Sweep, strengths=STRENGTHS)

    def begin_spread(self) -> None:
        """Compute the scores of many images."""
        self._distances = {}
        self.tabs.setCurrentWidget(self.spread)
        self.viewer.ask(messages.Spread, count=self.count.value())

    def begin_randomizing(self) -> None:
        """Compute how far the maps notice that layers are random."""
        self._draws, self._layers = {}, {0: "trained"}
        self.tabs.setCurrentWidget(self.random)
        self.viewer.ask(messages.Randomize)

    def _hear(self, asked: messages.Request, answer: messages.Answer) -> None:
        names = [
            f"{row.method} {row.reference}".strip() for row in asked.question.rows
        ]  # as they were when it was asked
        if isinstance(answer, messages.SweepPoint):
            self._points.append((answer.strength, answer.distances))
            strengths = np.array([strength for strength, _ in self._points])
            distances = np.array([found for _, found in self._points])
            self._draw(self.sweep, names, [(strengths, distances[:, at]) for at in range(len(names))])
        elif isinstance(answer, messages.SpreadPart):
            self._distances.setdefault(answer.row, []).append(answer.distances)
            rows = [np.sort(np.concatenate(self._distances.get(at, [np.zeros(0)]))) for at in range(len(names))]
            self._draw(self.spread, names, [(np.linspace(0, 1, len(one)), one) for one in rows])
        elif isinstance(answer, messages.RandomPart):
            self._draws.setdefault((answer.row, answer.side), {0: [1.0]}).setdefault(answer.step, []).append(
                answer.similarity
            )
            self._layers[answer.step] = answer.layer
            self._draw_random(names)

    def _show_legend(self) -> None:
        """Name the curves of the plot in sight."""
        plot = self.tabs.currentWidget()
        curves = plot.getPlotItem().listDataItems() if isinstance(plot, pg.PlotWidget) else []
        pens = [curve.opts["pen"] for curve in curves]
        self.legend.show_curves(
            [
                (curve.name(), pen.color().name(), pen.style() == Qt.PenStyle.DashLine)
                for curve, pen in zip(curves, pens, strict=True)
            ]
        )

    def _draw(self, plot: pg.PlotWidget, names: list[str], curves: list[tuple[np.ndarray, np.ndarray]]) -> None:
        plot.clear()
        for at, (x, y) in enumerate(curves):
            known = np.isfinite(y)
            if known.any():
                _curve(plot, x[known], np.maximum(y[known], SMALLEST), at, names[at])
        self._show_legend()

    def _draw_random(self, names: list[str]) -> None:
        self.random.clear()
        for (row, side), steps in sorted(self._draws.items()):
            means = np.array([np.mean(steps[step]) for step in sorted(steps)])
            known = np.isfinite(means)
            name, dashed = (names[row], False) if side == "network" else (f"{names[row]}, network 2", True)
            _curve(self.random, np.array(sorted(steps), float)[known], means[known], row, name, dashed=dashed)
        self.random.getAxis("bottom").setTicks([sorted(self._layers.items())])
        self._show_legend()


def _curve(plot: pg.PlotWidget, x: np.ndarray, y: np.ndarray, at: int, name: str, *, dashed: bool = False) -> None:
    colour = pg.mkColor(COLOURS[at % len(COLOURS)])
    pen = pg.mkPen(colour, width=2, style=Qt.PenStyle.DashLine if dashed else Qt.PenStyle.SolidLine)
    plot.plot(x, y, pen=pen, symbol="o", symbolSize=4, symbolBrush=colour, symbolPen=None, name=name)


def _plot(bottom: str, left: str, *, logarithmic: bool = True) -> pg.PlotWidget:
    plot = pg.PlotWidget(background=None)
    plot.setLogMode(y=logarithmic)
    plot.showGrid(x=True, y=True, alpha=0.2)
    plot.setLabel("bottom", bottom)
    plot.setLabel("left", left)
    for side in ("bottom", "left"):
        plot.getAxis(side).enableAutoSIPrefix(False)  # these numbers have no unit that "(x0.001)" could stand before
    plot.setToolTip(f"{left} over {bottom}")
    plot.setAccessibleName(f"{left} over {bottom}")
    return plot
