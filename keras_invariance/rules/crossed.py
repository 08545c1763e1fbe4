"""Crossed sides: every image paired with every reference of a background.

The forward passes run once for each image and once for each reference; only what a rule needs of a pair is computed for
every pair. That works where a value's rows are the images. In a few places they are not: dilated convolutions read each
image in parts, and layers over time put its steps among the rows. There both sides run for every pair.

Letters: x an image's value, r a reference's, n the number of images, b that of references; pair i b + j is image i with
reference j.
"""

import tensorflow as tf

from ..network.execution.replay import Replay
from ..network.graph import Graph, Node, Value
from ..network.structure.roles import Unit
from .forward import forward
from .sides import Before, Ends, Spread, forward_passes

# A prime that no shape of a network has: where it stands in a shape, the images are.
MARKED_ROWS = 10007


class Crossed:
    """Images [n, ...] and references [b, ...]: p = n b. `before` the shift a twin's stood there."""

    def __init__(
        self, graph: Graph, units: tuple[Unit, ...], ends: Ends, before: Before, by_row: frozenset[Value]
    ) -> None:
        self.image, self.reference = forward_passes(graph, units, ends, before)
        self.count = tf.shape(ends[0])[0], tf.shape(ends[1])[0]
        self.by_row = by_row
        pair = tf.zeros(tf.concat([[self.count[0] * self.count[1]], tf.shape(ends[0])[1:]], 0), ends[0].dtype)
        self.pairs = Replay(graph, tf.ensure_shape(pair, ends[0].shape))
        self.wide = Replay(graph, self._spread(ends[0])), Replay(graph, self._repeated(ends[1]))
        self._run_for_every_pair(units)

    def has(self, value: Value) -> bool:
        """Whether the forward pass made a value."""
        return value in self.image.values

    def images(self, *values: Value) -> tuple[list[tf.Tensor], Spread]:
        """X, [n, ...] where its rows are the images, and what spreads them over their pairs."""
        if all(value in self.by_row for value in values):
            return [self.image.value(value) for value in values], self._spread
        return [self.of_images(value) for value in values], lambda numbers: numbers

    def of_images(self, value: Value) -> tf.Tensor:
        """X of each pair."""
        return self._side(value, 0)

    def of_references(self, value: Value) -> tf.Tensor:
        """R of each pair."""
        return self._side(value, 1)

    def difference(self, value: Value) -> tf.Tensor:
        """X - r of each pair."""
        if value not in self.by_row:
            return self.of_images(value) - self.of_references(value)
        return self._joined(self.image.value(value)[:, None] - self.reference.value(value)[None])

    def mean(self, value: Value) -> tf.Tensor:
        """(X + r) / 2 of each pair."""
        if value not in self.by_row:
            return 0.5 * (self.of_images(value) + self.of_references(value))
        return self._joined(0.5 * self.image.value(value)[:, None] + 0.5 * self.reference.value(value)[None])

    def shaped(self, value: Value) -> tf.Tensor:
        """Zeros, where the value's rows are the images."""
        known = self.pairs.graph.shapes[value]
        if value not in self.by_row or known.rank is None or None in known[1:]:
            return self.of_images(value)
        return tf.ensure_shape(tf.zeros([self.count[0] * self.count[1], *known[1:]], self.pairs.dtype), known)

    def _side(self, value: Value, side: int) -> tf.Tensor:
        wide = self.wide[side].values
        if value not in wide:
            found = (self.image, self.reference)[side].value(value)
            wide[value] = self._spread(found) if side == 0 else self._repeated(found)
        return wide[value]

    def _spread(self, numbers: tf.Tensor) -> tf.Tensor:
        """[n, ...] as [n b, ...], each row b times."""
        shape = tf.concat([tf.shape(numbers)[:1], self.count[1:], tf.shape(numbers)[1:]], axis=0)
        return self._joined(tf.broadcast_to(numbers[:, None], shape))

    def _repeated(self, numbers: tf.Tensor) -> tf.Tensor:
        """[b, ...] as [n b, ...], all rows n times."""
        times = tf.concat([self.count[:1], tf.ones(numbers.shape.rank - 1, tf.int32)], axis=0)
        return tf.ensure_shape(tf.tile(numbers, times), [None, *numbers.shape[1:]])

    def _joined(self, crossed: tf.Tensor) -> tf.Tensor:
        """[n, b, ...] as [n b, ...]."""
        rows = tf.reshape(crossed, tf.concat([[-1], tf.shape(crossed)[2:]], axis=0))
        return tf.ensure_shape(rows, [None, *crossed.shape[2:]])

    def _run_for_every_pair(self, units: tuple[Unit, ...]) -> None:
        """What depends on the number of rows alone; and both sides where a value's rows are not the images."""
        layers = {unit.last.name: unit for unit in units if unit.layer is not None}
        inner = {node.name for unit in layers.values() for node in unit.nodes}
        for node in self.pairs.graph.nodes:
            if node.output not in self.pairs.graph.active:
                self._run(self.pairs, node, [self.shaped(value) for value in self.pairs.graph.active_inputs(node)])
                for replay in self.wide:
                    replay.values[node.output] = self.pairs.value(node.output)
            elif node.name in layers:
                self._run_layer(layers[node.name])
            elif node.name not in inner and node.output not in self.by_row:
                for side, replay in enumerate(self.wide):
                    self._run(replay, node, [self._side(value, side) for value in self.pairs.graph.active_inputs(node)])

    def _run(self, replay: Replay, node: Node, active: list[tf.Tensor]) -> None:
        """Run an operation, the active values that it reads given in their order."""
        known = dict(zip(self.pairs.graph.active_inputs(node), active, strict=True))
        tensors = [known[value] if value in known else self.pairs.value(value) for value in node.inputs]
        for index, tensor in enumerate(replay.created(node, tensors)):
            replay.values[Value(node.name, index)] = tensor

    def _run_layer(self, unit: Unit) -> None:
        layer = unit.layer
        if layer is None or unit.last.output in self.by_row:
            return
        for side, replay in enumerate(self.wide):
            passed = forward(replay, layer, self._side(layer.image, side))
            replay.values[layer.preactivation] = passed.z
            replay.values[unit.last.output] = passed.y


def values_by_row(graph: Graph, dtype: str) -> frozenset[Value]:
    """The values whose rows are the images, found by asking for shapes with a number of rows that nothing else has."""
    found: set[Value] = set()

    def marked(images: tf.Tensor) -> tf.Tensor:
        replay = Replay(graph, images)
        for node in graph.nodes:
            replay.run(node)
        found.update(
            value
            for value, tensor in replay.values.items()
            if tensor.shape.rank and tensor.shape[0] == MARKED_ROWS and value in graph.active
        )
        return replay.value(graph.logits)

    tf.function(marked, autograph=False).get_concrete_function(tf.TensorSpec((MARKED_ROWS, *graph.image_shape), dtype))
    return frozenset({*found, graph.image})
