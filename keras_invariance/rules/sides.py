"""Both sides of a difference: a network run forward on images and on references, and their values pair by pair.

Each image is paired with a reference of its own (`Matched`), or with every one of a background (`Crossed`). Of crossed
sides the forward passes run once for each image and once for each reference, and only what a rule needs of a pair is
computed for every pair.

Letters: x an image's value, r its reference's, n the number of images, b that of references, p that of pairs.
"""

from typing import Protocol

import tensorflow as tf

from ..network.execution.replay import Replay
from ..network.graph import Graph, Value
from ..network.structure.roles import Unit
from .forward import forward


class Sides(Protocol):
    """Values of both sides, [p, ...], pair k of which stands in row k."""

    @property
    def pairs(self) -> Replay:
        """What depends on the number of rows alone, for p rows."""
        ...

    @property
    def image(self) -> Replay:
        """The images' forward pass, n rows."""
        ...

    def of_images(self, value: Value) -> tf.Tensor:
        """X of each pair."""
        ...

    def of_references(self, value: Value) -> tf.Tensor:
        """R of each pair."""
        ...

    def difference(self, value: Value) -> tf.Tensor:
        """X - r of each pair."""
        ...

    def mean(self, value: Value) -> tf.Tensor:
        """(X + r) / 2 of each pair."""
        ...

    def spread(self, value: Value, numbers: tf.Tensor) -> tf.Tensor:
        """For each pair what was computed of the image's value, in the rows that `image` has."""
        ...

    def shaped(self, value: Value) -> tf.Tensor:
        """A tensor of the value's shape and p rows, for what asks for no numbers."""
        ...


class Matched:
    """Images [n, ...], each with a reference of its own; `before` the shift a twin's images and references stood."""

    def __init__(
        self,
        graph: Graph,
        units: tuple[Unit, ...],
        ends: tuple[tf.Tensor, tf.Tensor],
        before: tuple[tf.Tensor | None, tf.Tensor | None],
    ) -> None:
        self.image, self.reference = (
            forward_pass(Replay(graph, end, unshifted), units) for end, unshifted in zip(ends, before, strict=True)
        )
        self.pairs = self.image

    def of_images(self, value: Value) -> tf.Tensor:
        """X [n, ...]."""
        return self.image.value(value)

    def of_references(self, value: Value) -> tf.Tensor:
        """R [n, ...]."""
        return self.reference.value(value)

    def difference(self, value: Value) -> tf.Tensor:
        """X - r [n, ...]."""
        return self.image.value(value) - self.reference.value(value)

    def mean(self, value: Value) -> tf.Tensor:
        """(X + r) / 2 [n, ...]."""
        return 0.5 * (self.image.value(value) + self.reference.value(value))

    def spread(self, value: Value, numbers: tf.Tensor) -> tf.Tensor:  # noqa: ARG002  rows are pairs here
        """The numbers as they are."""
        return numbers

    def shaped(self, value: Value) -> tf.Tensor:
        """X itself."""
        return self.image.value(value)


def forward_pass(replay: Replay, units: tuple[Unit, ...]) -> Replay:
    """All operations run, neuron layers as every method runs them."""
    layers = {unit.last.name: unit.layer for unit in units if unit.layer is not None}
    inner = {node.name for unit in units if unit.layer is not None for node in unit.nodes}
    for node in replay.graph.nodes:
        layer = layers.get(node.name)
        if layer is not None:
            passed = forward(replay, layer, replay.value(layer.image))
            replay.values[layer.preactivation] = passed.z
            replay.values[node.output] = passed.y
        elif node.name not in inner:
            replay.run(node)
    return replay
