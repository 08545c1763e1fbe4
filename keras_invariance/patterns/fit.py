"""Fitting patterns to data, or taking them out of the user's cache.

How they come of the data's moments, and what a shift does to each estimator: `estimators`.

Source: Kindermans et al., "Learning how to explain neural networks: PatternNet and PatternAttribution" (2018).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, TypeAlias, get_args

import numpy as np

from ..datasets.array import as_dataset
from ..datasets.dataset import Dataset
from ..errors import PatternError
from ..network import Network
from .cache import cached_patterns, keep_patterns
from .estimators import layer_patterns
from .fitted import About, Patterns
from .moments import Array, Moments
from .sums import Centre, Fit, Progress

Estimator: TypeAlias = Literal["positive", "published", "linear"]


def fit_patterns(
    network: Network,
    data: Any,
    estimator: Estimator | str = "positive",
    *,
    centre: Centre | str = "neuron",
    batch_size: int | None = None,
    progress: Progress | None = None,
) -> Patterns:
    """Fit one pattern per neuron in one pass over the data; the second time, they come out of the user's cache.

    Parameters
    ----------
    network
        The network, or a twin. For `network.astype("float64")` the fit runs in float64, and so are its patterns.
    data
        Images [n, ...] in the network's own encoding, or a data set, which is streamed.
    estimator
        "positive", "published" or "linear".
    centre
        "neuron", or "image" to subtract the mean image and count y with its bias (one pass more, for the mean).
    batch_size
        Images at a time; as many as fit in half a GiB by default.
    progress
        Called with the images done and all.

    Raises
    ------
    PatternError
        The estimator, the centre, or the images' shape is wrong.
    """
    return fit_estimators(network, data, [estimator], centre=centre, batch_size=batch_size, progress=progress)[
        estimator
    ]


def fit_estimators(
    network: Network,
    data: Any,
    estimators: Sequence[Estimator | str],
    *,
    centre: Centre | str = "neuron",
    batch_size: int | None = None,
    progress: Progress | None = None,
) -> Mapping[str, Patterns]:
    """Several estimators' patterns; "positive" and "published" come from the same pass over the data."""
    dataset = checked_data(network, data, estimators, centre)

    def summed(masked: bool) -> Sequence[Moments]:
        mean = mean_image(dataset, batch_size) if centre == "image" else None
        return Fit(network, masked, mean).moments(dataset, batch_size, progress)

    return estimated(network, dataset, estimators, centre, summed)


def estimated(
    network: Network,
    dataset: Dataset,
    estimators: Sequence[Estimator | str],
    centre: Centre | str,
    summed: Callable[[bool], Sequence[Moments]],
) -> Mapping[str, Patterns]:
    """Patterns from the cache, and where they are not there from the moments of all images, whoever sums them.

    `summed` is told whether only samples in which a neuron was active count, and gives each layer's moments.
    """
    found: dict[str, Patterns] = {}
    for masked in (True, False):
        wanted = [name for name in estimators if (name != "linear") == masked]
        cached = {name: cached_patterns(network, _about(network, dataset, name, centre)) for name in wanted}
        if any(patterns is None for patterns in cached.values()):
            fit, moments = Fit(network, masked), summed(masked)
            for name in ("positive", "published") if masked else ("linear",):
                fitted = _patterns(fit, moments, _about(network, dataset, name, centre))
                keep_patterns(fitted, network)
                cached[name] = fitted
        found.update({name: patterns for name, patterns in cached.items() if patterns is not None and name in wanted})
    return found


def mean_image(data: Dataset, batch_size: int | None = None) -> Array:
    """The mean of all images, float64."""
    total = np.zeros(data.shape, np.float64)
    for images, _ in data.batches(batch_size or 1024):
        total += images.sum(axis=0, dtype=np.float64)
    return total / len(data)


def checked_data(network: Network, data: Any, estimators: Sequence[str], centre: str) -> Dataset:
    """The data set to fit on; raises a `PatternError` for an estimator, a centre or images that do not fit."""
    for name in estimators:
        if name not in get_args(Estimator):
            raise PatternError(
                f"the estimator {name!r}", f"one of {', '.join(get_args(Estimator))}", "Check the spelling."
            )
    if centre not in get_args(Centre):
        raise PatternError(f"the centre {centre!r}", f"one of {', '.join(get_args(Centre))}", "Check the spelling.")
    dataset = as_dataset(data)
    if tuple(dataset.shape) != network.input_shape or not len(dataset):
        raise PatternError(
            f"{len(dataset)} images of shape {tuple(dataset.shape)}",
            f"at least one image of shape {network.input_shape}",
            "Give images in the network's own encoding.",
        )
    return dataset


def _patterns(fit: Fit, moments: Sequence[Moments], about: About) -> Patterns:
    pairs = [
        layer_patterns(layer, part, about.estimator, masked=fit.masked)
        for layer, part in zip(fit.layers, moments, strict=True)
    ]
    names = tuple(layer.name for layer in fit.layers)
    arrays = tuple(array.astype(fit.network.dtype) for array, _ in pairs)
    return Patterns(arrays, names, tuple(silent for _, silent in pairs), about)


def _about(network: Network, data: Dataset, estimator: str, centre: str) -> About:
    return About(estimator, centre, network.weights_fingerprint, network.name, data.name, data.fingerprint, len(data))
