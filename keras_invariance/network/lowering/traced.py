"""Traced functions: the operations between a model's named inputs and its named outputs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import tensorflow as tf

from ..graph import Node, Value
from .flatten import flattened
from .refused_operations import Bodies


@dataclass(frozen=True, eq=False)
class Port:
    """An input or an output of a traced function: its name, its value, and what is known of its tensors."""

    name: str
    value: Value
    dtype: tf.DType
    shape: tf.TensorShape

    def __str__(self) -> str:
        sizes = "unknown" if self.shape.rank is None else tuple(self.shape)
        return f"{self.name!r} {sizes} {self.dtype.name}"


@dataclass(frozen=True, eq=False)
class Traced:
    """A function as a flat list of operations.

    Attributes
    ----------
    name
        The function's name.
    nodes
        All operations in topological order.
    inputs, outputs
        Its arguments and its results.
    stored
        What else the operations read: variables' handles, or variables' numbers in the place of what reads them.
    bodies
        What is in the functions that operations call and that stay functions.
    """

    name: str
    nodes: tuple[Node, ...]
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    stored: Mapping[Value, tf.Tensor]
    bodies: Bodies

    def __repr__(self) -> str:
        ports = f"{len(self.inputs)} inputs, {len(self.outputs)} outputs"
        return f"<Traced {self.name!r}: {len(self.nodes)} operations, {ports}>"

    def renamed(self, inputs: Sequence[str], outputs: Sequence[str]) -> "Traced":
        """The same function with other names for its inputs and outputs."""
        return replace(self, inputs=_renamed(self.inputs, inputs), outputs=_renamed(self.outputs, outputs))


def traced(concrete: Any) -> Traced:
    """The operations of a `ConcreteFunction`; its arguments' and results' names are those of its Python signature."""
    placeholders = [tensor.op.name for tensor in concrete.inputs]
    definition = concrete.graph.as_graph_def()
    flat = flattened(definition, placeholders, [tensor.name for tensor in concrete.outputs])
    captured = list(concrete.captured_inputs)
    arguments = concrete.inputs[: len(concrete.inputs) - len(captured)]
    names = list(_names(concrete.structured_outputs, ""))
    if len(names) != len(concrete.outputs):
        names = [f"output_{index}" for index in range(len(concrete.outputs))]
    inputs = [Port(tensor.op.name, Value(tensor.op.name), tensor.dtype, tensor.shape) for tensor in arguments]
    outputs = [
        Port(name, value, tensor.dtype, tensor.shape)
        for name, value, tensor in zip(names, flat.results, concrete.outputs, strict=True)
    ]
    stored = {
        Value(name): tensor
        for name, tensor in zip(placeholders[len(arguments) :], captured, strict=True)
        if isinstance(tensor, tf.Tensor)
    }
    return Traced(tf.compat.as_str(concrete.name), flat.nodes, tuple(inputs), tuple(outputs), stored, flat.bodies)


def _renamed(ports: Sequence[Port], names: Sequence[str]) -> tuple[Port, ...]:
    return tuple(replace(port, name=name) for port, name in zip(ports, names, strict=True))


def _names(structure: Any, prefix: str) -> Iterator[str]:
    """The names of a nested structure's tensors, in the order in which TensorFlow flattens it."""
    if isinstance(structure, Mapping):
        for key in sorted(structure):
            yield from _names(structure[key], f"{prefix}{key}/")
    elif isinstance(structure, list | tuple):
        for index, part in enumerate(structure):
            yield from _names(part, f"{prefix}output_{index}/" if not prefix else f"{prefix}{index}/")
    elif isinstance(structure, tf.Tensor | tf.TensorSpec):
        yield prefix.rstrip("/") or "output"
