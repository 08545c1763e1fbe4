"""The backward pass: a network run forward with rules, and a signal taken back through it, unit by unit.

A rule runs a unit forward and says what happens to the signal in the backward pass; operations without a rule pass the
derivative that TensorFlow knows. Why it is walked here and not by `tf.custom_gradient` or a `GradientTape`:
docs/decisions, "The backward pass is walked by us".
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

import tensorflow as tf

from ..errors import UnknownOperationError
from ..network.execution.replay import Replay
from ..network.graph import Graph, Node, Value
from ..network.structure.roles import Role, Unit

Backward: TypeAlias = Callable[[tf.Tensor], Sequence[tf.Tensor | None]]
"""From the signal at a unit's output to the signal at each of its inputs."""

Rule: TypeAlias = Callable[[Replay, Unit, list[tf.Tensor]], tuple[tf.Tensor, Backward]]
"""A unit's output for these inputs, and from the signal there to the signal at each input."""

DERIVATIVES: frozenset[Role] = frozenset(
    {"neurons", "activation", "scale", "bias", "max pool", "mean pool", "sum", "gate", "route", "normalisation"}
)
"""What a method that passes derivatives may meet."""
RELEVANCE_ROLES = DERIVATIVES - {"normalisation"}
"""What a method that passes relevance may meet."""


@dataclass(frozen=True)
class Rules:
    """A method as a table from roles to rules. A role without a rule passes its derivative.

    Attributes
    ----------
    table
        The rules.
    covered
        The roles that the method may meet; meeting another is an error.
    gates_carry
        Whether the signal also goes back through the factors that decide how much passes.
    transposes
        Whether every neuron layer passes L^T of what arrives, whatever it read: then a mean of maps is the map of a
        mean.
    """

    table: Mapping[Role, Rule] = field(default_factory=dict)
    covered: frozenset[Role] = DERIVATIVES | {"unknown"}
    gates_carry: bool = True
    transposes: bool = False


class Coverage(Protocol):
    """What a table of rules says of a network before it is run."""

    @property
    def covered(self) -> frozenset[Role]:
        """The roles that the method may meet."""
        ...

    @property
    def gates_carry(self) -> bool:
        """Whether the signal also goes back through the factors that decide how much passes."""
        ...


@dataclass(frozen=True, eq=False)
class Step:
    """One unit that was run: the values it read, those it made, and from signals there to signals here."""

    reads: tuple[Value, ...]
    makes: tuple[Value, ...]
    back: Callable[[Sequence[tf.Tensor | None]], Sequence[tf.Tensor | None]]


class BackwardPass:
    """Units run forward, one after the other, in the function that is being traced."""

    def __init__(self, replay: Replay, rules: Rules) -> None:
        self.replay = replay
        self.rules = rules
        self.steps: list[Step] = []

    def run(self, unit: Unit) -> None:
        """Run a unit by the method's rule for its role, or as it is where there is none."""
        rule = self.rules.table.get(unit.role)
        self.steps.append(self._derived(unit) if rule is None else self._ruled(unit, rule))

    def back(self, start: Value, signal: tf.Tensor, until: Value | None = None) -> dict[Value, tf.Tensor]:
        """The signal at every value that it reaches from `start` backwards; no further than to `until`."""
        arrived: dict[Value, list[tf.Tensor]] = {start: [signal]}
        for step in reversed(self.steps):
            if until in step.makes:  # whatever reads it stands behind it, so that its signal is whole
                break
            signals = [_total(arrived.get(value)) for value in step.makes]
            if any(part is not None for part in signals):
                for value, part in zip(step.reads, step.back(signals), strict=True):
                    if part is not None:
                        arrived.setdefault(value, []).append(part)
        return {value: tf.add_n(parts) if len(parts) > 1 else parts[0] for value, parts in arrived.items()}

    def _ruled(self, unit: Unit, rule: Rule) -> Step:
        inputs = [detached(self.replay.value(value)) for value in unit.signals]
        output, back = rule(self.replay, unit, inputs)
        self.replay.values[unit.last.output] = output
        return Step(unit.signals, (unit.last.output,), lambda signals: back(signals[0]))

    def _derived(self, unit: Unit) -> Step:
        reads = (*unit.signals, *unit.gates)
        inputs = [detached(self.replay.value(value)) for value in reads]
        given = dict(zip(reads, inputs, strict=True))
        outputs: list[tf.Tensor] = []
        for node in unit.nodes:
            tensors = [given[value] if value in given else self.replay.value(value) for value in node.inputs]
            outputs = self.replay.created(node, tensors)
            given.update({Value(node.name, index): tensor for index, tensor in enumerate(outputs)})
        makes = tuple(Value(unit.last.name, index) for index in range(len(outputs)))
        self.replay.values.update(zip(makes, outputs, strict=True))

        return Step(reads, makes, lambda signals: derived(unit, outputs, inputs, signals))


