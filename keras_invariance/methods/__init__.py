"""Analyzers: a network's maps by any of the catalogue's methods, as objects that are called with images and targets."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias
from warnings import warn

from ..arrays import is_finite
from .catalogue import BUILT_IN, Method, known_method
from .catalogue import METHODS as CATALOGUE
from .registration import method, register

if TYPE_CHECKING:
    import numpy as np
    from jaxtyping import Float, Shaped

    from ..network import Network
    from .request import Analyzer

__all__ = ["CATALOGUE", "METHODS", "Method", "analyzer", "explain", "method", "register"]

METHODS = tuple(BUILT_IN)
"""The names of this package's methods, in the order of the catalogue; those that were registered too: `CATALOGUE`."""

Explained: TypeAlias = str | Method | Callable[..., Any]
"""What may stand for a method: a name, a row, or a function (network, images, targets, **options) -> maps."""


def analyzer(
    network: "Network", method: Explained, *, dtype: str | None = None, xla: str = "never", **options: Any
) -> "Analyzer":
    """An analyzer, called with `images, targets`; the same question again returns the same object, traced once.

    Parameters
    ----------
    network
        What is explained.
    method
        One of `METHODS`, a name that was registered, `package.module:function`, a `Method` of your own, or a function
        (network, images, targets, **options) -> maps.
    dtype
        "float32" or "float64", in which the network is replayed and the maps come; `network.dtype` by default.
    xla
        "never", "always", or "measure": compile with XLA where that is faster on this machine, which is tried once.
    **options
        The method's own options; `METHODS` in `keras_invariance.methods.catalogue` lists them with their defaults.

    Raises
    ------
    MethodError
        The name, an option or a value is wrong.
    UnknownOperationError
        The method has no rule for an operation of the network.
    ExplainerError
        Somebody else's function cannot be found; called, that it raised an error or gave no maps.
    """
    from .build import built  # imports TensorFlow

    return built(network, method, dtype=network.dtype if dtype is None else dtype, xla=xla, options=options)


def explain(
    network: "Network",
    images: "Shaped[np.ndarray, 'n *input']",
    method: Explained,
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
        As for `analyzer`.
    targets
        The explained logit's index for each image, one number for all, or None for the top logit.
    **options
        As for `analyzer`.

    Returns
    -------
    Raw signed attributions, float32 or as `dtype` says, in the images' shape; [n, h, w, 1] where a method gives one
    number for each place.

    Raises
    ------
    ImageError
        Images or targets do not fit the network.
    MethodError
        The name, an option or a value is wrong.

    Warns
    -----
    RuntimeWarning
        Some maps have values that are NaN or infinite: rules that divide, and fitted patterns, may overflow.
    """
    maps = analyzer(network, method, **options)(images, targets)
    flawed = sum(not is_finite(one) for one in maps)
    if flawed:
        told = f"{known_method(method).name}: {flawed} of {len(maps)} maps have values that are no finite numbers"
        warn(f'{told}; dtype="float64" has more room', RuntimeWarning, stacklevel=2)
    return maps
