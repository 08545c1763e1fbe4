"""Normalisations: layer norm and its relatives, many operations that together scale one value by its own size.

A layer norm is a mean, a variance, an inverse root, and sums and products with them. As one unit it reads one value
and makes another of the same shape, and nobody else reads the steps in between.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..graph import Graph, Node, Value

ROOTS = frozenset({"Rsqrt", "Sqrt"})
"""What every such normalisation takes of a mean of squares."""
REACH = 32
"""How many operations before and behind a root belong to a normalisation at most."""


@dataclass(frozen=True, eq=False)
class Normalisation:
    """Operations that together normalise the value `root`; the last one's output is the normalised value."""

    root: Value
    nodes: tuple[Node, ...]


def normalisations(graph: Graph) -> tuple[Normalisation, ...]:
    """The normalisations of a graph, in its order."""
    found: list[Normalisation] = []
    taken: set[str] = set()
    for index, node in enumerate(graph.nodes):
        if node.op in ROOTS and node.output in graph.active and node.name not in taken:
            block = next(_around(graph, index), None)
            if block is not None:
                found.append(block)
                taken.update(inner.name for inner in block.nodes)
    return tuple(found)


def _around(graph: Graph, index: int) -> Iterator[Normalisation]:
    """The regions around an inverse root with one way in and one way out, the smallest first."""
    node = graph.nodes[index]
    ancestors = _ancestors(graph, node)
    near = graph.nodes[max(0, index - 2 * REACH) : index + REACH]
    for last in graph.nodes[index + 1 : index + REACH]:
        for root in ancestors:
            if _shape(graph, root) == _shape(graph, last.output):
                nodes = _between(graph, near, root, last)
                if node in nodes and _is_closed(graph, root, nodes):
                    yield Normalisation(root, nodes)


def _ancestors(graph: Graph, node: Node) -> list[Value]:
    """The values that a node depends on, the nearest first."""
    found: list[Value] = []
    waiting = list(graph.active_inputs(node))
    while waiting and len(found) < REACH:
        value = waiting.pop(0)
        if value not in found:
            found.append(value)
            before = graph.producer(value)
            waiting.extend(() if before is None else graph.active_inputs(before))
    return found


def _between(graph: Graph, near: Sequence[Node], root: Value, last: Node) -> tuple[Node, ...]:
    """The nodes that depend on `root` and on which `last` depends, itself included."""
    names: set[str] = set()
    below = []
    for node in near:
        if any(value == root or value.node in names for value in graph.active_inputs(node)):
            names.add(node.name)
            below.append(node)
        if node is last:
            break
    needed = {last.name}
    for node in reversed(below):
        if node.name in needed:
            needed.update(value.node for value in graph.active_inputs(node) if value != root)
    return tuple(node for node in below if node.name in needed)


def _is_closed(graph: Graph, root: Value, nodes: tuple[Node, ...]) -> bool:
    """Whether all that they read comes from `root`, by more ways than one, and others read the last one alone."""
    names = {node.name for node in nodes}
    reads = (value for node in nodes for value in graph.active_inputs(node))
    readers = (reader for node in nodes[:-1] for reader in graph.readers.get(node.output, ()))
    return (
        sum(root in node.inputs for node in nodes) > 1
        and all(value == root or value.node in names for value in reads)
        and all(reader.name in names for reader in readers)
        and all(graph.logits != node.output for node in nodes[:-1])
    )


def _shape(graph: Graph, value: Value) -> tuple[int | None, ...] | None:
    shape = graph.shapes.get(value)
    if shape is None:
        return (None, *graph.image_shape) if value == graph.image else None
    return None if shape.rank is None else tuple(shape)
