"""Grids of maps as one PNG: images down, methods across, both networks of a pair side by side with one scale.

In shapes, n is the number of images (rows of the grid), h, w, c the height, width and channels of one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from math import ceil
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from jaxtyping import Float, UInt8

from .heatmap import heatmap, picture, shared_limit

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Everything in pixels of the PNG; a text size is the font's em.
_GAP, _PANEL_GAP, _MARGIN = 6, 30, 24
_ROW_LABEL, _ROW_LABEL_SIZE, _ROW_LABEL_GAP = 74, 26, 16
_TITLE_LINE, _LABEL_LINE, _BADGE, _BADGE_LINE = 27, 30, 52, 26
_BAND_GAP, _LEGEND, _BAR = 34, 100, 260
_DOTS_PER_INCH = 100
_INK, _FAINT = "#1c1c1c", "#6b6b6b"
# Okabe and Ito's colours: told apart under colour blindness, and unlike the maps' own red and blue.
_TONES = {"good": "#00795a", "bad": "#c04f00", "plain": "#6b6b6b"}

Tone = Literal["good", "bad", "plain"]


@dataclass(frozen=True)
class Column:
    """One column of a panel: a label and what stands below it, [n, h, w, c]."""

    label: str
    values: Float[np.ndarray, "n h w *c"]


@dataclass(frozen=True)
class Panel:
    """Columns that belong together, as a pair's two maps do; all maps of a row have one scale.

    Parameters
    ----------
    title
        Above the columns; the first line is bold, what follows a line break is not.
    columns
        What is compared.
    kind
        "maps" are signed and coloured, "images" are shown from their least value to their greatest.
    badge
        What stands below the columns, such as a verdict; line breaks are kept.
    tone
        The badge's colour: good, bad, or plain.
    """

    title: str
    columns: tuple[Column, ...]
    kind: Literal["maps", "images"] = "maps"
    badge: str = ""
    tone: Tone = "plain"

    def cells(self, row: int) -> list[UInt8[np.ndarray, "h w 3"]]:
        """The colours of one row, column by column."""
        values = [column.values[row] for column in self.columns]
        if self.kind == "images":
            return [picture(image) for image in values]
        limit = shared_limit(tuple(values))
        return [heatmap(one, limit) for one in values]


@dataclass(frozen=True)
class Layout:
    """Where everything is: the cell's side, the grid's rows and bands, the widest row label, in pixels."""

    side: int
    rows: int
    label_width: int
    bands: tuple[tuple[Panel, ...], ...]
    legend_width: int

    @property
    def head(self) -> int:
        """The height of titles and column labels above a band's cells."""
        lines = max(panel.title.count("\n") + 1 for band in self.bands for panel in band)
        return lines * _TITLE_LINE + _LABEL_LINE + 14

    @property
    def band_height(self) -> int:
        """The height of one band of panels with everything that belongs to it."""
        lines = max(panel.badge.count("\n") + bool(panel.badge) for band in self.bands for panel in band)
        badges = _BADGE + (lines - 1) * _BADGE_LINE if lines else 0
        return self.head + self.rows * (self.side + _GAP) + badges

    def panel_width(self, panel: Panel) -> int:
        """The width of a panel's cells and the gaps between them."""
        return len(panel.columns) * (self.side + _GAP) - _GAP

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the whole picture."""
        widths = [sum(self.panel_width(panel) + _PANEL_GAP for panel in band) - _PANEL_GAP for band in self.bands]
        height = len(self.bands) * (self.band_height + _BAND_GAP) - _BAND_GAP + _LEGEND
        return max(*widths, self.legend_width) + self.label_width + 2 * _MARGIN, height + 2 * _MARGIN


def grid_png(bands: Sequence[Sequence[Panel]], row_labels: Sequence[str], legend: str, side: int = 112) -> bytes:
    """A picture of panels, band under band, as the bytes of a PNG; the same values give the same bytes.

    Parameters
    ----------
    bands
        Lines of panels; every column of every panel has one entry per row.
    row_labels
        One label per row, such as the explained digit.
    legend
        What the colour bar at the foot means, in one line or two.
    side
        A cell's side in pixels. A multiple of the image's side keeps its pixels square.
    """
    from matplotlib import style
    from matplotlib.figure import Figure

    layout = Layout(
        side,
        len(row_labels),
        _label_width(row_labels),
        tuple(tuple(band) for band in bands),
        _BAR + 110 + 11 * max(map(len, legend.split("\n"))),
    )
    width, height = layout.size
    with style.context("default"):
        figure = Figure(figsize=(width / _DOTS_PER_INCH, height / _DOTS_PER_INCH), dpi=_DOTS_PER_INCH)
        axes = figure.add_axes((0, 0, 1, 1), xlim=(0, width), ylim=(height, 0))
        axes.set_axis_off()
        for number, band in enumerate(layout.bands):
            _draw_band(axes, layout, band, row_labels, _MARGIN + number * (layout.band_height + _BAND_GAP))
        _draw_legend(axes, layout, legend)
        return _png(figure)


def _label_width(labels: Sequence[str]) -> int:
    """What stands left of the cells: the widest label and the gap behind it, `_ROW_LABEL` at least."""
    from matplotlib.textpath import TextPath

    lines = [line for label in labels for line in label.split("\n") if line.strip()]
    widest = max((TextPath((0, 0), line, _ROW_LABEL_SIZE).get_extents().width for line in lines), default=0.0)
    return max(_ROW_LABEL, ceil(widest) + _ROW_LABEL_GAP)


def _draw_band(axes: "Axes", layout: Layout, band: Sequence[Panel], row_labels: Sequence[str], top: int) -> None:
    cells_top = top + layout.head
    for row, label in enumerate(row_labels):
        middle = cells_top + row * (layout.side + _GAP) + layout.side / 2
        right = _MARGIN + layout.label_width - _ROW_LABEL_GAP
        _write(axes, right, middle, label, _ROW_LABEL_SIZE, horizontalalignment="right")
    left = _MARGIN + layout.label_width
    for panel in band:
        _draw_panel(axes, layout, panel, left, top)
        left += layout.panel_width(panel) + _PANEL_GAP


def _draw_panel(axes: "Axes", layout: Layout, panel: Panel, left: int, top: int) -> None:
    width, cells_top = layout.panel_width(panel), top + layout.head
    rule = cells_top - _LABEL_LINE - 8
    lines = panel.title.split("\n")
    for number, line in enumerate(lines):
        middle = rule - 8 - (len(lines) - number - 0.5) * _TITLE_LINE
        _write(axes, left + width / 2, middle, line, 18 if number else 21, fontweight="normal" if number else "bold")
    axes.plot((left, left + width), (rule, rule), color=_FAINT, linewidth=1.2, solid_capstyle="butt")
    step = layout.side + _GAP
    for place, column in enumerate(panel.columns):
        label_middle = cells_top - _LABEL_LINE / 2 - 3
        _write(axes, left + place * step + layout.side / 2, label_middle, column.label, 20, color=_FAINT)
    for row in range(layout.rows):
        for place, cell in enumerate(panel.cells(row)):
            _draw_cell(axes, cell, left + place * step, cells_top + row * step, layout.side)
    if panel.badge:
        middle = cells_top + layout.rows * step + (_BADGE + panel.badge.count("\n") * _BADGE_LINE) / 2 - 2
        _write(axes, left + width / 2, middle, panel.badge, 22, color=_TONES[panel.tone], fontweight="bold")


def _draw_cell(axes: "Axes", cell: UInt8[np.ndarray, "h w 3"], left: int, top: int, side: int) -> None:
    from matplotlib.patches import Rectangle

    extent = (left, left + side, top + side, top)
    axes.imshow(cell, extent=extent, interpolation="nearest" if len(cell) <= side else "antialiased", aspect="auto")
    axes.add_patch(Rectangle((left, top), side, side, fill=False, edgecolor="#c9c9c9", linewidth=0.6))
    axes.autoscale(enable=False)


def _draw_legend(axes: "Axes", layout: Layout, legend: str) -> None:
    bar = heatmap(np.linspace(-1.0, 1.0, 257)[np.newaxis])
    width, height = layout.size
    left, span, middle = _MARGIN + layout.label_width, _BAR, height - _MARGIN - 34
    axes.imshow(bar, extent=(left + 34, left + 34 + span, middle + 12, middle - 12), aspect="auto")
    axes.set(xlim=(0, width), ylim=(height, 0))
    _write(axes, left + 10, middle, "\N{MINUS SIGN}", 28)
    _write(axes, left + 34 + span / 2, middle, "0", 20, color=_FAINT)
    _write(axes, left + 34 + span + 24, middle, "+", 28)
    _write(axes, left + span + 90, middle, legend, 20, color=_FAINT, horizontalalignment="left")


def _write(axes: "Axes", x: float, y: float, words: str, size: int, **style: str) -> None:
    """Text around a point, its size in pixels; single lines of one height stand on one baseline."""
    look: dict[str, Any] = {"color": _INK, "horizontalalignment": "center", **style}
    several = "\n" in words
    base = y if several else y + 0.36 * size
    anchor = "center" if several else "baseline"
    axes.text(x, base, words, fontsize=size * 72 / _DOTS_PER_INCH, linespacing=1.2, verticalalignment=anchor, **look)


def _png(figure: "Figure") -> bytes:
    buffer = BytesIO()
    figure.savefig(buffer, format="png", dpi=_DOTS_PER_INCH, metadata={"Software": None}, facecolor="white")
    return buffer.getvalue()
