"""Roles: what each part of a network does to the signal, so that a method is a table from roles to rules."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

import tensorflow as tf

from ..graph import Graph, Node, Value
from .compositions import compositions
from .layers import NeuronLayer
from .neurons import neuron_layer
from .operations import (
    ACTIVATIONS,
    ADDITIONS,
    GATES,
    LINEAR,
    MAX_POOLS,
    MEAN_POOLS,
    NON_NEGATIVE,
    NORMALISATIONS,
    PRODUCTS,
    ROUTES,
    SUMS,
)

Role: TypeAlias = Literal[
    "neurons",
    "activation",
    "scale",
    "bias",
    "max pool",
    "mean pool",
    "sum",
    "gate",
    "route",
    "normalisation",
    "unknown",
]
AFFINE_ROLES = frozenset({"scale", "bias", "route", "mean pool"})
ON_THE_WAY = ROUTES | PRODUCTS | ADDITIONS | {"Neg"}


@dataclass(frozen=True, eq=False)
class Unit:
    """Operations that a method treats as one.

    Attributes
    ----------
    role
        What they do to the signal.
    nodes
        The operations in order; the last one's output is the unit's.
    signals
        The values it reads that carry the signal.
    gates
        The active values that count as constant in the backward pass.
    layer
        The neuron layer, for the role "neurons".
    non_negative
        Whether the signals are known to have no negative part.
    """

    role: Role
    nodes: tuple[Node, ...]
    signals: tuple[Value, ...]
    gates: tuple[Value, ...] = ()
    layer: NeuronLayer | None = None
    non_negative: bool = False

    def __repr__(self) -> str:
        return f"<Unit {self.name!r}: {self.role}, {self.operation}>"

    @property
    def name(self) -> str:
        """The name that a user finds in the model: the first operation's."""
        return self.nodes[0].name

    @property
    def operation(self) -> str:
        """Its kinds of operation, in words."""
        return " + ".join(dict.fromkeys(node.op for node in self.nodes))

    @property
    def last(self) -> Node:
        """The operation whose output is the unit's."""
        return self.nodes[-1]


def units(graph: Graph) -> tuple[Unit, ...]:
    """All active operations of a graph as units, in an order in which they can be replayed."""
    return _Reader(graph).units()


class _Reader:
    """Reads a graph from the image on and gives every active operation a role; lives for one call of `units`."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.composed = compositions(graph)
        self.regions = {node.name: last for last, region in self.composed.items() for node in region.nodes}
        self.taken: set[str] = set()
        self.affine: set[Value] = {graph.image}
        self.non_negative: set[Value] = set()

    def units(self) -> tuple[Unit, ...]:
        found = []
        for node in self.graph.nodes:
            if node.name in self.taken or node.output not in self.graph.active:
                continue
            if self.regions.get(node.name, node.name) != node.name:
                continue  # inside a composed activation, which comes with its last operation
            unit = self._unit(node)
            self._learn(unit)
            found.append(unit)
        position = {node.name: index for index, node in enumerate(self.graph.nodes)}
        return tuple(sorted(found, key=lambda unit: position[unit.last.name]))

    def _unit(self, node: Node) -> Unit:
        layer = neuron_layer(self.graph, node, self.composed)
        if layer is not None:
            image = layer.image
            nodes = layer.nodes
            layer = layer.placed(non_negative=image in self.non_negative, first=image in self.affine)
            return Unit("neurons", nodes, (image,), layer=layer, non_negative=image in self.non_negative)
        region = self.composed.get(node.name)
        if region is not None:
            return Unit("activation", region.nodes, (region.root,))
        role = role_of(self.graph, node)
        signals = self.graph.active_inputs(node)
        gates = _gates(self.graph, node) if role == "gate" else ()
        carried = tuple(dict.fromkeys(value for value in signals if value not in gates))
        return Unit(role, (node,), carried, gates, non_negative=all(value in self.non_negative for value in signals))

    def _learn(self, unit: Unit) -> None:
        """Note what the unit uses up, and what is known of its output."""
        self.taken.update(node.name for node in unit.nodes)
        outputs = [value for value in self.graph.active if value.node == unit.last.name] if unit.role == "route" else []
        outputs = outputs or [unit.last.output]
        signals_affine = all(value in self.affine for value in unit.signals)
        if signals_affine and (unit.role in AFFINE_ROLES or unit.role == "sum"):
            self.affine.update(outputs)
        if self._is_non_negative(unit):
            self.non_negative.update(outputs)

    def _is_non_negative(self, unit: Unit) -> bool:
        if unit.role in {"neurons", "activation"}:
            return unit.last.op in NON_NEGATIVE
        if unit.role in {"route", "max pool", "mean pool"} or (unit.role == "sum" and unit.last.op != "Sub"):
            return unit.non_negative and unit.last.op not in {"PadV2", "MirrorPad"}
        return unit.last.op in NON_NEGATIVE


def role_of(graph: Graph, node: Node) -> Role:
    """The role of one operation that stands alone."""
    several = len(graph.active_inputs(node)) > 1
    if several:
        return _role_of_several(node)
    if node.op in {"RealDiv", "Div"} and node.inputs[0] not in graph.active:
        return "normalisation"
    if node.op == "Cast" and not all(_is_float(node, side) for side in ("SrcT", "DstT")):
        return "unknown"  # no derivative passes it
    for role, operations in _ALONE:
        if node.op in operations:
            return role
    return "unknown"


def _is_float(node: Node, side: str) -> bool:
    return bool(tf.as_dtype(node.attributes[side].type).is_floating)


def _role_of_several(node: Node) -> Role:
    if node.op in SUMS:
        return "sum"
    if node.op in PRODUCTS or node.op in LINEAR:
        return "gate"
    if node.op in {"Maximum", "Minimum"}:
        return "max pool"
    return "route" if node.op in ROUTES else "normalisation" if node.op in NORMALISATIONS else "unknown"


_ALONE: tuple[tuple[Role, frozenset[str]], ...] = (
    ("activation", ACTIVATIONS),
    ("route", ROUTES),
    ("max pool", MAX_POOLS),
    ("mean pool", MEAN_POOLS),
    ("bias", ADDITIONS | {"AddN"}),
    ("scale", frozenset({"Mul", "RealDiv", "Div", "Neg"})),
    ("normalisation", NORMALISATIONS),
)


def _gates(graph: Graph, node: Node) -> tuple[Value, ...]:
    """The factors that decide how much passes; empty where both or neither do, and the signal splits evenly."""
    factors = graph.active_inputs(node)
    if node.op in {"RealDiv", "Div"}:
        return factors[1:]
    gates = tuple(value for value in factors if _is_gate(graph, value))
    return gates if len(gates) < len(factors) else ()


def _is_gate(graph: Graph, value: Value) -> bool:
    """Whether a value comes out of a sigmoid, softmax or the like through reshapes, scales and biases."""
    node = graph.producer(value)
    while node is not None and node.op not in GATES:
        signals = graph.active_inputs(node)
        if len(signals) != 1 or node.op not in ON_THE_WAY:
            return False
        node = graph.producer(signals[0])
    return node is not None
