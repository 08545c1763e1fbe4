"""The values at the ends of the colormap: symmetric around zero, shared by those maps that shall be comparable."""

from collections.abc import Sequence

import numpy as np

from .look import Scale

Planes = tuple[np.ndarray, np.ndarray, np.ndarray]


def scales(
    rows: Sequence[Planes], sharing: str = "pair", percentile: float = 100.0, limit: float = 1.0
) -> list[tuple[Scale, Scale, Scale]]:
    """For each row the scales of network 1's map, network 2's, and their difference.

    Parameters
    ----------
    rows
        The maps [h, w] of each row.
    sharing
        "pair": both maps and the difference share one; "map": each has its own; "grid": all share one; "fixed".
    percentile
        The share of |values|, in per cent, that lies within the range.
    limit
        The range's end where it is fixed.
    """
    if sharing == "fixed":
        return [(_symmetric(limit),) * 3 for _ in rows]
    if sharing == "map":
        return [tuple(_symmetric(end([one], percentile)) for one in row) for row in rows]  # type: ignore[misc]
    if sharing == "grid":
        shared = _symmetric(max((end(row[:2], percentile) for row in rows), default=1.0))
        return [(shared,) * 3 for _ in rows]
    return [(_symmetric(end(row[:2], percentile)),) * 3 for row in rows]


def end(planes: Sequence[np.ndarray], percentile: float) -> float:
    """The value below which `percentile` % of |values| lie; the largest where that is zero, 1 for maps of zeros."""
    sizes = np.concatenate([np.abs(one[np.isfinite(one)]).ravel() for one in planes])
    if not sizes.size:
        return 1.0
    found = float(sizes.max() if percentile >= 100 else np.percentile(sizes, percentile))
    return found or float(sizes.max()) or 1.0


def _symmetric(value: float) -> Scale:
    return Scale(-value, value)
