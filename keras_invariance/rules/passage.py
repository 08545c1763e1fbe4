"""Passages: a network replayed with rules in the place of the operations that a method treats in its own way.

A rule runs a unit forward and says what happens to the signal on its way back, through `tf.custom_gradient`; the gradient of
the passage then is the method. A rule covers a whole neuron layer, activation included, so that TensorFlow still fuses
convolution, bias and activation into one kernel: with a custom gradient around the activation alone it cannot,
which cost 15 % on the shipped CNN (2026-11-22).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

import tensorflow as tf

from ..errors import UnknownOperationError
from ..network.graph import Graph, Value
from ..network.replay import Replay
from ..network.roles import Role, Unit

Backward: TypeAlias = Callable[[tf.Tensor], list[tf.Tensor]]
"""From the signal at a unit's output to the signal at each of its inputs."""

Rule: TypeAlias = Callable[[Replay, Unit, list[tf.Tensor]], tuple[tf.Tensor, Backward]]
"""A unit's output for these inputs, and its way back."""

DERIVATIVES: frozenset[Role] = frozenset(
    {"neurons", "activation", "scale", "bias", "max pool", "mean pool", "sum", "gate", "route", "normalisation"}
)


@dataclass(frozen=True)
class Rules:
    """A method as a table from roles to rules. A role without a rule passes its derivative.

    Attributes
    ----------
    table
        The rules.
    covered
        The roles that the method may meet on its way back; meeting another is an error.
    gates_carry
        Whether the signal also goes back through the factors that decide how much passes.
    transposes
        Whether every neuron layer passes L^T of what arrives, whatever it read: then a mean of maps is the map of a mean.
    """

    table: Mapping[Role, Rule] = field(default_factory=dict)
    covered: frozenset[Role] = DERIVATIVES | {"unknown"}
    gates_carry: bool = True
    transposes: bool = False


def passage(graph: Graph, units: tuple[Unit, ...], image: tf.Tensor, rules: Rules) -> Replay:
    """The graph replayed on a traced image with rules; all unit outputs are in the result's `values`."""
    replay = Replay(graph, image)
    by_last = {unit.last.name: unit for unit in units}
    inner = {node.name for unit in units for node in unit.nodes}
    for node in graph.nodes:
        if node.name in by_last:
            run_unit(replay, by_last[node.name], rules)
        elif node.name not in inner:
            replay.run(node)
    return replay


def run_unit(replay: Replay, unit: Unit, rules: Rules) -> None:
    """Run a unit by a method's rule for its role, or as it is where there is none."""
    rule = rules.table.get(unit.role)
    if rule is None:
        for node in unit.nodes:
            replay.run(node)
        return
    signals = [replay.value(value) for value in unit.signals]

    @tf.custom_gradient
    def ruled(*inputs: tf.Tensor) -> tuple[tf.Tensor, Backward]:
        return rule(replay, unit, list(inputs))

    replay.values[unit.last.output] = ruled(*signals)


def met(graph: Graph, units: tuple[Unit, ...], rules: Rules) -> tuple[Unit, ...]:
    """The units that the signal reaches on its way back from the logits, in the order of the forward pass."""
    reached: set[Value] = {graph.logits}
    found = []
    for unit in reversed(units):
        if any(value.node == unit.last.name for value in reached):
            found.append(unit)
            # Gate factors stop the signal where the method says so, StopGradient always.
            stopped = unit.last.op == "StopGradient"
            reached.update(() if stopped else unit.signals)
            reached.update(unit.gates if rules.gates_carry else ())
    return tuple(reversed(found))


def check_covered(graph: Graph, units: tuple[Unit, ...], rules: Rules, method: str) -> None:
    """Raise an `UnknownOperationError` that names the first operation for which a method has no rule."""
    for unit in met(graph, units, rules):
        if unit.role not in rules.covered:
            raise UnknownOperationError(
                f"{method} met operation {unit.operation} in {unit.name!r} (role: {unit.role})",
                f"one of the roles {', '.join(sorted(rules.covered))}",
                "Use gradient, gradient-times-input, integrated-gradients or smoothgrad, which need no rule for it.",
            )


def pulled(output: tf.Tensor, source: tf.Tensor, signal: tf.Tensor) -> tf.Tensor:
    """The signal at `source` when `signal` arrives at `output` and every step passes its derivative."""
    gradient = tf.gradients(output, source, grad_ys=signal)[0]
    return tf.zeros_like(source) if gradient is None else gradient
