"""Pictures of the randomisation test: curves with their intervals, and maps beside each other, as PNG."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from ...reports.figures import MOST_LABELS, figure_of, png_of, tick
from ...reports.grid import Column, Panel, grid_png
from ..similarity import MEASURES, TITLES, scaled
from .curves import ALL, Point
from .experiment import CONTROL, Experiment, random_maps
from .orders import steps

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Okabe and Ito's colours, told apart under colour blindness; lines and marks differ too.
SIDES: Mapping[str, tuple[str, str, str]] = {
    "network": ("#0072b2", "-", "o"),
    "twin": ("#d55e00", "--", "s"),
}
GREY = "#8a8a8a"
LONGEST_COLUMN = 11  # characters
MOST_COLUMNS = 9
MOST_IN_A_BAND = 14
_LEGEND = "Each map divided by its largest values; white is 0."


def curves_png(points: Sequence[Point], order: str) -> bytes:
    """One order's curves: a row for each method, a column for each similarity, network and twin in one panel."""
    methods = list(dict.fromkeys(point.method for point in points))
    layers = [
        point.layer
        for point in points
        if (point.method, point.side, point.measure) == (methods[0], "network", next(iter(MEASURES)))
        and point.order == order
        and point.layer != ALL
    ]
    figure = figure_of(12.5, 1.35 + 1.9 * len(methods))
    panels = figure.subplots(len(methods), len(MEASURES), sharex=True, sharey=True, squeeze=False)
    for row, method in zip(panels, methods, strict=True):
        for axes, measure in zip(row, MEASURES, strict=True):
            shown = [one for one in points if (one.method, one.measure) == (method, measure)]
            _curves(axes, shown, order)
        row[0].set_title(method, loc="left", fontsize=11, fontweight="bold")
    for axes, measure in zip(panels[0], MEASURES, strict=True):
        axes.set_title(TITLES[measure], fontsize=11, loc="right")
    every = -(-len(layers) // MOST_LABELS)
    places = [0, *range(1, len(layers) + 1, every)]
    for axes in panels[-1]:
        axes.set_xticks(places, ["trained", *map(tick, layers[::every])], rotation=60, ha="right", fontsize=8)
    lowest = min((one.value.low for one in points if one.order == order and one.value.low == one.value.low), default=0)
    panels[0, 0].set_ylim(min(-0.1, lowest - 0.05), 1.05)
    handles, labels = panels[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper right", ncols=len(labels), frameon=False, fontsize=10)
    return png_of(figure)


def maps_png(experiment: Experiment, seed: int) -> bytes:
    """The first image's maps along the first order, a panel for each method: a row for each side."""
    along = steps(experiment.orders[0], experiment.layers)
    shown = np.unique(np.linspace(0, len(along) - 1, min(len(along), MOST_COLUMNS - 2)).round().astype(int))
    found = [experiment.maps(seed, frozenset()), *(experiment.maps(seed, along[at].randomised) for at in shown)]
    names = [along[at].layer.name for at in shown]
    if max(map(len, names)) > LONGEST_COLUMN:
        names = [f"step {along[at].number}" for at in shown]
    names = ["trained", *names]
    sides = list(dict.fromkeys(side for _, side in experiment.asked))
    panels = []
    for method in experiment.methods:
        columns = [
            Column(name, np.concatenate([scaled(maps[method, side][:1]) for side in sides]))
            for name, maps in zip(names, found, strict=True)
        ]
        chance = random_maps(seed, found[0][method, sides[0]][:1].shape)
        panels.append(Panel(method, (*columns, Column("chance", np.concatenate([chance] * len(sides))))))
    beside = max(1, MOST_IN_A_BAND // (len(names) + 1))
    bands = [panels[start : start + beside] for start in range(0, len(panels), beside)]
    return grid_png(bands, [{"network": "1", "twin": "2"}[side] for side in sides], _LEGEND)


def _curves(axes: "Axes", shown: Sequence[Point], order: str) -> None:
    for side, (colour, line, mark) in SIDES.items():
        own = [one for one in shown if one.side == side and one.order == order and one.layer != ALL]
        if not own:
            continue
        numbers, values = np.array([one.step for one in own]), [one.value for one in own]
        means, lows, highs = (np.array([getattr(v, name) for v in values]) for name in ("mean", "low", "high"))
        if order == "independent":  # each layer by itself: nothing leads from one to the next
            apart = numbers + (0.12 if side == "twin" else -0.12)
            bars = np.maximum([means - lows, highs - means], 0)
            axes.errorbar(apart, means, bars, fmt=mark, markersize=3.5, color=colour, elinewidth=1.2, label=side)
        else:
            axes.plot(numbers, means, line, marker=mark, markersize=3.5, color=colour, label=side)
            axes.fill_between(numbers, lows, highs, color=colour, alpha=0.2, linewidth=0)
    chance = [one.value for one in shown if one.order == CONTROL and one.side == "network"]
    for value in chance:
        axes.axhspan(value.low, value.high, color=GREY, alpha=0.3, linewidth=0)
        axes.axhline(value.mean, color=GREY, linestyle=":", label="uniform-random map")
    axes.plot(0, 1, marker="o", markerfacecolor="white", color=GREY, markersize=4, clip_on=False)
    axes.set_axisbelow(True)
    axes.grid(axis="y", color="#ececec")
    for edge in ("top", "right"):
        axes.spines[edge].set_visible(False)
