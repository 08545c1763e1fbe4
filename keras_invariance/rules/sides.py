"""Both sides of a difference: a network run forward on images and on references, and their values pair by pair.

Each image is paired with a reference of its own (`Matched`), or with every one of a background (`crossed.Crossed`).

Letters: x an image's value, r its reference's, n the number of images, b that of references, p that of pairs.
"""

from collections.abc import Callable
from typing import Protocol, TypeAlias

import tensorflow as tf

from ..network.execution.replay import Replay
from ..network.graph import Graph, Value
from ..network.structure.roles import Unit
from .forward import forward

Ends: TypeAlias = tuple[tf.Tensor, tf.Tensor]
"""Images and references."""
Before: TypeAlias = tuple[tf.Tensor | None, tf.Tensor | None]
"""Both as they were before the shift, None but for twins."""
Spread: TypeAlias = Callable[[tf.Tensor], tf.Tensor]


class Sides(Protocol):
    """Values of both sides, [p, ...], pair k of which stands in row k."""

    @property
    def pairs(self) -> Replay:
        """What depends on the number of rows alone, for p rows."""
        ...

    def has(self, value: Value) -> bool:
        """Whether the forward pass made a value."""
        ...

    def images(self, *values: Value) -> tuple[list[tf.Tensor], Spread]:
        """X in as few rows as it has, and what brings numbers that were computed of it, row by row, to p rows."""
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

    def shaped(self, value: Value) -> tf.Tensor:
        """A tensor of the value's shape and p rows, for what asks for no numbers."""
        ...


class Matched:
    """Images [n, ...], each with a reference of its own: p = n. `before` the shift a twin's stood there."""

    def __init__(self, graph: Graph, units: tuple[Unit, ...], ends: Ends, before: Before) -> None:
        self.pairs, self.reference = forward_passes(graph, units, ends, before)

    def has(self, value: Value) -> bool:
        """Whether the forward pass made a value."""
        return value in self.pairs.values

    def images(self, *values: Value) -> tuple[list[tf.Tensor], Spread]:
        """X, whose rows are the pairs."""
        return [self.pairs.value(value) for value in values], lambda numbers: numbers

    def of_images(self, value: Value) -> tf.Tensor:
        """X [n, ...]."""
        return self.pairs.value(value)

    def of_references(self, value: Value) -> tf.Tensor:
        """R [n, ...]."""
        return self.reference.value(value)

    def difference(self, value: Value) -> tf.Tensor:
        """X - r [n, ...]."""
        return self.of_images(value) - self.of_references(value)

    def mean(self, value: Value) -> tf.Tensor:
        """(X + r) / 2 [n, ...]."""
        return 0.5 * (self.of_images(value) + self.of_references(value))

    def shaped(self, value: Value) -> tf.Tensor:
        """X itself."""
        return self.of_images(value)


def forward_passes(graph: Graph, units: tuple[Unit, ...], ends: Ends, before: Before) -> tuple[Replay, Replay]:
    """Both ends run through the network; a twin's with what they were before its shift."""
    image, reference = (Replay(graph, end, unshifted) for end, unshifted in zip(ends, before, strict=True))
    for replay in (image, reference):
        run_forward(replay, units)
    return image, reference


def run_forward(replay: Replay, units: tuple[Unit, ...]) -> None:
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
