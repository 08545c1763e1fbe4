"""Tokens: where a graph attends from tokens to tokens by a softmax, and where the tokens come from.

Letters: t the number of tokens.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from ..graph import Graph, Node, Value

JOINED = frozenset({"ConcatV2", "Concat"})


@dataclass(frozen=True)
class Tokens:
    """The tokens of a network with attention.

    Attributes
    ----------
    attentions
        The softmaxes over tokens in the order of the forward pass, each [n, ..., t, t].
    count
        t.
    before, behind
        How many learned tokens, such as a class token, stand in front of those that come from the input, and behind.
    grid
        How the others lie: rows and columns of patches, or one axis.
    """

    attentions: tuple[Value, ...]
    count: int
    before: int
    behind: int
    grid: tuple[int, ...]


def attentions(graph: Graph) -> tuple[Value, ...]:
    """The softmaxes whose last two axes have one size: weights with which each token reads each."""
    return tuple(
        node.output for node in graph.nodes if node.op == "Softmax" and _square(graph, node.output) is not None
    )


def tokens(graph: Graph) -> Tokens | None:
    """The tokens of a network; None where it has no attention, or not all of it is over the same tokens."""
    found = attentions(graph)
    counts = {_square(graph, value) for value in found}
    count = counts.pop() if len(counts) == 1 else None
    if count is None:
        return None
    way = _way(graph, found[0])
    before, behind = _learned(graph, way)
    return Tokens(found, count, before, behind, _grid(graph, way, count - before - behind))


def _square(graph: Graph, value: Value) -> int | None:
    """The size of the last two axes of [n, ..., t, t], None for other shapes."""
    shape = graph.shapes[value]
    if value not in graph.active or shape.rank is None or shape.rank < 3 or shape[-1] != shape[-2]:
        return None
    return None if shape[-1] is None else int(shape[-1])


def _way(graph: Graph, value: Value) -> list[Node]:
    """The operations between the image and a value, the nearest to it first."""
    names: set[str] = set()
    waiting = [value]
    while waiting:
        node = graph.producer(waiting.pop())
        if node is not None and node.name not in names:
            names.add(node.name)
            waiting.extend(graph.active_inputs(node))
    return [node for node in reversed(graph.nodes) if node.name in names]


def _learned(graph: Graph, way: Sequence[Node]) -> tuple[int, int]:
    """How many tokens that no image changes are joined in front and behind."""
    before = behind = 0
    for node in way:
        parts = node.inputs[:-1] if node.op == "ConcatV2" else node.inputs[1:]
        active = [index for index, value in enumerate(parts) if value in graph.active]
        if node.op in JOINED and len(active) == 1 and graph.shapes[node.output].rank == 3:
            sizes = [_length(graph, value) for value in parts]
            before += sum(sizes[: active[0]])
            behind += sum(sizes[active[0] + 1 :])
    return before, behind


def _length(graph: Graph, value: Value) -> int:
    constant = graph.constant(value)
    shape = graph.shapes[value] if constant is None else constant.shape
    return int(shape[1] or 0) if shape.rank == 3 else 0


def _grid(graph: Graph, way: Sequence[Node], count: int) -> tuple[int, ...]:
    """How tokens lie: as the first value with that many places has them, or as the input does."""
    axes = len(graph.image_shape) - 1
    for node in reversed(way):
        shape = graph.shapes[node.output]
        places = tuple(shape[1:-1]) if shape.rank == axes + 2 else ()
        if axes > 1 and None not in places and places and prod(places) == count:
            return places
    sizes = graph.image_shape[:-1]
    for step in range(1, max(sizes, default=0) + 1):  # patches that were cut out otherwise: the same shape as the image
        places = tuple(size // step for size in sizes)
        if prod(places) == count:
            return places
    return (count,)
