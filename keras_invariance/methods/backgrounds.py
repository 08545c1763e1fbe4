"""Backgrounds: the images that an image is compared with, by methods that average over references."""

from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Float, Shaped

from ..datasets import load
from ..datasets.reshaped import reshaped
from ..errors import MethodError

if TYPE_CHECKING:
    from .request import Request


def background_of(request: "Request") -> Float[np.ndarray, "b ..."]:
    """The option `background` as images in the network's type. [b, *input].

    Raises
    ------
    MethodError
        They do not have the network's input shape, or there are none.
    """
    shape = tuple(request.network.input_shape)
    found = background_images(request.options["background"], shape).astype(request.network.dtype)
    if found.shape[1:] != shape or not len(found):
        raise MethodError(
            f"a background of shape {found.shape} for {request.method}",
            f"one or more images of shape {shape}, stacked along a first axis",
            "Give images as the network reads them, such as some of its training data.",
        )
    return found


def background_images(chosen: Any, shape: tuple[int, ...]) -> Shaped[np.ndarray, "b ..."]:
    """A background as it is given, or the images of a data set by its spelling, read for an input shape."""
    if not isinstance(chosen, str):
        return np.asarray(chosen)
    pictured = len(shape) == 3 and shape[-1] in (1, 3)
    return reshaped(load(chosen, size=shape if pictured else None), shape).images
