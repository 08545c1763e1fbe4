"""Pictures of a study: curves with their intervals, converging cosines, and maps beside each other, as PNG."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np

from ..report.grid import Column, Panel, grid_png
from .converging import Convergence
from .curves import ALL, Point
from .experiment import CONTROL, Experiment, random_maps
from .orders import steps
from .similarity import MEASURES, scaled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TITLES: Mapping[str, str] = {
    "spearman": "Spearman",
    "absolute_spearman": "Spearman of |values|",
    "ssim": "SSIM",
    "hog": "HOG",
}
# Okabe and Ito's colours, told apart under colour blindness; lines and marks differ too.
SIDES: Mapping[str, tuple[str, str, str]] = {
    "network": ("#0072b2", "-", "o"),
    "twin": ("#d55e00", "--", "s"),
}
GREY = "#8a8a8a"
MOST_LABELS = 12
LONGEST_TICK, LONGEST_COLUMN = 24, 11  # characters
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
    figure = _figure(12.5, 1.35 + 1.9 * len(methods))
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
        axes.set_xticks(places, ["trained", *map(_tick, layers[::every])], rotation=60, ha="right", fontsize=8)
    lowest = min((one.value.low for one in points if one.order == order and one.value.low == one.value.low), default=0)
    panels[0, 0].set_ylim(min(-0.1, lowest - 0.05), 1.05)
    handles, labels = panels[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper right", ncols=len(labels), frameon=False, fontsize=10)
    return _png(figure)


def convergence_png(found: Sequence[Convergence]) -> bytes:
    """1 less the absolute cosine, on a logarithmic scale: the further down, the less is left of the start."""
    figure = _figure(8, 4.6)
    axes = figure.subplots()
    methods = list(dict.fromkeys(one.method for one in found))
    marks = "osD^v<>pPXh*"
    for number, method in enumerate(methods):
        own = [one for one in found if one.method == method]
        steps_ = [one.step for one in own]
        floor = 1e-9
        means, lows, highs = (
            [max(1 - getattr(one.cosine, name), floor) for one in own] for name in ("mean", "high", "low")
        )
        colour = _colour(number, len(methods))
        axes.plot(steps_, means, marker=marks[number % len(marks)], markersize=5, label=method, color=colour)
        axes.fill_between(steps_, lows, highs, alpha=0.12, color=colour, linewidth=0)
    labels = [one.layer for one in found if one.method == methods[0]]
    every = -(-len(labels) // MOST_LABELS)
    axes.set_xticks(
        range(0, len(labels), every), [_tick(label) for label in labels[::every]], rotation=45, ha="right", fontsize=9
    )
    axes.set_yscale("log")
    axes.set_ylabel("1 \N{MINUS SIGN} |cosine|")
    axes.set_xlabel("from the logits to the image: what has been passed")
    axes.grid(axis="y", color="#e5e5e5")
    figure.legend(loc="outside right upper", frameon=False, fontsize=9)
    return _png(figure)


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
        chance = random_maps(seed, experiment.images[:1].shape)
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


def _tick(name: str) -> str:
    """A layer's name below an axis: a group's first layer, and the end of what is long."""
    first = name.partition(" to ")[0]
    return first if len(first) <= LONGEST_TICK else f"\N{HORIZONTAL ELLIPSIS}{first[-LONGEST_TICK:]}"


def _colour(number: int, count: int) -> Any:
    from matplotlib import colormaps

    return colormaps["viridis"](0.9 * number / max(1, count - 1))


def _figure(width: float, height: float) -> "Figure":
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), dpi=110, layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def _png(figure: "Figure") -> bytes:
    with BytesIO() as file:
        figure.savefig(file, format="png", metadata={"Software": None})
        return file.getvalue()
