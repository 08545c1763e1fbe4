"""Intervals: a mean over seeds and images, with bounds that cover both.

Letters: v a value of one seed and one image, s seeds, n images.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from jaxtyping import Float

RESAMPLES = 2000
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Interval:
    """A mean and the 95 % interval around it.

    Attributes
    ----------
    mean, low, high
        Over all seeds and images where the similarity has a meaning; NaN where it has none anywhere.
    undefined, total
        How many pairs of a seed and an image have none (maps of zeros, or of one value), and how many pairs there are.
    """

    mean: float
    low: float
    high: float
    undefined: int
    total: int

    @property
    def text(self) -> str:
        """The mean and its bounds in a table's cell, and the share that has none, if any."""
        if self.undefined == self.total:
            return "\N{EM DASH}"
        none = f", {self.undefined / self.total:.0%} none" if self.undefined else ""
        mean, low, high = (round(number, 2) + 0.0 for number in (self.mean, self.low, self.high))  # no minus zero
        return f"{mean:.2f} [{low:.2f}, {high:.2f}]{none}"

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> "Interval":
        """The interval whose plain values these are; null stands for NaN."""
        bounds = {name: float("nan") if values[name] is None else values[name] for name in ("mean", "low", "high")}
        return cls(**bounds, undefined=values["undefined"], total=values["total"])


def interval(values: Float[np.ndarray, "s n"]) -> Interval:
    """The mean of v and its bootstrap interval: seeds and images are each drawn with replacement, crossed.

    Every image meets every seed. To resample the s * n values as if they were independent would give an interval that
    is too narrow: all images share a seed's network. Drawing rows and columns apart is right for crossed random
    effects, and errs on the wide side. With few seeds the interval knows little of other seeds.

    Source: Owen, "The pigeonhole bootstrap" (2007); percentile interval, Efron (1979).
    """
    known = ~np.isnan(values)
    if not known.any():
        return Interval(float("nan"), float("nan"), float("nan"), int(values.size), int(values.size))
    filled = np.where(known, values, 0.0)
    rows, columns = _weights(len(values), 0), _weights(values.shape[1], 1)
    totals = np.einsum("bs,sn,bn->b", rows, filled, columns)
    counts = np.einsum("bs,sn,bn->b", rows, known.astype(np.float64), columns)
    means = totals[counts > 0] / counts[counts > 0]
    tail = 100 * (1 - CONFIDENCE) / 2
    low, high = np.percentile(means, [tail, 100 - tail])
    return Interval(float(filled.sum() / known.sum()), float(low), float(high), int(np.sum(~known)), int(values.size))


def _weights(count: int, axis: int) -> Float[np.ndarray, "b count"]:
    """How often each of `count` things is drawn, in each resample."""
    source = np.random.default_rng(np.random.SeedSequence([count, axis]))
    return source.multinomial(count, np.full(count, 1 / count), RESAMPLES).astype(np.float64)
