"""Plots of an audit: distributions of differences, and pairs of maps as pictures, curves or bars, as the input is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Float

from ...arrays import Images, Maps
from ...reports.figures import figure_of, png_of
from ...reports.grid import Column, Panel, Tone, grid_png
from ...reports.kinds import kind_of
from .results import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MARKS = {"invariant": "\N{CHECK MARK} invariant", "sensitive": "\N{BALLOT X} sensitive"}
_TONES: Mapping[str, Tone] = {"invariant": "good", "sensitive": "bad"}
_COLOURS = {"invariant": "#00795a", "sensitive": "#c04f00"}
_LEGEND = "One scale for each image and pair of maps.\nWhite is 0; the 3 % largest values have the darkest colour."
_FIRST, _SECOND = "#1a4f8b", "#c04f00"
_SIDE = 140  # of a map in pixels: five for each of a digit
_PICTURES, _BARS, _CURVES = 4, 3, 2  # panels side by side in one band
_SMALLEST = 1e-9  # where equal maps stand on a logarithmic axis


@dataclass(frozen=True, eq=False)
class Shown:
    """Some images and both networks' maps of them.

    Attributes
    ----------
    images
        Both networks' inputs.
    maps
        Each result with both networks' maps.
    labels
        A word for each image.
    """

    images: tuple[Images, Images]
    maps: Sequence[tuple[Result, tuple[Maps, Maps]]]
    labels: Sequence[str]


def maps_png(shown: Shown) -> bytes:
    """Pairs of maps of some images, drawn as befits the input."""
    kind = kind_of(shown.images[0].shape[1:])
    return _pictures(shown) if kind == "picture" else _curves(shown, bars=kind == "table")


def distribution_png(found: Sequence[Result], distances: Sequence[Float[np.ndarray, " n"]]) -> bytes:
    """The distances of both maps, a box for each explanation."""
    figure = figure_of(9, 1.1 + 0.3 * len(found))
    axes = figure.subplots()
    known = [np.maximum(d[~np.isnan(d)], _SMALLEST) for d in distances]
    grey: dict[str, Any] = {"color": "#6b6b6b"}
    look: dict[str, Any] = {"whiskerprops": grey, "capprops": grey, "medianprops": {"color": "#1c1c1c"}}
    boxes = axes.boxplot(
        known, orientation="horizontal", whis=(5, 95), showfliers=False, widths=0.6, patch_artist=True, **look
    )
    for at, (result, box) in enumerate(zip(found, boxes["boxes"], strict=True), start=1):
        box.set(facecolor=_COLOURS.get(result.verdict, "#9a9a9a"), alpha=0.45, edgecolor="#6b6b6b")
        axes.plot(max(result.worst_float64, _SMALLEST), at, "x", color="#1c1c1c", markersize=5)
    axes.set_yticks(range(1, len(found) + 1), [result.question.name for result in found])
    for label, result in zip(axes.get_yticklabels(), found, strict=True):
        label.set_color(_COLOURS.get(result.verdict, "#5f6368"))
    axes.invert_yaxis()
    axes.set_xscale("log")
    axes.set_xlim(_SMALLEST / 2, 3)
    axes.set_xlabel(f"relative L2 of both maps; {_SMALLEST:.0e} stands for that and less")
    axes.grid(axis="x", color="#e5e5e5")
    axes.set_axisbelow(True)
    return png_of(figure)


def _pictures(shown: Shown) -> bytes:
    inputs = (Column("x", shown.images[0]), Column("x + m", shown.images[1]))
    panels = [Panel("Input", inputs, "images", "", "plain")]
    for result, (first, second) in shown.maps:
        columns, tone = (Column("network 1", first), Column("network 2", second)), _TONES.get(result.verdict, "plain")
        panels.append(Panel(_title(result), columns, "maps", MARKS.get(result.verdict, result.verdict), tone))
    bands = [panels[start : start + _PICTURES] for start in range(0, len(panels), _PICTURES)]
    return grid_png(bands, shown.labels, _LEGEND, side=_SIDE)


def _curves(shown: Shown, *, bars: bool) -> bytes:
    """A small plot for each image and explanation: bars of both networks in one, curves in two with one scale."""
    titled = [("Input, x", "", "x + m", shown.images)]
    titled += [(result.question.name, result.verdict, "twin", both) for result, both in shown.maps]
    panels, columns = (_BARS, 1) if bars else (_CURVES, 2)
    images, wide = len(shown.labels), panels * columns
    height = images * -(-len(titled) // panels)
    figure = figure_of(12, 1.7 * height)
    axes = list(figure.subplots(height, wide, squeeze=False).ravel())
    for axis in axes:
        axis.set_axis_off()
    for number, (title, verdict, other, both) in enumerate(titled):
        for row, label in enumerate(shown.labels):
            first = (number // panels * images + row) * wide + number % panels * columns
            own = axes[first : first + columns]
            _draw(own, (_line(both[0][row]), _line(both[1][row])), bars=bars)
            own[0].set_ylabel(f"logit {label}" if number % panels == 0 else "")
            if row == 0:
                _head(own, title, other, verdict)
    if bars:
        figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=2, frameon=False)
    return png_of(figure)


def _head(axes: "Sequence[Axes]", title: str, other: str, verdict: str) -> None:
    """The title above the first of a panel's plots, and the verdict above the last."""
    colour, mark = _COLOURS.get(verdict, "#1c1c1c"), MARKS.get(verdict, verdict)
    if len(axes) == 1:
        axes[0].set_title(f"{title}   {mark}".strip(), fontsize=9, color=colour)
        return
    axes[0].set_title(title, fontsize=9, color=colour, loc="left")
    axes[1].set_title(f"{other}   {mark}", fontsize=9, color=colour, loc="left")


def _draw(axes: "Sequence[Axes]", both: tuple[Float[np.ndarray, " t"], Float[np.ndarray, " t"]], *, bars: bool) -> None:
    places, drawn = np.arange(len(both[0])), zip((-1, 1), both, (_FIRST, _SECOND), strict=True)
    for number, (side, values, colour) in enumerate(drawn):
        own = axes[min(number, len(axes) - 1)]
        own.set_axis_on()
        own.axhline(0.0, color="#c9c9c9", linewidth=0.6)
        if bars:
            own.bar(places + 0.2 * side, values, 0.4, color=colour, label=("network 1", "network 2, the twin")[number])
        else:
            own.plot(places, values, color=colour, linewidth=0.8)
    known = np.concatenate(both)
    known = known[np.isfinite(known)]  # where a method overflowed, nothing is drawn
    low, high = known.min(initial=0.0), known.max(initial=0.0)
    gap = 0.05 * (high - low) or 1.0
    for own in axes:
        own.set_ylim(low - gap, high + gap)
        own.tick_params(labelsize=8)
        own.margins(x=0.01)
    for own in axes[1:]:
        own.set_yticklabels([])


def _line(values: Float[np.ndarray, "t *c"]) -> Float[np.ndarray, " t"]:
    """One number for each moment or feature: the sum over channels."""
    with np.errstate(invalid="ignore"):  # infinities of both signs have no sum
        line = values.reshape(len(values), -1).sum(axis=1, dtype=np.float64)
    return np.where(np.isfinite(line), line, np.nan)


def _title(result: Result) -> str:
    question = result.question
    words = f"{question.reference} reference" if question.reference else question.variant
    return f"{question.method}\n{words}" if words else question.method
