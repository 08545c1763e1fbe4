"""Fitted patterns: for every neuron the direction of its input that carries its signal, in memory and in files.

Source: Kindermans et al., "Learning how to explain neural networks: PatternNet and PatternAttribution" (2018).
"""

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np

from ..errors import PatternError
from ..network import Network
from ..network.structure.layers import NeuronLayer
from ..reports.files import write_bytes
from .moments import Array

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
        with io.BytesIO() as content:
            np.savez(content, allow_pickle=False, about=np.array(about), **arrays, **silent)
            write_bytes(target, content.getbuffer())
        return target


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
