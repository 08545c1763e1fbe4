"""What every analyzer is: a function from images and targets to maps, computed batch by batch."""

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np
import tensorflow as tf
from jaxtyping import Float, Shaped

from ..arrays import checked_images
from ..network import Network
from ..network.roles import Unit
from ..rules.passage import Rules, check_covered

# The activations of one batch may take about this many bytes; what rules keep besides is two to three times that.
ACTIVATION_BYTES = 2**29
LARGEST_BATCH = 2048


@runtime_checkable
class Analyzer(Protocol):
    """A method applied to a network."""

    @property
    def request(self) -> "Request":
        """What was asked for: the network, the method and its options."""
        ...

    def __call__(self, images: Shaped[np.ndarray, "n ..."], targets: Any = None) -> Float[np.ndarray, "n ..."]:
        """Raw maps of images, for the given targets or for each image's top logit."""
        ...


@dataclass(frozen=True, eq=False)
class Request:
    """What an analyzer is built from.

    Attributes
    ----------
    network, units
        What is explained, and its operations by role.
    method
        The method's name.
    options
        All of the method's options, defaults filled in.
    xla
        Whether to compile with XLA.
    """

    network: Network
    units: tuple[Unit, ...]
    method: str
    options: Mapping[str, Any]
    xla: bool = False

    @property
    def batch_size(self) -> int:
        """How many rows are computed at a time: as asked for, or as many as `ACTIVATION_BYTES` admit."""
        size: int = self.options["batch_size"] or default_batch_size(self.network, self.units)
        return min(size, self.network.most_images or size)

    @property
    def absorb(self) -> bool:
        """Whether the bias counts in a denominator."""
        return bool(self.options["bias"] == "absorb")

    def check_covered(self, rules: Rules) -> None:
        """Raise an `UnknownOperationError` if the method meets an operation for which it has no rule."""
        check_covered(self.network.graph, self.units, rules, self.method)


@dataclass(frozen=True, eq=False)
class Question:
    """Images and targets that have been checked against a network."""

    images: Float[np.ndarray, "n ..."]
    targets: Shaped[np.ndarray, " n"]

    def chunks(self, size: int) -> Iterator[tuple[Float[np.ndarray, "m ..."], Shaped[np.ndarray, " m"]]]:
        """Up to `size` images at a time with their targets."""
        for start in range(0, len(self.images), size):
            yield self.images[start : start + size], self.targets[start : start + size]


def asked(network: Network, images: Shaped[np.ndarray, "n ..."], targets: Any) -> Question:
    """The checked question; raises `ImageError` for images or targets that do not fit the network."""
    checked = checked_images(images, network.input_shape, network.dtype)
    return Question(checked, network.targets(checked, targets))


def default_batch_size(network: Network, units: tuple[Unit, ...]) -> int:
    """As many images as keep the activations of one batch within `ACTIVATION_BYTES`, at most `LARGEST_BATCH`."""
    sizes = [network.graph.shapes[unit.last.output][1:].num_elements() or 0 for unit in units]
    width = 4 if network.dtype == "float32" else 8
    return max(1, min(LARGEST_BATCH, ACTIVATION_BYTES // (width * max(1, sum(sizes)))))


def shared(network: Network, key: tuple[Hashable, ...], traced: Callable[[], Any]) -> Any:
    """The network's traced function under a key, traced if it is asked for the first time or was forgotten."""
    if key not in network.functions:
        network.functions[key] = traced()
    return network.functions[key]


def specifications(network: Network) -> list[tf.TensorSpec]:
    """What a traced function of images and targets is given."""
    return [tf.TensorSpec((None, *network.input_shape), network.dtype), tf.TensorSpec((None,), tf.int32)]
