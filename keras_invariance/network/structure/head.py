"""The head: the softmax or sigmoid at a network's end, taken off so that a logit is explained."""

from dataclasses import dataclass

import numpy as np

from ..graph import Graph, Node, Value

HEADS = frozenset({"Softmax", "Sigmoid", "LogSoftmax"})
# What may stand between the head and the output without changing which logit is which.
TRANSPARENT = frozenset({"Reshape", "Squeeze", "Cast", "Identity"})
LINEAR = frozenset({"MatMul", "BatchMatMul", "BatchMatMulV2", "BatchMatMulV3", "Einsum", "Conv2D", "Conv1D", "Conv3D"})


@dataclass(frozen=True)
class Head:
    """What stood at the end of a network (`operation`, empty for nothing) and whether it is still there."""

    operation: str = ""
    removed: bool = False

    def __str__(self) -> str:
        if not self.operation:
            return "none: the outputs are taken as logits"
        if self.removed:
            return f"{self.operation} taken off: logits are explained"
        return f"{self.operation} could not be taken off: its outputs, not the logits, are explained"


def without_head(graph: Graph) -> tuple[Graph, Head]:
    """The graph ended before its final softmax or sigmoid, where there is one."""
    node = graph.producer(graph.logits)
    passed = []
    while node is not None and node.op in TRANSPARENT and len(graph.active_inputs(node)) == 1:
        passed.append(node)
        node = graph.producer(graph.active_inputs(node)[0])
    if node is not None and node.op in HEADS and _has_rows(graph, node.inputs[0]):
        return graph.ended_at(node.inputs[0]), Head(node.op, removed=True)
    written_out = _written_out(graph, node)
    if written_out is not None and _has_rows(graph, written_out):
        return graph.ended_at(written_out), Head("softmax written out as exp / sum", removed=True)
    return graph, Head(_late_head(graph))


def _has_rows(graph: Graph, value: Value) -> bool:
    """Whether a value has a batch axis and sizes that are known."""
    shape = graph.shapes[value]
    return bool(shape.rank and None not in shape[1:])


def _written_out(graph: Graph, node: Node | None) -> Value | None:
    """The logits v behind exp(v) / sum(exp(v)), or behind exp(v - max v) / sum(...)."""
    if node is None or node.op != "RealDiv":
        return None
    above, below = (graph.producer(value) for value in node.inputs)
    if above is None or below is None or above.op != "Exp" or below.op != "Sum" or below.inputs[0] != above.output:
        return None
    if not _over_classes(graph, below):
        return None
    inner = graph.producer(above.inputs[0])
    maximum = graph.producer(inner.inputs[1]) if inner is not None and inner.op == "Sub" else None
    if maximum is not None and maximum.op == "StopGradient":
        maximum = graph.producer(maximum.inputs[0])
    if inner is not None and maximum is not None and maximum.op == "Max" and maximum.inputs[0] == inner.inputs[0]:
        return inner.inputs[0]
    return above.inputs[0]


def _over_classes(graph: Graph, total: Node) -> bool:
    """Whether a sum runs over the last axis alone."""
    axes = graph.constant(total.inputs[1])
    rank = graph.shapes[total.inputs[0]].rank
    return axes is not None and rank is not None and [int(a) % rank for a in np.ravel(axes.numpy())] == [rank - 1]


def _late_head(graph: Graph) -> str:
    """A softmax or sigmoid that stands behind the last linear operation but not at the very end."""
    waiting = [graph.logits]
    seen = set()
    while waiting:
        node = graph.producer(waiting.pop())
        if node is None or node.name in seen or node.op in LINEAR:
            continue
        seen.add(node.name)
        if node.op in HEADS:
            return node.op
        waiting.extend(graph.active_inputs(node))
    return ""
