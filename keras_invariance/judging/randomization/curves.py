"""Curves: findings averaged over seeds and images, with intervals that cover both.

Letters: v a similarity of one seed and one image, s seeds, n images.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from ..intervals import Interval, interval
from ..similarity import MEASURES
from .experiment import CONTROL, Finding

ALL = "mean"
"""Stands in the place of a layer's name for the mean of a curve's steps."""


@dataclass(frozen=True)
class Point:
    """One point of a curve: a method's similarity to the trained network's maps after one step of an order.

    Attributes
    ----------
    method, side, order, step, layer
        As in `Finding`. The layer "mean" is the mean of all steps, in which the trained network's own 1.0 has no part.
    measure
        One of `similarity.MEASURES`.
    value
        The similarity.
    seeds, images
        How many it rests on.
    """

    method: str
    side: str
    order: str
    step: int
    layer: str
    measure: str
    value: Interval
    seeds: int
    images: int


def points(findings: Iterable[Finding]) -> list[Point]:
    """The points of all curves in the findings' order, each curve's mean (step 0, layer "mean") behind its last one."""
    found: dict[tuple[str, str, str], dict[tuple[int, str], list[Finding]]] = {}
    for finding in findings:
        curve = found.setdefault((finding.method, finding.side, finding.order), {})
        curve.setdefault((finding.step, finding.layer), []).append(finding)
    return [
        Point(*curve, *place, measure, interval(values), *values.shape)
        for curve, places in found.items()
        for place, values, measure in _curve(places, has_mean=curve[2] != CONTROL)
    ]


def _curve(
    places: Mapping[tuple[int, str], Sequence[Finding]], *, has_mean: bool
) -> Iterable[tuple[tuple[int, str], Float[np.ndarray, "s n"], str]]:
    tables = {
        (place, measure): np.stack([one.similarities[measure] for one in found])
        for place, found in places.items()
        for measure in MEASURES
    }
    for (place, measure), table in tables.items():
        yield place, table, measure
    if has_mean:
        for measure in MEASURES:
            yield (0, ALL), _mean([tables[place, measure] for place in places]), measure


def _mean(tables: Sequence[Float[np.ndarray, "s n"]]) -> Float[np.ndarray, "s n"]:
    """The mean of a curve's steps for each seed and image, of those that have a meaning."""
    stacked = np.stack(tables)
    known = ~np.isnan(stacked)
    return np.where(known.any(axis=0), np.nansum(stacked, axis=0) / np.maximum(known.sum(axis=0), 1), np.nan)
