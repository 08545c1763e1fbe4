"""Matplotlib figures as PNG, without a screen and without a date inside."""

from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MOST_LABELS = 12
"""How many labels an axis has room for."""
LONGEST_TICK = 24  # characters


def figure_of(width: float, height: float) -> "Figure":
    """An empty figure; sizes in inches."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), dpi=110, layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def png_of(figure: "Figure") -> bytes:
    """A figure as the content of a PNG file."""
    with BytesIO() as file:
        figure.savefig(file, format="png", metadata={"Software": None})
        return file.getvalue()


def tick(name: str) -> str:
    """A layer's name below an axis: a group's first layer, and the end of what is long."""
    first = name.partition(" to ")[0]
    return first if len(first) <= LONGEST_TICK else f"\N{HORIZONTAL ELLIPSIS}{first[-LONGEST_TICK:]}"
