"""Analyzers: a network's maps by any of the catalogue's methods, as objects that are called with images and targets."""

from typing import TYPE_CHECKING, Any

from .catalogue import METHODS as CATALOGUE
from .catalogue import Method

if TYPE_CHECKING:
    import numpy as np
    from jaxtyping import Float, Shaped

    from ..network import Network
    from .request import Analyzer

__all__ = ["CATALOGUE", "METHODS", "Method", "analyzer", "explain"]

METHODS = tuple(CATALOGUE)
"""The names of all methods, in the order of the catalogue."""


def analyzer(
    network: "Network", method: str, *, dtype: str = "float32", xla: str = "never", **options: Any
) -> "Analyzer":
    """An analyzer, called with `images, targets`; the same question again returns the same object, traced once.

    Parameters
    ----------
    network
        What is explained.
    method
        One of `METHODS`.
    dtype
        "float64" replays the network in double precision and returns float64 maps.
    xla
        "never", "always", or "measure": compile with XLA where that is faster on this machine, which is tried once.
    **options
        The method's own options; `METHODS` in `keras_invariance.analyzers.catalogue` lists them with their defaults.

    Raises
    ------
    MethodError
        The name, an option or a value is wrong.
    UnknownOperationError
        The method has no rule for an operation of the network.
    """
    from .build import built  # imports TensorFlow

    return built(network, method, dtype=dtype, xla=xla, options=options)


def explain(
    network: "Network",
    images: "Shaped[np.ndarray, 'n *input']",
    method: str,
    targets: Any = None,
    **options: Any,
) -> "Float[np.ndarray, 'n *input']":
    """Maps of images: the short form of `analyzer(network, method, **options)(images, targets)`.

    Parameters
    ----------
    network
        What is explained.
    images
        [n, *network.input_shape], in the network's own encoding.
    method
        One of `METHODS`.
    targets
        The explained logit's index for each image, one number for all, or None for the top logit.
    **options
        As for `analyzer`.

    Returns
    -------
    Raw signed attributions, float32, in the images' shape.

    Raises
    ------
    ImageError
        Images or targets do not fit the network.
    MethodError
        The name, an option or a value is wrong.
    """
    return analyzer(network, method, **options)(images, targets)
