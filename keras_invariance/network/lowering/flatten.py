"""Flattening: a graph and all the functions it calls as one list of operations."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Any

import tensorflow as tf

from ...errors import ModelError
from ..graph import Node, Value
from .refused_operations import Bodies, bodies_of

CALLS = frozenset({"PartitionedCall", "StatefulPartitionedCall"})
# They hand their inputs on as they are, so whoever reads them reads what they read. A Keras activation with a
# gradient of its own leaves an IdentityN behind whose gradient lives in another process: it must go.
ALIASES = frozenset({"Identity", "IdentityN", "PreventGradient", "CheckNumerics", "Snapshot", "PlaceholderWithDefault"})


@dataclass(frozen=True, eq=False)
class Flat:
    """Every operation of a graph in topological order, and the values behind the tensors that were asked for.

    `bodies` says what is in the functions that stay functions, such as the branches of an `If`.
    """

    nodes: tuple[Node, ...]
    results: tuple[Value, ...]
    bodies: Bodies


def flattened(definition: Any, placeholders: Sequence[str], tensors: Sequence[str]) -> Flat:
    """All operations of a `GraphDef`, the bodies of called functions in the place of the calls.

    Parameters
    ----------
    definition
        The graph.
    placeholders
        Its inputs' names, which stand for themselves.
    tensors
        Names of the tensors whose values are wanted.

    Raises
    ------
    ModelError
        The operations go round in a circle, as TensorFlow 1 wrote loops.

    Source: TensorFlow's `GraphDef` and `FunctionDef` messages; inputs read `name`, `name:index`, or inside a function
    `name:output:index`.
    """
    flattener = _Flattener({function.signature.name: function for function in definition.library.function})
    known = {name: Value(name) for name in placeholders}
    values = flattener.body([node for node in definition.node if node.name not in known], known, prefix="")
    bodies = bodies_of(definition.library.function)
    return Flat(tuple(flattener.nodes), tuple(values[_spelling(name)] for name in tensors), bodies)


class _Flattener:
    """Walks function bodies and collects their nodes; lives for one call of `flattened`."""

    def __init__(self, functions: Mapping[str, Any]) -> None:
        self.functions = functions
        self.nodes: list[Node] = []
        self.definitions = tf.Graph()

    def body(self, definitions: Iterable[Any], known: Mapping[str, Value], prefix: str) -> dict[str, Value]:
        """Collect one body; return its values under each spelling by which the body may name them."""
        values: dict[str, Value] = dict(known)
        by_name = {node.name: node for node in definitions}
        order = TopologicalSorter({name: [_node_of(i) for i in node.input] for name, node in by_name.items()})
        for name in _in_order(order):
            if name in by_name:
                self.node(by_name[name], values, prefix)
        return values

    def node(self, definition: Any, values: dict[str, Value], prefix: str) -> None:
        """Collect one operation, or go into the function that it calls."""
        inputs = [values[_spelling(name)] for name in definition.input if not name.startswith("^")]
        function = self._called(definition)
        if function is not None:
            self._record(definition.name, self._call(function, inputs, f"{prefix}{definition.name}/"), values)
        elif definition.op in ALIASES:
            self._record_outputs(definition, inputs, values)
        elif definition.op != "NoOp":
            node = Node(prefix + definition.name, definition.op, tuple(inputs), self._attributes(definition))
            self.nodes.extend(_gathered(node) if node.op == "ResourceGather" else [node])
            outputs = [Value(node.name, index) for index in range(self._output_count(definition))]
            self._record_outputs(definition, outputs, values)

    def _attributes(self, definition: Any) -> dict[str, Any]:
        """An operation's attributes; saved graphs leave out those that have their default value."""
        known = self.definitions.op_def_for_type(definition.op).attr
        defaults = {
            attribute.name: attribute.default_value for attribute in known if attribute.HasField("default_value")
        }
        return {**defaults, **definition.attr}

    def _called(self, definition: Any) -> Any | None:
        name = definition.attr["f"].func.name if definition.op in CALLS else definition.op
        return self.functions.get(name)

    def _call(self, function: Any, inputs: list[Value], prefix: str) -> list[tuple[str, Value]]:
        arguments = {argument.name: value for argument, value in zip(function.signature.input_arg, inputs, strict=True)}
        values = self.body(function.node_def, arguments, prefix)
        return [(result.name, values[_spelling(function.ret[result.name])]) for result in function.signature.output_arg]

    def _record(self, name: str, results: list[tuple[str, Value]], values: dict[str, Value]) -> None:
        for index, (_, value) in enumerate(results):
            values[f"{name}:{index}"] = values[f"{name}:output:{index}"] = value
        if results:
            values[name] = values[f"{name}:0"]
        # A function called by its own name has outputs called as its results are.
        for result, value in results:
            values.setdefault(f"{name}:{result}:0", value)

    def _record_outputs(self, definition: Any, outputs: list[Value], values: dict[str, Value]) -> None:
        index = 0
        for output in self.definitions.op_def_for_type(definition.op).output_arg:
            for offset in range(_length(output, definition)):
                values[f"{definition.name}:{output.name}:{offset}"] = outputs[index]
                values[f"{definition.name}:{index}"] = outputs[index]
                index += 1
        if outputs:
            values[definition.name] = outputs[0]

    def _output_count(self, definition: Any) -> int:
        outputs = self.definitions.op_def_for_type(definition.op).output_arg
        return sum(_length(output, definition) for output in outputs)


def _in_order(order: "TopologicalSorter[str]") -> tuple[str, ...]:
    try:
        return tuple(order.static_order())
    except CycleError as error:
        raise ModelError(
            f"a loop of TensorFlow 1 through operation {error.args[1][0]!r}",
            "operations that do not go round in a circle",
            "Save the model again with TensorFlow 2; give recurrent layers unroll=True.",
        ) from error


def _gathered(node: Node) -> list[Node]:
    """A look-up in a variable as a look-up in its numbers."""
    attribute, kinds = tf.compat.v1.AttrValue, node.attributes
    table = Node(f"{node.name}/table", "ReadVariableOp", node.inputs[:1], {"dtype": kinds["dtype"]})
    number = {"dtype": attribute(type=tf.int32.as_datatype_enum), "value": attribute(tensor=tf.make_tensor_proto(0))}
    axis = Node(f"{node.name}/axis", "Const", (), number)
    named = {"Tparams": kinds["dtype"], "Tindices": kinds["Tindices"], "Taxis": number["dtype"]}
    read = (table.output, node.inputs[1], axis.output)
    return [table, axis, Node(node.name, "GatherV2", read, {**named, "batch_dims": kinds["batch_dims"]})]


def _length(output: Any, definition: Any) -> int:
    if output.number_attr:
        return int(definition.attr[output.number_attr].i)
    if output.type_list_attr:
        return len(definition.attr[output.type_list_attr].list.type)
    return 1


def _node_of(name: str) -> str:
    return name.lstrip("^").split(":")[0]


def _spelling(name: str) -> str:
    return name[:-2] if name.count(":") == 1 and name.endswith(":0") else name
