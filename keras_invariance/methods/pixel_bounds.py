"""Bounds: the box of values that a pixel can take, as the options of a method state it."""

from typing import Any

import numpy as np
from jaxtyping import Float

from ..errors import MethodError
from .request import Request


def pixel_bounds(request: Request) -> tuple[Float[np.ndarray, "1 *input"], Float[np.ndarray, "1 *input"]]:
    """The options `low` and `high` as images with a batch axis, float64; `MethodError` if they do not fit."""
    low, high = (_side(request, name) for name in ("low", "high"))
    if not (low <= high).all():
        raise MethodError(
            f"low = {_shown(request.options['low'])} above high = {_shown(request.options['high'])}",
            "low <= high for every pixel",
            "Give the least and the largest value that a pixel of this network's input can take.",
        )
    return low[np.newaxis], high[np.newaxis]


def _side(request: Request, name: str) -> Float[np.ndarray, "*input"]:
    """One bound in the shape of an image."""
    given = np.asarray(request.options[name], np.float64)
    try:
        side = np.broadcast_to(given, request.network.input_shape)
    except ValueError as error:
        raise MethodError(
            f"{name} of shape {given.shape}",
            f"a number or an array that broadcasts to one image of shape {request.network.input_shape}",
            "Give one number, one per channel, or one per pixel.",
        ) from error
    if not np.isfinite(side).all():
        raise MethodError(f"{name} = {_shown(given)}", "finite numbers", "Give the range of the network's own input.")
    return side


def _shown(bound: Any) -> str:
    return np.array2string(np.asarray(bound), threshold=4)
