"""Compositions: activations of one variable that a framework writes as several operations, such as GELU and SiLU."""

from collections.abc import Mapping
from dataclasses import dataclass

from ..graph import Graph, Node, Value
from .operations import ELEMENTWISE, PRODUCTS, SELECTIONS, SUMS

LAST = PRODUCTS | SUMS | SELECTIONS
AFFINE = PRODUCTS | SUMS | {"Neg"}


@dataclass(frozen=True, eq=False)
class Composition:
    """Operations that together are one function, element by element, of the value `root`."""

    root: Value
    nodes: tuple[Node, ...]


def compositions(graph: Graph) -> Mapping[str, Composition]:
    """The composed activations of a graph, each under the name of its last operation.

    A product of two values is one if both are element-wise functions of the same value and nobody else reads the
    steps in between. A squeeze-and-excite gate is none: a linear operation stands between its factors. So is a sum
    (PReLU) or a choice (`where`) with something in it that is not affine.
    """
    roots = _roots(graph)
    found: dict[str, Composition] = {}
    taken: set[str] = set()
    for node in reversed(graph.nodes):
        if node.op not in LAST or node.name in taken or len(graph.active_inputs(node)) < 2:
            continue
        region = _region(graph, node, roots.get(node.output, ()))
        if region is not None and _is_bent(graph, region):
            found[node.name] = region
            taken.update(inner.name for inner in region.nodes)
    return found


def _is_bent(graph: Graph, region: Composition) -> bool:
    """Whether a function is more than a scale and a bias of its root."""
    products = [node for node in region.nodes if node.op in PRODUCTS and len(graph.active_inputs(node)) > 1]
    return bool(products) or any(node.op not in AFFINE for node in region.nodes)


def _roots(graph: Graph) -> Mapping[Value, tuple[Value, ...]]:
    """For each value, the values of which it is an element-wise function, the nearest first."""
    roots: dict[Value, tuple[Value, ...]] = {}
    for node in graph.nodes:
        signals = tuple(dict.fromkeys(graph.active_inputs(node)))
        same_shape = all(_shape(graph, value) == _shape(graph, node.output) for value in signals)
        if node.op not in ELEMENTWISE or not signals or not same_shape:
            continue
        chains = [(value, *roots.get(value, ())) for value in signals]
        roots[node.output] = tuple(value for value in chains[0] if all(value in chain for chain in chains[1:]))
    return roots


def _shape(graph: Graph, value: Value) -> tuple[int | None, ...] | None:
    shape = graph.shapes[value]
    return None if shape.rank is None else tuple(shape)


def _region(graph: Graph, last: Node, roots: tuple[Value, ...]) -> Composition | None:
    """Everything between the nearest common root and `last`, if nobody outside reads it."""
    for root in roots:
        inner = _between(graph, last, root)
        names = {node.name for node in inner}
        steps = [node for node in inner if node is not last]
        if all(reader.name in names for node in steps for reader in graph.readers.get(node.output, ())):
            return Composition(root, inner)
    return None


def _between(graph: Graph, last: Node, root: Value) -> tuple[Node, ...]:
    names: set[str] = set()
    waiting = [last]
    while waiting:
        node = waiting.pop()
        names.add(node.name)
        inputs = [value for value in graph.active_inputs(node) if value != root]
        waiting.extend(graph.by_name[value.node] for value in inputs if value.node not in names)
    return tuple(node for node in graph.nodes if node.name in names)
