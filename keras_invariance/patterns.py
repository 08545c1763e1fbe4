"""Patterns: for every neuron the direction of its input that carries its signal, fitted to data.

How they come of the data's moments, and what a shift does to each estimator: `estimators`.

Source: Kindermans et al., "Learning how to explain neural networks: PatternNet and PatternAttribution" (2018).
"""

import hashlib
import io
import json
import os
import tempfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Literal, TypeAlias, get_args

import numpy as np
import platformdirs

from .datasets.array import as_dataset
from .datasets.dataset import Dataset
from .errors import PatternError
from .estimators import layer_patterns
from .moments import Array, Moments
from .network import Network
from .network.layers import NeuronLayer
from .pattern_fit import Centre, Fit, Progress

Estimator: TypeAlias = Literal["positive", "published", "linear"]
FORMAT = 1


@dataclass(frozen=True)
class About:
    """What patterns were fitted with.

    Attributes
    ----------
    estimator, centre
        How they were computed.
    weights
        The fingerprint of the network's weights. Biases do not count, so a network's patterns fit its twins.
    network, data
        The names of the network and the data set.
    data_fingerprint
        The data set's fingerprint.
    images
        How many images were read.
    """

    estimator: str
    centre: str
    weights: str
    network: str
    data: str
    data_fingerprint: str
    images: int
    format: int = FORMAT


@dataclass(frozen=True, eq=False)
class Patterns:
    """One array per neuron layer, in the shape of its kernel.

    Attributes
    ----------
    arrays
        The patterns a, in the network's number type and in the order of the forward pass.
    names
        The layers' names in the network they were fitted to.
    silent
        For each layer the neurons that were hardly ever active, or without a signal; their pattern is w / |w|^2.
    about
        What they were fitted with.
    """

    arrays: tuple[Array, ...]
    names: tuple[str, ...]
    silent: tuple[tuple[int, ...], ...]
    about: About

    def __repr__(self) -> str:
        about = self.about
        silent = sum(map(len, self.silent))
        return (
            f"<Patterns of {about.network!r}: {about.estimator}, centre {about.centre}, {len(self.arrays)} layers, "
            f"{silent} silent neurons, fitted to {about.images} images of {about.data}>"
        )

    def arrays_for(self, network: Network) -> Mapping[str, Array]:
        """The patterns under the layer names of a network.

        Raises
        ------
        PatternError
            The network has other weights than the one they were fitted to.
        """
        if network.weights_fingerprint != self.about.weights:
            raise PatternError(
                f"patterns of {self.about.network!r} (weights {self.about.weights[:12]}) for {network.name!r} "
                f"(weights {network.weights_fingerprint[:12]})",
                "patterns fitted to this network or to the network it is the twin of",
                "Fit them again: fit_patterns(network, data).",
            )
        layers = neuron_layers(network)
        return {layer.name: array for layer, array in zip(layers, self.arrays, strict=True)}

    def save(self, path: str | Path) -> Path:
        """Write the patterns to one file, `.npz`, which appears whole or not at all."""
        target = Path(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        arrays = {f"pattern_{index}": array for index, array in enumerate(self.arrays)}
        silent = {f"silent_{index}": np.asarray(neurons, np.int64) for index, neurons in enumerate(self.silent)}
        about = json.dumps({**asdict(self.about), "names": self.names}, sort_keys=True)
        handle, part = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}-")
        try:
            with os.fdopen(handle, "wb") as file:
                np.savez(file, allow_pickle=False, about=np.array(about), **arrays, **silent)
            Path(part).chmod(0o644)  # the temporary file was its owner's alone
            Path(part).replace(target)
        finally:
            Path(part).unlink(missing_ok=True)
        return target


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
        cached = {name: _cached(network, dataset, name, centre) for name in wanted}
        if any(patterns is None for patterns in cached.values()):
            fit, moments = Fit(network, masked), summed(masked)
            for name in ("positive", "published") if masked else ("linear",):
                fitted = _patterns(fit, moments, _about(network, dataset, name, centre))
                _remember(fitted, network)
                cached[name] = fitted
        found.update({name: patterns for name, patterns in cached.items() if patterns is not None and name in wanted})
    return found


def weight_patterns(network: Network) -> Patterns:
    """The network's own weights in the place of patterns: pattern-net with them is f times the gradient."""
    layers = neuron_layers(network)
    arrays = tuple(layer.weights("float32").numpy() for layer in layers)
    about = About("weights", "neuron", network.weights_fingerprint, network.name, "none", "none", 0)
    return Patterns(arrays, tuple(layer.name for layer in layers), ((),) * len(layers), about)


def load_patterns(path: str | Path, network: Network | None = None) -> Patterns:
    """Read patterns from a file; for a network, they are checked to be of its weights.

    Raises
    ------
    PatternError
        The file is missing, not one of ours, truncated, or belongs to another network.
    """
    source = Path(path)
    try:
        patterns = _read(source)
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise PatternError(
            f"{str(source)!r}, which cannot be read as patterns ({type(error).__name__}: {str(error)[:120]})",
            "a whole file written by Patterns.save",
            "Fit the patterns again: fit_patterns(network, data).save(path).",
        ) from error
    if network is not None:
        patterns.arrays_for(network)
    return patterns


def neuron_layers(network: Network) -> tuple[NeuronLayer, ...]:
    """The neuron layers of a network in the order of the forward pass."""
    return tuple(unit.layer for unit in network.units if unit.layer is not None)


def mean_image(data: Dataset, batch_size: int | None = None) -> Array:
    """The mean of all images, float64."""
    total = np.zeros(data.shape, np.float64)
    for images, _ in data.batches(batch_size or 1024):
        total += images.sum(axis=0, dtype=np.float64)
    return total / len(data)


def cache_folder() -> Path:
    """Where fitted patterns are kept between runs."""
    return platformdirs.user_cache_path("keras_invariance") / "patterns"


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


def _cache_path(network: Network, data: str, estimator: str, centre: str) -> Path:
    parts = (network.fingerprint, network.dtype, data, estimator, centre, FORMAT)
    return cache_folder() / f"{hashlib.sha256(repr(parts).encode()).hexdigest()}.npz"


def _cached(network: Network, data: Dataset, estimator: str, centre: str) -> Patterns | None:
    path = _cache_path(network, data.fingerprint, estimator, centre)
    if not path.is_file():
        return None
    try:
        return load_patterns(path, network)
    except PatternError:
        path.unlink(missing_ok=True)  # damaged: fitted again
        return None


def _remember(patterns: Patterns, network: Network) -> None:
    """Keep patterns for the next run; without a writable cache folder there is none."""
    about = patterns.about
    try:
        patterns.save(_cache_path(network, about.data_fingerprint, about.estimator, about.centre))
    except OSError:
        return


def _read(path: Path) -> Patterns:
    with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as content:
        about = json.loads(str(content["about"]))
        names = tuple(about.pop("names"))
        if about.get("format") != FORMAT or set(about) != {field.name for field in fields(About)}:
            raise ValueError(f"format {about.get('format')!r}, not {FORMAT}")
        arrays = tuple(content[f"pattern_{index}"] for index in range(len(names)))
        silent = tuple(tuple(int(i) for i in content[f"silent_{index}"]) for index in range(len(names)))
    if not all(array.dtype in (np.float32, np.float64) and np.isfinite(array).all() for array in arrays):
        raise ValueError("values that are no finite numbers")
    return Patterns(arrays, names, silent, About(**about))
