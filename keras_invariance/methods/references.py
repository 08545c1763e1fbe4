"""References: what an image is compared with, by methods whose maps sum to the change of the logit on the way there."""

from typing import Any

import numpy as np
from jaxtyping import Float, Int

from ..errors import MethodError
from ..network import Network


def references_for(
    chosen: Any, images: Float[np.ndarray, "n ..."], option: str = "reference"
) -> Float[np.ndarray, "n ..."]:
    """The reference of each image: "zero"; "black", its own least value; or an array that broadcasts to one image.

    `option` is what an error calls it.

    Raises
    ------
    MethodError
        The array does not fit.
    """
    if isinstance(chosen, str):
        least = images.min(axis=tuple(range(1, images.ndim)), keepdims=True, initial=np.inf)
        return np.broadcast_to(least if chosen == "black" else np.zeros_like(least), images.shape)
    given = np.asarray(chosen, images.dtype)
    try:
        return np.broadcast_to(np.broadcast_to(given, images.shape[1:]), images.shape)
    except ValueError as error:
        raise MethodError(
            f"a {option} of shape {given.shape}",
            f"an array that broadcasts to one image of shape {images.shape[1:]}",
            f"Give one {option} image, or 'zero' or 'black'.",
        ) from error


def completeness_gap(
    network: Network,
    maps: Float[np.ndarray, "n ..."],
    ends: tuple[Float[np.ndarray, "n ..."], Float[np.ndarray, "n ..."]],
    targets: Int[np.ndarray, " n"],
) -> Float[np.ndarray, " n"]:
    """|sum of the map - (f(x) - f(r))| for each image x and its reference r, the two `ends`."""
    rows = np.arange(len(maps))
    logits = [network(side)[rows, targets] for side in ends]
    return np.abs(maps.reshape(len(maps), -1).sum(axis=1) - (logits[0] - logits[1]))
