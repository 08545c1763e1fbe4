"""Where a twin undoes its shift: behind every first linear operation, before anything that is not affine."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import tensorflow as tf

from ..graph import Cut, Graph, Node, Value
from .layers import kernel_axes, kernel_index, linear_image
from .operations import NEURON_ROUTES
from .roles import AFFINE_ROLES, Unit


def cut_values(graph: Graph, units: Iterable[Unit]) -> Mapping[Value, frozenset[str]]:
    """Where a twin subtracts, and for whom: behind first linear operations for all, else for what is not affine."""
    reached = {graph.image}
    cuts: dict[Value, frozenset[str]] = {}
    for unit in units:
        affine = [value for value in (*unit.signals, *unit.gates) if value in reached]
        if unit.layer is not None and affine:
            end = _behind_linear(unit)
            cuts[end] = frozenset(node.name for node in graph.readers.get(end, ()))
        elif affine and len(affine) == len(unit.signals) and unit.role in AFFINE_ROLES | {"sum"}:
            reached.update(value for value in graph.active if value.node == unit.last.name)
        else:
            for value in affine:
                cuts[value] = cuts.get(value, frozenset()) | {node.name for node in unit.nodes}
    if graph.logits in reached:
        cuts.setdefault(graph.logits, frozenset())
    return cuts


def _behind_linear(unit: Unit) -> Value:
    """The output of a layer's linear operation, brought into shape by the reshapes directly behind it."""
    end = unit.nodes[0].output
    routes = unit.layer.routes if unit.layer is not None else ()
    for route in routes:
        if route.inputs[0] != end:
            break
        end = route.output
    return end


def subtracted(
    graph: Graph, offsets: Mapping[Value, "tf.Tensor | tf.Variable"], cuts: Mapping[Value, frozenset[str]]
) -> Graph:
    """The graph with an offset subtracted from some values before certain operations read them."""
    subtrahends, renamed = _free_values(graph, offsets, "offset"), _free_values(graph, offsets, "twin")
    kind = {"T": tf.compat.v1.AttrValue(type=tf.float32.as_datatype_enum)}
    added = {cut: Node(renamed[cut].node, "Sub", (cut, subtrahends[cut]), kind) for cut in offsets}
    nodes = [added[graph.image]] if graph.image in added else []
    for node in graph.nodes:
        inputs = [renamed[value] if node.name in cuts.get(value, ()) else value for value in node.inputs]
        nodes.append(replace(node, inputs=tuple(inputs)))
        nodes.extend(new for cut, new in added.items() if cut.node == node.name)
    image = tf.TensorShape((None, *graph.image_shape))
    shapes = {renamed[cut]: image if cut == graph.image else graph.shapes[cut] for cut in offsets}
    return replace(
        graph,
        cuts={added[cut].name: _cut(graph, cut, subtrahends[cut]) for cut in offsets},
        nodes=tuple(nodes),
        constants={**graph.constants, **{subtrahends[cut]: offset for cut, offset in offsets.items()}},
        logits=renamed.get(graph.logits, graph.logits),
        active=graph.active | frozenset(renamed.values()),
        shapes={**graph.shapes, **shapes},
    )


def _cut(graph: Graph, value: Value, offset: Value) -> Cut:
    """What is known of a subtraction: of the linear operation in front of it, where there is one."""
    node = graph.producer(value)
    while node is not None and node.op in NEURON_ROUTES:
        node = graph.producer(node.inputs[0])
    image = None if node is None else linear_image(graph, node)
    if node is None or image is None:
        return Cut(value, offset, value)
    index = kernel_index(node, image)
    kernel = node.inputs[index]
    return Cut(value, offset, image, kernel, kernel_axes(node, graph.constants[kernel].shape.rank, index)[0])


def _free_values(graph: Graph, cuts: Iterable[Value], ending: str) -> Mapping[Value, Value]:
    """A new value for each cut, under a name that is free."""
    taken = {node.name for node in graph.nodes} | {value.node for value in graph.constants}
    found: dict[Value, Value] = {}
    for cut in cuts:
        name = f"{cut.node}/{ending}"
        while name in taken:
            name += "+"
        taken.add(name)
        found[cut] = Value(name)
    return found
