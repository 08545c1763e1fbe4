"""LRP through attention: softmax, products of two signals, and normalisations, for networks of the transformer kind.

A softmax s = softmax(x) is taken for its first-order Taylor step at x, R_i = x_i (R'_i - s_i sum R'). A product gives
half of its relevance to each factor, each in proportion. A normalisation passes relevance as it is, and so does an
element-wise function. Linear layers share by epsilon. What a softmax's own constant, the part of the step that is not
linear in x, stands for takes its share as biases do; all else is conserved.

Relevance is carried as a multiplier m = R / value, as for lrp-epsilon: then the softmax's rule is its derivative, a
product's is half of its derivative, and only normalisations and bent functions divide.

Letters: x what a unit reads, y its output, m the multiplier.

Source: Achtibat et al. (2024), AttnLRP, equations 8, 13, 14 and propositions 3.1 to 3.4.
"""

from dataclasses import replace

import tensorflow as tf

from ..errors import UnknownOperationError
from ..network.execution.replay import Replay
from ..network.graph import Graph
from ..network.structure.normalisations import normalisations
from ..network.structure.operations import SELECTIONS
from ..network.structure.roles import Unit
from .backward import DERIVATIVES, Backward, Rules, vjp
from .epsilon import epsilon_rules
from .gradient import activation_output
from .lrp_step import stabilised
from .multipliers import gated

QUOTIENTS = frozenset({"RealDiv", "Div"})


def attention_rules(epsilon: float) -> Rules:
    """The table of lrp-attention, for units as `attention_units` gives them."""
    table = {**epsilon_rules(epsilon=epsilon, absorb=True).table, "gate": halved, "normalisation": normalised}
    return Rules(table, DERIVATIVES, gates_carry=False)


def halved(replay: Replay, unit: Unit, inputs: list[tf.Tensor]) -> tuple[tf.Tensor, Backward]:
    """A product of two signals: m_x = m dy/dx / 2 for each; a quotient's relevance goes to what is divided."""
    if unit.gates:
        return gated(replay, unit, inputs)
    y = replay.emit(unit.last, dict(zip(unit.signals, inputs, strict=True)))
    factors = len(replay.graph.active_inputs(unit.last))
    return y, lambda m: [gradient / factors for gradient in tf.gradients(y, inputs, grad_ys=m)]


def normalised(replay: Replay, unit: Unit, inputs: list[tf.Tensor]) -> tuple[tf.Tensor, Backward]:
    """A softmax: m_x = J^T m, so that R_i = x_i (R'_i - s_i sum R'). A normalisation: R passes, m_x = m y / x."""
    x = inputs[0]
    if unit.last.op == "Softmax":
        y = replay.emit(unit.last, {unit.signals[0]: x})
        return y, lambda m: [vjp(y, x, m)]
    y = activation_output(replay, unit, x)
    return y, lambda m: [m * (y / stabilised(x, 0.0))]


def attention_units(graph: Graph, units: tuple[Unit, ...]) -> tuple[Unit, ...]:
    """A network's units with each normalisation as one, and both factors of a product as signals.

    A choice by a mask that no image changes is a route.

    Raises
    ------
    UnknownOperationError
        A step of a normalisation stands alone, so that nothing is known of it.
    """
    found = list(units)
    for block in normalisations(graph):
        names = {node.name for node in block.nodes}
        inside = [unit for unit in found if any(node.name in names for node in unit.nodes)]
        if all(node.name in names for unit in inside for node in unit.nodes):
            found = [unit for unit in found if unit not in inside]
            found.append(Unit("normalisation", block.nodes, (block.root,)))
    position = {node.name: index for index, node in enumerate(graph.nodes)}
    ordered = sorted(found, key=lambda unit: position[unit.last.name])
    for unit in ordered:
        if unit.role == "normalisation" and unit.last.op != "Softmax" and len(unit.nodes) == 1:
            raise UnknownOperationError(
                f"lrp-attention met operation {unit.operation} in {unit.name!r}, which is no part of a normalisation",
                "softmax, and normalisations that read one value and make one of its shape",
                "Use gradient, gradient-times-input, integrated-gradients or smoothgrad, which need no rule for it.",
            )
    return tuple(_for_attention(graph, unit) for unit in ordered)


def _for_attention(graph: Graph, unit: Unit) -> Unit:
    if unit.role == "unknown" and unit.last.op in SELECTIONS and unit.last.inputs[0] not in graph.active:
        return replace(unit, role="route")
    if unit.role != "gate" or unit.last.op in QUOTIENTS:
        return unit
    return replace(unit, signals=tuple(dict.fromkeys(graph.active_inputs(unit.last))), gates=())
