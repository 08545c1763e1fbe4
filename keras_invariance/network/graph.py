"""A lifted graph: one flat list of operations from an image to its logits, with every constant already computed.

Letters: none. *Active* values depend on what the image shows, *structural* ones on its shape alone, and
everything else is a *constant*.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import tensorflow as tf


@dataclass(frozen=True, order=True, slots=True)
class Value:
    """One output of an operation."""

    node: str
    index: int = 0


@dataclass(frozen=True, eq=False)
class Node:
    """One operation: its name, its kind, what it reads, and its attributes (`AttrValue` messages)."""

    name: str
    op: str
    inputs: tuple[Value, ...]
    attributes: Mapping[str, Any]

    def __repr__(self) -> str:
        return f"<Node {self.name!r}: {self.op} of {', '.join(value.node for value in self.inputs) or 'nothing'}>"

    @property
    def output(self) -> Value:
        """The first output, the only one for nearly every operation."""
        return Value(self.name, 0)


@dataclass(frozen=True, eq=False)
class Cut:
    """A subtraction by which a twin undoes its shift.

    Attributes
    ----------
    value
        What is subtracted from: A(x), A the affine path from the image.
    offset
        What is subtracted, a constant: A(m) - A(0).
    image
        What the linear operation behind which it stands reads on its image side; `value` itself where there is none.
    kernel
        That operation's constant side, None where there is none.
    summed
        The kernel's axes that are summed over for one neuron.
    """

    value: Value
    offset: Value
    image: Value
    kernel: Value | None = None
    summed: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class Graph:
    """Operations in topological order, and the constants that they read.

    `nodes` are the active and the structural operations only; `shapes` gives the static shape of each of
    their outputs, the batch axis unknown. A family's offsets (`family`) are constants that are variables. `cuts` names
    a twin's subtractions by their operations. `singles` has, for constants that the model computes from others, the
    constant and what comes out in the model's own float32, where that is not the constant rounded.
    """

    nodes: tuple[Node, ...]
    constants: Mapping[Value, "tf.Tensor | tf.Variable"]
    image: Value
    image_shape: tuple[int, ...]
    logits: Value
    active: frozenset[Value]
    shapes: Mapping[Value, tf.TensorShape]
    cuts: Mapping[str, Cut] = field(default_factory=dict)
    singles: Mapping[Value, tuple[tf.Tensor, tf.Tensor]] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<Graph: {self.image_shape} -> {self.logits.node!r}, {len(self.nodes)} operations>"

    @cached_property
    def by_name(self) -> Mapping[str, Node]:
        """Every operation under its name."""
        return {node.name: node for node in self.nodes}

    @cached_property
    def readers(self) -> Mapping[Value, tuple[Node, ...]]:
        """For each value, the operations that read it, once for each time they do."""
        found: dict[Value, list[Node]] = {}
        for node in self.nodes:
            for value in node.inputs:
                found.setdefault(value, []).append(node)
        return {value: tuple(nodes) for value, nodes in found.items()}

    @cached_property
    def counts(self) -> Mapping[str, int]:
        """How often each kind of active operation occurs."""
        return Counter(node.op for node in self.nodes if node.output in self.active)

    def producer(self, value: Value) -> Node | None:
        """The operation that makes a value; None for the image and for constants."""
        return self.by_name.get(value.node)

    def active_inputs(self, node: Node) -> tuple[Value, ...]:
        """What a node reads that depends on the image."""
        return tuple(value for value in node.inputs if value in self.active)

    def constant_for(self, value: Value, dtype: tf.DType) -> "tf.Tensor | tf.Variable":
        """A constant for a pass in some type: in float32 the very number that the model computes there."""
        constant = self.constants[value]
        own, single = self.singles.get(value, (None, None))
        return single if single is not None and own is constant and dtype == tf.float32 else constant

    def ended_at(self, logits: Value) -> "Graph":
        """The same graph ended at another value."""
        return replace(self, nodes=pruned(self.nodes, logits), logits=logits)

    def constant(self, value: Value) -> "tf.Tensor | tf.Variable | None":
        """The tensor behind a constant value, None if the value is not constant."""
        return self.constants.get(value)


def pruned(nodes: tuple[Node, ...], target: Value) -> tuple[Node, ...]:
    """The nodes that a value depends on, in the order in which they came."""
    needed = {target.node}
    kept = []
    for node in reversed(nodes):
        if node.name in needed:
            kept.append(node)
            needed.update(value.node for value in node.inputs)
    return tuple(reversed(kept))
