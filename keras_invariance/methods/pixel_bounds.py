"""Bounds: the box of values that a pixel can take, as the options of a method state it."""

from typing import Any

import numpy as np
from jaxtyping import Float

from ..errors import MethodError
from .request import Request


def pixel_bounds(request: Request) -> tuple[Float[np.ndarray, "1 *input"], Float[np.ndarray, "1 *input"]]:
    """The options `low` and `high` as images with a batch axis, float64; `MethodError` if they do not fit."""
    return checked_bounds(request.options["low"], request.options["high"], request.network.input_shape)


def checked_bounds(
    low: Any, high: Any, shape: tuple[int, ...]
) -> tuple[Float[np.ndarray, "1 *input"], Float[np.ndarray, "1 *input"]]:
    """Two bounds as images of a shape with a batch axis, float64; `MethodError` if they do not fit."""
    least, largest = (_side(name, given, shape) for name, given in (("low", low), ("high", high)))
    if not (least <= largest).all():
        raise MethodError(
            f"low = {_shown(low)} above high = {_shown(high)}",
            "low <= high for every pixel",
            "Give the least and the largest value that a pixel of this network's input can take.",
        )
    return least[np.newaxis], largest[np.newaxis]


def _side(name: str, bound: Any, shape: tuple[int, ...]) -> Float[np.ndarray, "*input"]:
    """One bound in the shape of an image."""
    given = np.asarray(bound, np.float64)
    if given.ndim == len(shape) + 1 and given.shape[0] == 1:
        given = given[0]
    try:
        side = np.broadcast_to(given, shape)
    except ValueError as error:
        raise MethodError(
            f"{name} of shape {given.shape}",
            f"a number or an array that broadcasts to one image of shape {shape}",
            "Give one number, one per channel, or one per pixel.",
        ) from error
    if not np.isfinite(side).all():
        raise MethodError(f"{name} = {_shown(given)}", "finite numbers", "Give the range of the network's own input.")
    return side


def _shown(bound: Any) -> str:
    return np.array2string(np.asarray(bound), threshold=4)
