"""LIME: a linear model of the logit, fitted to random coalitions of segments near the whole image.

Letters: z in {0, 1} whether a segment is shown, f the logit, k segments.
"""

import numpy as np
from jaxtyping import Float

from .coalitions import Coalitions, SegmentWorth, least_squares
from .draws import generator
from .masking import Masking
from .request import Request


def lime(request: Request) -> SegmentWorth:
    """The analyzer that a request asks for. Source: Ribeiro et al. (2016).

    Segments are shown or hidden with equal chance, the first time all are shown. A coalition counts
    exp(-(d / width)^2), d = 1 - sqrt(share of segments that are shown) its cosine distance from the whole image. The
    model is a ridge regression with an intercept, of strength `ridge`.
    """
    return SegmentWorth(request, Masking(request), _drawn, _solved)


def _drawn(request: Request, segments: int, key: int) -> Coalitions:
    draw = generator(request.options["seed"], key)
    shown = draw.random((request.options["samples"], segments)) < 0.5
    shown[0] = True
    distances = 1.0 - np.sqrt(shown.mean(axis=1))
    return Coalitions(shown, np.exp(-np.square(distances / request.options["width"])))


def _solved(request: Request, coalitions: Coalitions, logits: Float[np.ndarray, " s"]) -> Float[np.ndarray, " k"]:
    """The ridge regression's coefficients: the intercept is fitted by taking weighted means away first."""
    weights = coalitions.weights / coalitions.weights.sum()
    z, f = coalitions.shown - weights @ coalitions.shown, logits - weights @ logits
    return least_squares(z, f, coalitions.weights, request.options["ridge"])
