"""What every analyzer is: a function from images and targets to maps, computed batch by batch."""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol, runtime_checkable

import numpy as np
import tensorflow as tf
from jaxtyping import Float, Int, Shaped

from ..arrays import checked_images
from ..network import Network
from ..network.structure.roles import Unit
from ..rules.backward import Rules, check_covered

# The activations of one batch may take about this many bytes; what rules keep besides is two to three times that.
ACTIVATION_BYTES = 2**29
LARGEST_BATCH = 2048


@dataclass(frozen=True, eq=False)
class Origin:
    """Where a twin's images come from, so that it takes network 1's decisions over (`network.execution.agreement`).

    Attributes
    ----------
    images
        The images before the shift. [n, ...]
    m
        The shift, float64.
    """

    images: Shaped[np.ndarray, "n ..."]
    m: Float[np.ndarray, "*input"]

    def __repr__(self) -> str:
        return f"<Origin: {len(self.images)} images {self.m.shape}>"

    def before(self, points: Shaped[np.ndarray, "n ..."]) -> Float[np.ndarray, "n ..."]:
        """Other points of the twin's, such as references, before the shift; in their own type."""
        return (points.astype(np.float64) - self.m).astype(points.dtype)


@runtime_checkable
class Analyzer(Protocol):
    """A method applied to a network."""

    @property
    def request(self) -> "Request":
        """What was asked for: the network, the method and its options."""
        ...

    def __call__(
        self,
        images: Shaped[np.ndarray, "n ..."],
        targets: Any = None,
        *,
        origin: "Origin | None" = None,
    ) -> Float[np.ndarray, "n ..."]:
        """Raw maps of images, for the given targets or for each image's top logit.

        `origin` is for a family's shared analyzers (`bound.Bound`): where the images of a twin come from.
        """
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

    def __repr__(self) -> str:
        told = "".join(f", {name}={_short(value)}" for name, value in self.options.items() if value is not None)
        return f"<Request: {self.method} of {self.network.name!r}, {self.network.dtype}{told}>"

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


def _short(value: Any) -> str:
    """An option's value in a few characters."""
    text = f"an array {value.shape}" if isinstance(value, np.ndarray) else repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def analyzer_line(request: Request) -> str:
    """What an analyzer is in one line, for its repr."""
    return repr(request).replace("<Request:", "<Analyzer:", 1)


@dataclass(frozen=True, eq=False)
class CheckedInputs:
    """Images and targets that have been checked against a network.

    Attributes
    ----------
    images
        What is explained. [n, ...]
    targets
        The explained logits. [n]
    origin
        For a twin: where the images come from.
    follows
        Whether the network is a twin, or runs as one of its family.
    """

    images: Float[np.ndarray, "n ..."]
    targets: Shaped[np.ndarray, " n"]
    origin: Origin | None = None
    follows: bool = False

    def __repr__(self) -> str:
        return f"<Question: {len(self.images)} images {self.images.shape[1:]}, {self.images.dtype}>"

    def part(self, rows: "slice | Int[np.ndarray, ' k']") -> "CheckedInputs":
        """Some of the images with what belongs to them."""
        origin = None if self.origin is None else replace(self.origin, images=self.origin.images[rows])
        return replace(self, images=self.images[rows], targets=self.targets[rows], origin=origin)

    def chunks(self, size: int) -> Iterator["CheckedInputs"]:
        """Up to `size` images at a time with what belongs to them."""
        for start in range(0, len(self.images), size):
            yield self.part(slice(start, start + size))

    def mapped(self, run: Callable[..., tf.Tensor], size: int, shape: tuple[int, ...]) -> Float[np.ndarray, "n ..."]:
        """What a traced function makes of the inputs, up to `size` images at a time: [n, *shape]."""
        parts = [run(*part.tensors()).numpy() for part in self.chunks(size)]
        return np.concatenate(parts) if parts else np.zeros((0, *shape), self.images.dtype)

    def tensors(self, *further: np.ndarray, moved: Sequence[np.ndarray] = ()) -> list[tf.Tensor]:
        """What a traced function is given: images, targets, and what it needs besides.

        A twin's is also given the images before the shift, and the same of what `moved` with them; all of them empty
        where it decides by itself.
        """
        arrays = [self.images, self.targets, *further, *moved]
        if self.follows and self.origin is None:
            arrays += [self.images[:0], *(points[:0] for points in moved)]
        elif self.origin is not None:
            arrays += [self.origin.images, *map(self.origin.before, moved)]
        return [tf.constant(array) for array in arrays]


def checked_inputs(
    network: Network, images: Shaped[np.ndarray, "n ..."], targets: Any, origin: Origin | None = None
) -> CheckedInputs:
    """The checked question; raises `ImageError` for images or targets that do not fit the network."""
    checked = checked_images(images, network.input_shape, network.dtype)
    if origin is not None:
        origin = replace(origin, images=checked_images(origin.images, network.input_shape, network.dtype))
    return CheckedInputs(checked, network.targets(checked, targets), origin, follows=bool(network.graph.cuts))


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


def specifications(
    network: Network, *further: tf.TensorSpec, moved: Sequence[tf.TensorSpec] = ()
) -> list[tf.TensorSpec]:
    """What a traced function of `Question.tensors` is given."""
    images = tf.TensorSpec((None, *network.input_shape), network.dtype)
    before = [images, *moved] if network.graph.cuts else []
    return [images, tf.TensorSpec((None,), tf.int32), *further, *moved, *before]
