"""Plots of an audit: distributions of differences, and pairs of maps as pictures, curves or bars, as the input is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from jaxtyping import Float

from ..arrays import Images, Maps
from ..report.grid import Column, Panel, Tone, grid_png
from .results import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Kind = Literal["picture", "signal", "table", ""]

MARKS = {"invariant": "\N{CHECK MARK} invariant", "sensitive": "\N{BALLOT X} sensitive"}
_TONES: Mapping[str, Tone] = {"invariant": "good", "sensitive": "bad"}
_COLOURS = {"invariant": "#00795a", "sensitive": "#c04f00"}
_LEGEND = "One scale for each image and pair of maps.\nWhite is 0; the 3 % largest values have the darkest colour."
_FIRST, _SECOND = "#1a4f8b", "#c04f00"
_SIDE = 140  # of a map in pixels: five for each of a digit
_PICTURES, _CURVES = 4, 3  # panels side by side in one band
_SMALLEST = 1e-9  # where equal maps stand on a logarithmic axis
_FEATURES, _CHANNELS = 48, 4
"""A row of at most so many numbers is a table; at most so many columns are the channels of a signal."""


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


def kind_of(input_shape: tuple[int, ...]) -> Kind:
    """How an input of this shape is shown; empty where it is not."""
    if len(input_shape) == 1:
        return "table" if input_shape[0] <= _FEATURES else "signal"
    if len(input_shape) == 2:
        return "signal" if input_shape[1] <= _CHANNELS else "picture"
    return "picture" if len(input_shape) == 3 else ""


def maps_png(shown: Shown) -> bytes:
    """Pairs of maps of some images, drawn as befits the input."""
    kind = kind_of(shown.images[0].shape[1:])
    return _pictures(shown) if kind == "picture" else _curves(shown, bars=kind == "table")


def distribution_png(found: Sequence[Result], distances: Sequence[Float[np.ndarray, " n"]]) -> bytes:
    """The distances of both maps, a box for each explanation."""
    figure, (axes,) = _figure((9, 1.1 + 0.3 * len(found)), 1, 1)
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
    return _png(figure)


def _pictures(shown: Shown) -> bytes:
    inputs = (Column("x", shown.images[0]), Column("x + m", shown.images[1]))
    panels = [Panel("Input", inputs, "images", "", "plain")]
    for result, (first, second) in shown.maps:
        columns, tone = (Column("network 1", first), Column("network 2", second)), _TONES.get(result.verdict, "plain")
        panels.append(Panel(_title(result), columns, "maps", MARKS.get(result.verdict, result.verdict), tone))
    bands = [panels[start : start + _PICTURES] for start in range(0, len(panels), _PICTURES)]
    return grid_png(bands, shown.labels, _LEGEND, side=_SIDE)


def _curves(shown: Shown, *, bars: bool) -> bytes:
    """One small plot for each image and explanation, both networks in each."""
    titled = [("Input, x and x + m", "", shown.images)]
    titled += [(_title(result), result.verdict, both) for result, both in shown.maps]
    images, bands = len(shown.labels), -(-len(titled) // _CURVES)
    figure, axes = _figure((4 * _CURVES, 1.9 * images * bands), images * bands, _CURVES)
    for axis in axes:
        axis.set_axis_off()
    for number, (title, verdict, both) in enumerate(titled):
        for row, label in enumerate(shown.labels):
            place = (number // _CURVES * images + row) * _CURVES + number % _CURVES
            _draw(axes[place], (_line(both[0][row]), _line(both[1][row])), bars=bars)
            axes[place].set_ylabel(label if number % _CURVES == 0 else "", fontsize=8)
            if row == 0:
                mark = f"   {MARKS.get(verdict, verdict)}" if verdict else ""
                axes[place].set_title(
                    title.replace("\n", ", ") + mark, fontsize=8, color=_COLOURS.get(verdict, "#1c1c1c")
                )
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=2, frameon=False)
    return _png(figure)


def _draw(axes: "Axes", both: tuple[Float[np.ndarray, " t"], Float[np.ndarray, " t"]], *, bars: bool) -> None:
    places = np.arange(len(both[0]))
    axes.set_axis_on()
    axes.axhline(0.0, color="#c9c9c9", linewidth=0.6)
    for side, values, colour, name in (
        (-1, both[0], _FIRST, "network 1"),
        (1, both[1], _SECOND, "network 2, the twin"),
    ):
        if bars:
            axes.bar(places + 0.2 * side, values, 0.4, color=colour, label=name)
        else:
            axes.plot(places, values, color=colour, linewidth=0.8, alpha=0.8, label=name)
    axes.tick_params(labelsize=7)
    axes.margins(x=0.01)


def _line(values: Float[np.ndarray, "t *c"]) -> Float[np.ndarray, " t"]:
    """One number for each moment or feature: the sum over channels."""
    return np.asarray(values.reshape(len(values), -1).sum(axis=1), np.float64)


def _title(result: Result) -> str:
    question = result.question
    words = f"{question.reference} reference" if question.reference else question.variant
    return f"{question.method}\n{words}" if words else question.method


def _figure(inches: tuple[float, float], rows: int, columns: int) -> "tuple[Figure, list[Axes]]":
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=inches, dpi=110, layout="constrained")
    FigureCanvasAgg(figure)
    return figure, list(figure.subplots(rows, columns, squeeze=False).ravel())


def _png(figure: "Figure") -> bytes:
    with BytesIO() as file:
        figure.savefig(file, format="png", metadata={"Software": None})
        return file.getvalue()
