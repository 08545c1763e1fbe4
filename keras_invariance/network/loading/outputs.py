"""Outputs: whatever a model returns as rows of logits, the softmax or sigmoid taken off."""

from collections.abc import Sequence
from dataclasses import replace
from math import prod
from typing import Literal, TypeAlias

import tensorflow as tf

from ...errors import ModelError
from ..graph import Graph, Node, Value
from ..lowering.lift import edited
from ..structure.head import Head, without_head
from .error_messages import GIVE_SHAPE

Reduce: TypeAlias = Literal["mean", "max"]
REDUCTIONS = {"mean": "Mean", "max": "Max"}


def rows_of_logits(graph: Graph, reduce: Reduce | str | None, source: str) -> tuple[Graph, Head, tuple[int, ...]]:
    """A graph that ends in logits [n, k], its head, and the shape along which the k logits are numbered.

    An output [n, t, k] becomes t * k logits, number i * k + j for the place [i, j]; or, reduced over all axes but the
    last, k of them.

    Raises
    ------
    ModelError
        The output is of unknown size, or `reduce` is no reduction or has nothing to reduce.
    """
    stated = graph.shapes[graph.logits]
    if stated.rank in (None, 0) or None in stated[1:]:
        raise ModelError(
            f"{source} with an output of shape {stated}",
            "logits of known shape behind a batch axis",
            f"{GIVE_SHAPE} Or wrap it in a tf.function that returns a row per image.",
        )
    shape = tuple(int(size) for size in stated[1:])
    bare, head = without_head(graph)
    if reduce is not None:
        return _reduced(bare, shape, reduce, source), head, shape[-1:]
    if bare.shapes[bare.logits].rank != 2 or len(shape) != 1:
        bare = _reshaped(bare, (prod(shape),))
    return bare, head, shape or (1,)


def _reduced(graph: Graph, shape: tuple[int, ...], reduce: str, source: str) -> Graph:
    if reduce not in REDUCTIONS or len(shape) < 2:
        raise ModelError(
            f"reduce={reduce!r} for {source} with an output of shape {(None, *shape)}",
            "'mean' or 'max', for an output with an axis besides the classes",
            "Leave it out.",
        )
    if tuple(graph.shapes[graph.logits][1:]) != shape:
        graph = _reshaped(graph, shape)
    attributes = {"keep_dims": tf.compat.v1.AttrValue(b=False)}
    return _ended(graph, REDUCTIONS[reduce], list(range(1, len(shape))), attributes)


def _reshaped(graph: Graph, shape: tuple[int, ...]) -> Graph:
    return _ended(graph, "Reshape", [-1, *shape], {})


def _ended(graph: Graph, operation: str, numbers: Sequence[int], attributes: dict[str, object]) -> Graph:
    """The graph with one more operation at its end, of the logits and some whole numbers."""
    name = f"{graph.logits.node}/{operation.lower()}"
    read = Value(f"{name}/numbers")
    kind = {"T": tf.compat.v1.AttrValue(type=tf.float32.as_datatype_enum)}
    node = Node(name, operation, (graph.logits, read), {**kind, **attributes})
    ended = replace(graph, logits=node.output)
    return edited(ended, (*graph.nodes, node), {read: tf.constant(list(numbers), tf.int32)})
