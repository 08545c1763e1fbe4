"""Patterns of a network: fitted to data by name, or taken out of the user's cache."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from .data import open_data

if TYPE_CHECKING:
    from ..network import Network
    from ..patterns import Patterns

PATTERNS_DATA: Mapping[str, str] = MappingProxyType(
    {
        "mnist_mlp": "mnist/train[:5000]",
        "mnist_cnn": "mnist/train[:2000]",
        "efficientnet_lite0": "photographs",
    }
)
"""What the patterns of the shipped networks are fitted to where nothing is said."""


def fitted_patterns(
    network: "Network",
    data: str,
    estimator: str = "positive",
    *,
    shift: Any = None,
    progress: Callable[[int, int], None] | None = None,
) -> "Patterns":
    """Patterns fitted to data by name; with a shift, those of the network's twin, of the shifted data.

    Parameters
    ----------
    network
        Network 1.
    data
        As for `open_data`.
    estimator
        "positive", "published" or "linear".
    shift
        A `Shift`, its spelling, or an array that broadcasts to one image.
    progress
        Called with the images done and all.

    Raises
    ------
    DataError, PatternError, ShiftError
        Data, estimator or shift do not fit.
    """
    from ..encodings.shifts import as_shift
    from ..patterns import fit_patterns
    from ..twins import shifted_twin

    images = open_data(data, network.input_shape)
    if shift is None:
        return fit_patterns(network, images, estimator, progress=progress)
    m = as_shift(shift).values(network.input_shape)
    return fit_patterns(shifted_twin(network, shift), images.shifted(m), estimator, progress=progress)
