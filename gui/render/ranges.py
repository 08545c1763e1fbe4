"""The values at the ends of the colormap: symmetric around zero, shared by those maps that shall be comparable."""

from collections.abc import Sequence

from ..model.extents import Extent, end
from ..model.look import Scale


def scales(
    extents: Sequence[Extent], sharing: str = "pair", percentile: float = 100.0, limit: float = 1.0
) -> list[tuple[Scale, Scale, Scale]]:
    """For each row the scales of network 1's map, network 2's, and their difference.

    Parameters
    ----------
    extents
        Of each row's maps (`model.extents.extent`).
    sharing
        "pair": both maps and the difference share one; "map": each has its own; "grid": all share one; "fixed".
    percentile
        The share of |values|, in per cent, that lies within the range.
    limit
        The range's end where it is fixed.
    """
    if sharing == "fixed":
        return [(_symmetric(limit),) * 3 for _ in extents]
    if sharing == "map":
        return [tuple(_symmetric(end(one, percentile)) for one in row.each) for row in extents]  # type: ignore[misc]
    ends = [end(row.pair, percentile) for row in extents]
    if sharing == "grid":
        ends = [max(ends, default=1.0)] * len(ends)
    return [(_symmetric(value),) * 3 for value in ends]


def _symmetric(value: float) -> Scale:
    return Scale(-value, value)