def derived(
    unit: Unit, outputs: Sequence[tf.Tensor], inputs: Sequence[tf.Tensor], signals: Sequence[tf.Tensor | None]
) -> Sequence[tf.Tensor | None]:
    """The signals at a unit's inputs when `signals` arrive at its outputs and every step passes its derivative."""
    arrived = [(output, part) for output, part in zip(outputs, signals, strict=True) if part is not None]
    ends, parts = zip(*arrived, strict=True)
    try:
        gradients: Sequence[tf.Tensor | None] = tf.gradients(list(ends), list(inputs), grad_ys=list(parts))
    except LookupError as error:
        raise UnknownOperationError(
            f"operation {unit.operation} in {unit.name!r}, for which TensorFlow knows no derivative",
            "operations with a derivative",
            "Use a network without it, or wrap its output in tf.stop_gradient where no signal shall pass.",
        ) from error
    return gradients


def backward_pass(
    graph: Graph, units: tuple[Unit, ...], image: tf.Tensor, rules: Rules, unshifted: tf.Tensor | None = None
) -> BackwardPass:
    """The graph run on traced images by a method's rules; a twin's with the images before their shift (`agreement`)."""
    run = BackwardPass(Replay(graph, image, unshifted), rules)
    run_nodes(run, units, graph.nodes)
    return run


def run_nodes(run: BackwardPass, units: tuple[Unit, ...], nodes: Sequence[Node]) -> None:
    """Run operations in their order: units when their last operation comes, structural operations as they are."""
    by_last = {unit.last.name: unit for unit in units}
    inner = {node.name for unit in units for node in unit.nodes}
    for node in nodes:
        if node.name in by_last:
            run.run(by_last[node.name])
        elif node.name not in inner:
            run.replay.run(node)


def detached(x: tf.Tensor) -> tf.Tensor:
    """The same numbers, from which no derivative runs back into what made them, nor on into what reads x."""
    bits = {tf.float32: tf.int32, tf.float64: tf.int64}.get(x.dtype)
    return tf.identity(x) if bits is None else tf.bitcast(tf.bitcast(x, bits), x.dtype)


def _total(parts: list[tf.Tensor] | None) -> tf.Tensor | None:
    """The sum of the signals that arrived at a value, kept in the place of its parts."""
    if not parts:
        return None
    if len(parts) > 1:
        parts[:] = [tf.add_n(parts)]
    return parts[0]


def reached_units(graph: Graph, units: tuple[Unit, ...], rules: Coverage) -> tuple[Unit, ...]:
    """The units that a signal from the logits reaches, in the order of the forward pass."""
    reached = {graph.logits.node}
    found = []
    for unit in reversed(units):
        if unit.last.name in reached:
            found.append(unit)
            # Gate factors stop the signal where the method says so, StopGradient always.
            stopped = unit.last.op == "StopGradient"
            reached.update(value.node for value in (() if stopped else unit.signals))
            reached.update(value.node for value in (unit.gates if rules.gates_carry else ()))
    return tuple(reversed(found))


def check_covered(graph: Graph, units: tuple[Unit, ...], rules: Coverage, method: str) -> None:
    """Raise an `UnknownOperationError` that names the first operation for which a method has no rule."""
    for unit in reached_units(graph, units, rules):
        if unit.role not in rules.covered:
            raise UnknownOperationError(
                f"{method} met operation {unit.operation} in {unit.name!r} (role: {unit.role})",
                f"one of the roles {', '.join(sorted(rules.covered))}",
                "Use gradient, gradient-times-input, integrated-gradients or smoothgrad, which need no rule for it.",
            )


def vjp(output: tf.Tensor, source: tf.Tensor, signal: tf.Tensor) -> tf.Tensor:
    """The signal at `source` when `signal` arrives at `output` and every step passes its derivative."""
    gradient = tf.gradients(output, source, grad_ys=signal)[0]
    return tf.zeros_like(source) if gradient is None else gradient
