"""How large the values of a pair's maps are, as quantiles, from which every range of the colormap follows.

The engine computes them beside the maps, so that dragging the range costs the window nothing at any size of the maps.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

PERCENTILES = np.linspace(0.0, 100.0, 1001)


@dataclass(frozen=True, eq=False)
class Extent:
    """Quantiles of the absolute values of a pair's maps.

    Attributes
    ----------
    pair
        Of both maps together: the values at `PERCENTILES`, float64 [1001].
    each
        Of network 1's map, network 2's, and their difference.
    """

    pair: np.ndarray
    each: tuple[np.ndarray, np.ndarray, np.ndarray]


def extent(planes: tuple[np.ndarray, np.ndarray, np.ndarray]) -> Extent:
    """The extent of two maps and their difference, each [h, w]; values that are not finite do not count."""
    first, second, difference = (_quantiles([one]) for one in planes)
    return Extent(_quantiles(planes[:2]), (first, second, difference))


def end(quantiles: np.ndarray, percentile: float) -> float:
    """The value below which `percentile` % of |values| lie; the largest where that is zero, 1 for maps of zeros."""
    return float(np.interp(percentile, PERCENTILES, quantiles)) or float(quantiles[-1]) or 1.0


def percentile_of(extents: Sequence[Extent], share: float) -> float:
    """How many per cent of all pairs' |values| lie below a share of their pair's largest."""
    below = [np.interp(share, one.pair / (one.pair[-1] or 1.0), PERCENTILES) for one in extents]
    return float(np.mean(below)) if below else 100.0


def _quantiles(planes: Sequence[np.ndarray]) -> np.ndarray:
    sizes = np.sort(np.concatenate([np.abs(one[np.isfinite(one)]).ravel() for one in planes]))
    if not sizes.size:
        return np.zeros(PERCENTILES.size)
    # As np.percentile, which takes tens of times as long for so many.
    return np.interp(PERCENTILES / 100 * (sizes.size - 1), np.arange(sizes.size), sizes)
