"""Replay: the operations of a lifted graph emitted again, one by one, into the function that is being traced.

A method puts a function with a custom gradient in the place of some of them; the gradient of the replayed function
then is the method. `tf.gradients` takes it inside the same traced graph: a tape does not see operations that are
created by name. A twin's replay may know the images before their shift; then it takes network 1's decisions over
(`agreement`).
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import tensorflow as tf

from ..graph import Graph, Node, Value, pruned
from .agreement import agreed
from .grouped_convolutions import grouped, groups
from .volume_pools import is_volume_pool, planar_pools

# Constants up to this many elements are written into the graph, where shapes are inferred from them; larger ones are
# captured, so that a network of 500 MB is not copied into every function that replays it.
EMBEDDED = 256
# Whatever a model computes in, half precision too, is replayed in one type: maps of a mixed model are those of float32.
FLOATS = (tf.float16, tf.bfloat16, tf.float32, tf.float64)


class Replay:
    """The values that have been emitted so far into the current graph, in one floating-point type."""

    def __init__(self, graph: Graph, image: tf.Tensor, unshifted: tf.Tensor | None = None) -> None:
        self.graph = graph
        self.dtype = image.dtype
        self.values: dict[Value, tf.Tensor] = {graph.image: image}
        self.network_1 = None if unshifted is None or not graph.cuts else Replay(graph, unshifted)

    @property
    def image(self) -> tf.Tensor:
        """What is replayed."""
        return self.values[self.graph.image]

    def fresh(self) -> "Replay":
        """The same with nothing emitted yet: for a branch, whose operations are its own."""
        return Replay(self.graph, self.image)

    @classmethod
    def unmoved(cls, graph: Graph, image: tf.Tensor) -> "Replay":
        """A twin's graph replayed as network 1, nothing subtracted."""
        replay = cls(graph, image)
        for cut in graph.cuts.values():
            replay.values[cut.offset] = tf.zeros_like(replay.value(cut.offset))
        return replay

    def value(self, value: Value) -> tf.Tensor:
        """The tensor of a value: emitted before, or a constant in the replay's type."""
        if value not in self.values:
            self.values[value] = embedded(self.graph.constant_for(value, self.dtype), self.dtype)
        return self.values[value]

    def emit(self, node: Node, inputs: Mapping[Value, tf.Tensor] | None = None) -> tf.Tensor:
        """Create the operation; `inputs` overrides some of what it reads. Returns its first output."""
        given = inputs or {}
        tensors = [given[value] if value in given else self.value(value) for value in node.inputs]
        return self.created(node, tensors)[0]

    def run(self, node: Node) -> None:
        """Create the operation and remember all its outputs."""
        for index, tensor in enumerate(self.created(node, [self.value(value) for value in node.inputs])):
            self.values[Value(node.name, index)] = tensor

    def created(self, node: Node, tensors: list[tf.Tensor]) -> list[tf.Tensor]:
        """The outputs of a new operation of the node's kind that reads these tensors."""
        if is_volume_pool(node):
            return [planar_pools(node, tensors[0])]
        outputs = self._operation(node, tensors)
        if self.network_1 is None or node.name not in self.graph.cuts:
            return outputs
        return [agreed(self, self.network_1, self.graph.cuts[node.name], outputs[0])]

    def run_before(self, value: Value) -> tf.Tensor:
        """The tensor of a value, everything that it depends on run where it has not been."""
        for node in pruned(self.graph.nodes, value):
            if node.output not in self.values:
                self.run(node)
        return self.value(value)

    def _operation(self, node: Node, tensors: list[tf.Tensor]) -> list[tf.Tensor]:
        count = groups(node, tensors)
        if count > 1:
            return [grouped(node, tensors, count, lambda op, given: self._emitted(op, node, given)[0])]
        return self._emitted(node.op, node, tensors)

    def _emitted(self, op: str, node: Node, tensors: list[tf.Tensor]) -> list[tf.Tensor]:
        """The outputs of an operation of some kind with those of the node's attributes that it has."""
        graph, attributes = tf.compat.v1.get_default_graph(), attributes_in(node.attributes, self.dtype)
        if op != node.op:
            known = {attribute.name for attribute in graph.op_def_for_type(op).attr}
            attributes = {name: value for name, value in attributes.items() if name in known}
        return list(graph.create_op(op, tensors, attrs=attributes).outputs)


def embedded(constant: "tf.Tensor | tf.Variable", dtype: tf.DType) -> tf.Tensor:
    """A constant for use inside the traced function: small ones as graph constants, large ones to be captured.

    A family's offset is a variable, and read anew whenever the function runs.
    """
    if isinstance(constant, tf.Variable):
        return tf.cast(constant.read_value(), dtype)
    if constant.dtype in FLOATS and constant.dtype != dtype:
        with tf.init_scope():
            constant = tf.cast(constant, dtype)
    return tf.constant(constant.numpy()) if constant.shape.num_elements() <= EMBEDDED else constant


def attributes_in(attributes: Mapping[str, Any], dtype: tf.DType) -> dict[str, Any]:
    """An operation's attributes without the private ones, its floating-point type changed to `dtype`."""
    return {name: _retyped(value, dtype.as_datatype_enum) for name, value in public(attributes).items()}


def public(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """An operation's attributes without the private ones, which belong to the program that wrote them."""
    return {name: value for name, value in attributes.items() if not name.startswith("_")}


def _retyped(attribute: Any, floating: int) -> Any:
    """The attribute with every floating-point type turned to one, in lists too; as it is where nothing changes."""
    others = {kind.as_datatype_enum for kind in FLOATS} - {floating}
    if attribute.type not in others and others.isdisjoint(attribute.list.type):
        return attribute
    changed = type(attribute)()
    changed.CopyFrom(attribute)
    if attribute.WhichOneof("value") == "type":
        changed.type = floating
    else:
        changed.list.type[:] = [floating if kind in others else kind for kind in changed.list.type]
    return changed


def replayed(graph: Graph, image: tf.Tensor) -> tf.Tensor:
    """The logits of a traced image, every operation as it was."""
    replay = Replay(graph, image)
    for node in graph.nodes:
        replay.run(node)
    return replay.value(graph.logits)


def numeric(constant: tf.Tensor) -> np.ndarray:
    """A constant as float64 numbers."""
    return np.asarray(constant.numpy(), np.float64)
