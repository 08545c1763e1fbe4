"""Kernel SHAP: the Shapley values of segments, by a weighted regression over coalitions.

Letters: z in {0, 1} whether a segment is shown, f the logit, phi a Shapley value; k segments, s of them shown.
"""

from itertools import combinations
from math import comb

import numpy as np
from jaxtyping import Float

from .coalitions import Coalitions, SegmentWorth, least_squares
from .draws import generator
from .masking import Masking
from .request import Request


def kernel_shap(request: Request) -> SegmentWorth:
    """The analyzer that a request asks for. Source: Lundberg & Lee (2017).

    A coalition counts (k - 1) / (comb(k, s) s (k - s)); those of none and of all segments count without end, so that a
    map's sum is f(x) less the logit of the blank image. Where there are no more coalitions than `samples` all are
    asked, and the values are exact; else they are drawn by their weights, each together with its complement.
    """
    return SegmentWorth(request, Masking(request), _drawn, _solved, extra=2)


def _drawn(request: Request, segments: int, key: int) -> Coalitions:
    """The coalition of none, that of all, and the others."""
    samples = request.options["samples"]
    ends = np.array([[False] * segments, [True] * segments])
    if segments == 1:
        return Coalitions(ends, np.zeros(2))
    if segments < 63 and 2**segments - 2 <= samples:
        shown, weights = _all(segments)
    else:
        shown = _some(segments, samples, generator(request.options["seed"], key))
        weights = np.ones(len(shown))
    return Coalitions(np.concatenate([ends, shown]), np.concatenate([np.zeros(2), weights]))


def _all(segments: int) -> tuple[np.ndarray, Float[np.ndarray, " s"]]:
    sizes = range(1, segments)
    chosen = [members for size in sizes for members in combinations(range(segments), size)]
    shown = np.zeros((len(chosen), segments), bool)
    for row, members in zip(shown, chosen, strict=True):
        row[list(members)] = True
    sizes_of = shown.sum(axis=1)
    each = {size: (segments - 1) / (comb(segments, size) * size * (segments - size)) for size in sizes}
    return shown, np.array([each[int(size)] for size in sizes_of])


def _some(segments: int, samples: int, draw: np.random.Generator) -> np.ndarray:
    """Coalitions by their weights: a size by the weight of all of its size, then its members."""
    sizes = np.arange(1, segments)
    shares = 1.0 / (sizes * (segments - sizes))
    drawn = draw.choice(sizes, size=-(-samples // 2), p=shares / shares.sum())
    order = draw.random((len(drawn), segments)).argsort(axis=1)
    half = order < drawn[:, np.newaxis]
    return np.stack([half, ~half], axis=1).reshape(-1, segments)[:samples]


def _solved(_: Request, coalitions: Coalitions, logits: Float[np.ndarray, " s"]) -> Float[np.ndarray, " k"]:
    """Weighted least squares of f(z) = f(none) + sum phi z with sum phi = f(all) - f(none), by the last phi put in."""
    blank, whole = logits[0], logits[1]
    z = coalitions.shown[2:].astype(np.float64)
    if not len(z):
        return np.array([whole - blank])
    rest, last = z[:, :-1] - z[:, -1:], z[:, -1] * (whole - blank)
    found = least_squares(rest, logits[2:] - blank - last, coalitions.weights[2:])
    return np.append(found, whole - blank - found.sum())
