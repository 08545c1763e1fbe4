"""Bounds: the box of values that a pixel can take, carried to the input of every first neuron layer."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import tensorflow as tf

from ..errors import MethodError
from ..network.affine import values_at
from ..rules.signs import Bounds
from .request import Request


def first_layer_bounds(request: Request) -> Mapping[str, Bounds]:
    """The least and largest input of each first layer, for images between the options `low` and `high`.

    Bounds go through the affine steps in front of a layer; where a step turns them round (a negative scale), they are swapped.
    """
    low, high = (_side(request, name) for name in ("low", "high"))
    if not (low <= high).all():
        raise MethodError(
            f"low = {_shown(request.options['low'])} above high = {_shown(request.options['high'])}",
            "low <= high for every pixel",
            "Give the least and the largest value that a pixel of this network's input can take.",
        )
    layers = [unit.layer for unit in request.units if unit.layer is not None and unit.layer.first]
    ends = [values_at(request.network.graph, side, [layer.image for layer in layers]) for side in (low, high)]
    return {
        layer.name: Bounds(tf.minimum(first, second), tf.maximum(first, second))
        for layer, first, second in zip(layers, *ends, strict=True)
    }


def _side(request: Request, name: str) -> np.ndarray:
    """One bound as an image with a batch axis."""
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
