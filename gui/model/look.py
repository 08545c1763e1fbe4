"""How maps are looked at; changing it computes nothing."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Scale:
    """The values at both ends of the colormap."""

    low: float
    high: float


@dataclass(frozen=True)
class Look:
    """What all cells of the grid share.

    Attributes
    ----------
    colormap
        One of `colormaps.NAMES`.
    gamma
        Values v in [-1, 1] of their scale are shown as sign(v) |v|^gamma; below 1 brings faint ones out.
    opacity
        Of the map over its image, in [0, 1].
    zoom
        1 shows the whole image in its cell.
    centre
        What stands in a cell's middle, (x, y) as shares of the image.
    flipped
        Network 1's cell shows network 2's map and the reverse.
    wipe
        The share of a cell's width up to which both networks' cells show network 1's map, and network 2's from there.
    interpolate
        Smooth between pixels; otherwise each pixel is a square.
    """

    colormap: str = "RdBu_r"
    gamma: float = 1.0
    opacity: float = 1.0
    zoom: float = 1.0
    centre: tuple[float, float] = (0.5, 0.5)
    flipped: bool = False
    wipe: float | None = None
    interpolate: bool = False
