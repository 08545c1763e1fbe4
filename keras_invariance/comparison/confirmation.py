"""Which differences of maps are real: a float32 screen of all images, and some of them again in float64.

d is the relative L2 of two maps, `scores.relative_l2`.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

import numpy as np
from jaxtyping import Int, Shaped

from ..arrays import PerImage
from .scores import Scores

Kind: TypeAlias = Literal["same", "different", "unclear", "zero", "not finite"]
Kinds: TypeAlias = Shaped[np.ndarray, " n"]

KINDS: tuple[Kind, ...] = get_args(Kind)
NO_EVIDENCE: tuple[Kind, ...] = ("zero", "not finite")
"""Kinds of images that no verdict rests on: there is nothing to compare."""

CONFIRMED = 6
"""How many images are explained again in float64."""

FALL = 1e7
"""A difference that falls by this factor from float32 to float64 was rounding; eps32 / eps64 is 5e8."""

STAYS = 10.0
"""A difference that falls by no more than this factor is real, if it is beyond its limit."""

CONFIDENCE = 0.95
"""The confidence of each bound of an interval by itself."""


@dataclass(frozen=True)
class Limits:
    """A float64 d of at most `rounding` is rounding whatever float32 said; only one above `real` can be real."""

    rounding: float
    real: float


EXACT = Limits(1e-10, 1e-10)
"""For maps that are computed in float64 from the same numbers: 5e5 times eps64."""

FITTED = Limits(5e-3, 3e-2)
"""For patterns that were fitted in float32 to each network by itself. They differ by the rounding of the fit, which no
float64 map removes: by up to 2.5e-3 on the shipped networks. A smaller sensitivity than that cannot be seen."""


def evenly(length: int, count: int = CONFIRMED) -> Int[np.ndarray, " c"]:
    """At most `count` evenly spaced places of `length`, the first and the last among them. [c]."""
    return np.unique(np.linspace(0, length - 1, min(count, length)).round().astype(np.int64))


def spread(scores: Scores, count: int = CONFIRMED) -> Int[np.ndarray, " c"]:
    """Images to confirm: evenly spaced from the largest d to the smallest, of those with something to compare. [c]."""
    compared = np.flatnonzero((scores.zero_maps != "both") & scores.finite)
    ordered = compared[np.argsort(-scores.relative_l2[compared], kind="stable")]
    return np.asarray(ordered[evenly(len(ordered), count)])


def kind(screened: float, exact: float, limits: Limits = EXACT) -> Kind:
    """What a d of `screened` in float32 was that is `exact` in float64: "same", "different" or "unclear"."""
    if exact <= limits.rounding or exact * FALL <= screened:
        return "same"
    return "different" if exact > limits.real and exact * STAYS >= screened else "unclear"


def kinds(scores: Scores, confirmed: Int[np.ndarray, " c"], exact: PerImage, limits: Limits = EXACT) -> Kinds:
    """The kind of every image's difference, from those that were confirmed. [n].

    An image that was not run in float64 is different where its d is at least the smallest that is real and larger than
    all that were rounding; the same where it is at most the largest that was rounding and smaller than all that are
    real; and unclear otherwise. Pairs of zero maps are "zero", those with a map of NaN or infinite values "not finite".

    Parameters
    ----------
    scores
        float32 scores of all images.
    confirmed
        The indices of those that were run in float64.
    exact
        Their float64 d. [c]
    limits
        What counts as rounding among them.
    """
    known = np.array(
        [kind(*pair, limits) for pair in zip(scores.relative_l2[confirmed], exact, strict=True)], dtype="<U9"
    )
    least_real = np.min(scores.relative_l2[confirmed[known == "different"]], initial=np.inf)
    most_rounding = np.max(scores.relative_l2[confirmed[known == "same"]], initial=-np.inf)
    screened = np.nan_to_num(scores.relative_l2)
    different = (screened >= least_real) & (screened > most_rounding)
    same = (screened <= most_rounding) & (screened < least_real)
    chosen = [scores.zero_maps == "both", ~scores.finite, different, same]
    result = np.select(chosen, [*NO_EVIDENCE, "different", "same"], "unclear")
    result[confirmed] = known
    return result


def judged(kinds: Kinds) -> int:
    """How many images a verdict rests on: all but those with nothing to compare."""
    return int(np.sum(~np.isin(kinds, NO_EVIDENCE)))


def violation_interval(kinds: Kinds) -> tuple[float, float]:
    """Clopper-Pearson bounds of the rate of images that differ, those with nothing to compare left out.

    The lower bound is that of the images known to differ, the upper one counts the unclear ones too. Each bound by
    itself holds with 95 % confidence: no violation in 299 images bounds the rate at 1 %. Source: Clopper & Pearson
    (1934).
    """
    from scipy.stats import binomtest

    violations, unclear = int(np.sum(kinds == "different")), int(np.sum(kinds == "unclear"))
    images = judged(kinds)
    if not images:
        return 0.0, 1.0
    # A two-sided interval at 90 % has 5 % beyond each of its ends.
    low, high = (
        binomtest(count, images).proportion_ci(2 * CONFIDENCE - 1, method="exact")
        for count in (violations, violations + unclear)
    )
    return float(low.low), float(high.high)
