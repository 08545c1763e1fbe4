"""A network: the function from images to logits that is explained, lifted from a model and never changed."""

from collections.abc import Hashable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal, TypeAlias
from warnings import warn

import numpy as np
import tensorflow as tf
from jaxtyping import Float, Shaped

from ..arrays import checked_images
from ..errors import ImageError
from .at_hand import Probes
from .execution.cache import Cache
from .execution.compiled import compiled
from .execution.replay import replayed
from .family import Family, Place
from .fingerprints import fingerprint_of, weights_fingerprint_of
from .graph import Graph
from .loaded import Loaded
from .structure.endpoints import Endpoints
from .structure.head import Head
from .structure.roles import Unit, units

FloatType: TypeAlias = Literal["float32", "float64"]
BATCH_SIZE = 256
# Traced analyzers keep kernels of their own; together those of a type may take about this many bytes.
KEPT_BYTES = 2**29


@dataclass(frozen=True, eq=False)
class Network:
    """A lifted graph with a name. Calling it gives the logits.

    Attributes
    ----------
    graph
        The operations from one image to the logits.
    name
        The model's name.
    loaded
        What it was loaded from.
    dtype
        The floating-point type in which it is replayed, "float32" or "float64".
    place
        For a twin, and for its network 1 beside it, whose traced functions it runs.
    """

    graph: Graph
    name: str
    loaded: Loaded
    dtype: FloatType = "float32"
    place: Place | None = None

    @property
    def source(self) -> str:
        """Where it came from, in words."""
        return self.loaded.source

    @property
    def head(self) -> Head:
        """What stood at its end."""
        return self.loaded.head

    @property
    def model(self) -> Any:
        """The Keras model it was traced from, None for a SavedModel, a function or a twin."""
        return self.loaded.model

    @property
    def endpoints(self) -> Endpoints:
        """Where it begins and ends in its model."""
        return self.loaded.endpoints

    @property
    def original(self) -> "Network | None":
        """For a twin, the network that it is the twin of."""
        return self.place.family.root if self.place is not None and self.place.is_twin else None

    def __repr__(self) -> str:
        output, operations = " x ".join(map(str, self.output_shape)), sum(self.graph.counts.values())
        return (
            f"<Network {self.name!r}: {self.input_shape} -> {output} logits, {operations} operations, "
            f"{self.parameters:,} parameters, {self.dtype}, from {self.source}>"
        )

    def _repr_html_(self) -> str:
        from .structure.table import html_of

        return html_of(repr(self).strip("<>"), self.graph, self.units)

    def __rich__(self) -> Any:
        from .structure.table import rich_table_of

        return rich_table_of(repr(self).strip("<>"), self.graph, self.units)

    @property
    def parameters(self) -> int:
        """How many floating-point numbers the network's operations read; what a twin subtracts is not counted."""
        offsets = {cut.offset for cut in self.graph.cuts.values()}
        read = {value for node in self.graph.nodes for value in node.inputs} - offsets
        constants = [self.graph.constants[value] for value in read if value in self.graph.constants]
        return sum(int(np.prod(one.shape)) for one in constants if one.dtype.is_floating)

    @property
    def input_shape(self) -> tuple[int, ...]:
        """The shape of one image, without the batch axis."""
        return self.graph.image_shape

    @property
    def classes(self) -> int:
        """The number of logits."""
        return int(self.graph.shapes[self.graph.logits][-1])

    @property
    def output_shape(self) -> tuple[int, ...]:
        """The shape along which the logits are numbered, the last axis fastest: (classes,) for most models."""
        return self.endpoints.output_shape or (self.classes,)

    @property
    def most_images(self) -> int | None:
        """How many images may be computed at a time; None where the network sets no limit."""
        return 1 if self.endpoints.one_by_one else None

    def embed(self, inputs: Shaped[np.ndarray, "n ..."]) -> Float[np.ndarray, "n *input"]:
        """The explained values, float32, of the model's own inputs, for a network that begins inside its model.

        Raises
        ------
        ImageError
            The network begins at an input of its model, or the inputs do not fit.
        """
        if self.endpoints.front is None:
            raise ImageError(
                f"inputs to embed for {self.name!r}, which begins at {self.endpoints.input!r}",
                f"images of shape {self.input_shape}",
                "Call the network with them as they are.",
            )
        return self.endpoints.front(inputs)

    @cached_property
    def units(self) -> tuple[Unit, ...]:
        """The operations by role, in an order in which they can be replayed."""
        return units(self.graph)

    @cached_property
    def analyzers(self) -> Cache:
        """The analyzers that were asked for lately, each under its question, kept for the next call."""
        kernels = sum(int(np.prod(unit.layer.kernel.shape)) for unit in self.units if unit.layer is not None)
        least = 2 if self.dtype == "float32" else 1
        return Cache(max(least, min(64, KEPT_BYTES // max(1, 8 * kernels))))

    @cached_property
    def functions(self) -> Cache:
        """Traced functions that serve several analyzers, which differ in what they are given at a call."""
        return Cache(self.analyzers.size)

    def forget(self) -> None:
        """Let go of all traced functions, its twins' too, and of the numbers that they keep; they are traced anew.

        What they held is a cycle to Python: `gc.collect()` returns it to the process.
        """
        for network in (*self.retyped(), *self.family.networks()):
            network.analyzers.clear()
            network.functions.clear()
            vars(network).pop("_logits", None)

    @cached_property
    def family(self) -> Family:
        """What this network shares with all its twins."""
        return self.place.family if self.place else Family(self)

    @property
    def kin(self) -> Family:
        """The former name of `family`."""
        warn("Network.kin is now Network.family: use that", DeprecationWarning, stacklevel=2)
        return self.family

    @property
    def interface(self) -> Endpoints:
        """The former name of `endpoints`."""
        warn("Network.interface is now Network.endpoints: use that", DeprecationWarning, stacklevel=2)
        return self.endpoints

    def with_graph(self, graph: Graph) -> "Network":
        """A network of other operations or numbers under the same name: no twin, and no longer the model's."""
        return replace(self, graph=graph, loaded=self.loaded.changed(), place=None)

    def beside(self, twin: "Network") -> "Network":
        """The same network, run by the functions of its twin: nothing is traced for one that was for the other."""
        if twin.place is None or self.place is not None or twin.family.root is not self:
            return self
        nothing = {cut: np.zeros_like(offset) for cut, offset in twin.place.offsets.items()}
        return replace(self, place=replace(twin.place, offsets=nothing, m=np.zeros_like(twin.place.m), is_twin=False))

    @cached_property
    def fingerprint(self) -> str:
        """A hash of every operation and every number: equal for networks that compute the same in the same way."""
        return fingerprint_of(self.graph)

    @cached_property
    def weights_fingerprint(self) -> str:
        """A hash of the neuron layers' kernels, without biases: equal for a network and its twins, on disk too."""
        return weights_fingerprint_of(self.units)

    @cached_property
    def _logits(self) -> Any:
        specification = tf.TensorSpec((None, *self.input_shape), self.dtype)
        return compiled(lambda image: replayed(self.graph, image), [specification])

    def __call__(
        self, images: Shaped[np.ndarray, "n ..."], *, batch_size: int = BATCH_SIZE
    ) -> Float[np.ndarray, "n classes"]:
        """The logits of images [n, *input_shape] in the network's own encoding, `batch_size` images at a time."""
        if self.place is not None:
            with self.place.turn():
                return self.place.network(self.dtype)(images, batch_size=batch_size)
        checked = checked_images(images, self.input_shape, self.dtype)
        if not len(checked):
            return np.zeros((0, self.classes), self.dtype)
        size = min(batch_size, self.most_images or batch_size)
        chunks = [tf.constant(checked[start : start + size]) for start in range(0, len(checked), size)]
        return np.concatenate([self._logits(chunk).numpy() for chunk in chunks])

    def astype(self, dtype: FloatType) -> "Network":
        """The same network replayed in "float32" or "float64"."""
        if dtype != self.dtype and dtype not in self._retyped:
            self._retyped[dtype] = replace(self, dtype=dtype)
        return self if dtype == self.dtype else self._retyped[dtype]

    def retyped(self) -> list["Network"]:
        """The network itself, and the same in the types that were asked for."""
        return [self, *self._retyped.values()]

    @cached_property
    def _retyped(self) -> dict[FloatType, "Network"]:
        return {}

    def predict(
        self, images: Shaped[np.ndarray, "n ..."], *, batch_size: int = BATCH_SIZE
    ) -> Float[np.ndarray, "n classes"]:
        """The logits of images, NumPy to NumPy: what calling the network gives, by the name that Keras has for it."""
        return self(images, batch_size=batch_size)

    def gradient(self, images: Shaped[np.ndarray, "n ..."], targets: Any = None) -> Float[np.ndarray, "n *input"]:
        """The derivative of each image's logit by the image; its top logit where no targets are given."""
        return self.probes.gradient(images, self.targets(images, targets))

    def activations(self, images: Shaped[np.ndarray, "n ..."], layer: str) -> Float[np.ndarray, "n ..."]:
        """What comes out of a layer, by its name as `inspect` shows it, or a Keras layer's, in nested models too.

        Raises
        ------
        ModelError
            There is no such layer; the names are listed.
        """
        return self.probes.activations(images, layer)

    def keras_model(self) -> Any:
        """The network as a real `keras.Model` from images to logits, in the network's type; a twin with its own biases.

        Of a Sequential or Functional model: a copy, its layers under their names and with their weights, its final
        softmax off. Of any other: one layer for each of the network's parts, named as `inspect` names them.

        Raises
        ------
        ModelError
            Keras cannot say it: something other than the image's numbers goes from layer to layer.
        """
        return self.probes.keras_model

    @cached_property
    def probes(self) -> Probes:
        """What other people's explainers ask of a network."""
        return Probes(self)

    @cached_property
    def asked_twice(self) -> set[Hashable]:
        """The explainers that gave the same maps twice, so that they need not be asked again."""
        return set() if self.place is None else self.place.family.root.asked_twice

    def targets(self, images: Shaped[np.ndarray, "n ..."], targets: Any = None) -> Shaped[np.ndarray, " n"]:
        """The explained logit's index for each image: those given, or the top logit's.

        For outputs with several axes a target may also be given by its place, one row of whole numbers per image.

        Raises
        ------
        ImageError
            The targets are not one whole number in [0, classes), or one place in `output_shape`, per image.
        """
        if targets is None:
            return self(images).argmax(axis=-1).astype(np.int32)
        given = np.asarray(targets)
        wanted = np.broadcast_to(given, (len(images),)) if given.ndim == 0 else given
        whole = wanted.dtype.kind in "iu" or (wanted.dtype.kind == "f" and bool((wanted == np.floor(wanted)).all()))
        places = wanted.shape == (len(images), len(self.output_shape)) and len(self.output_shape) > 1
        if whole and places and self._within(wanted):
            return np.ravel_multi_index(tuple(wanted.astype(np.int64).T), self.output_shape).astype(np.int32)
        if wanted.shape != (len(images),) or not whole or (len(wanted) and not self._in_range(wanted)):
            among = f", or places in {self.output_shape}" if len(self.output_shape) > 1 else ""
            raise ImageError(
                f"targets {_shown(given)}",
                f"{len(images)} whole numbers from 0 to {self.classes - 1}, one per image{among}",
                "Give one class index per image, a single number for all, or None for the top logit.",
            )
        return wanted.astype(np.int32)

    def _within(self, places: Shaped[np.ndarray, "n axes"]) -> bool:
        return bool((places >= 0).all() and (places < self.output_shape).all())

    def _in_range(self, targets: Shaped[np.ndarray, " n"]) -> bool:
        return bool(targets.min() >= 0 and targets.max() < self.classes)


def _shown(targets: Shaped[np.ndarray, "..."]) -> str:
    text = np.array2string(targets, threshold=6)
    return f"{text} of shape {targets.shape}" if targets.ndim else text
