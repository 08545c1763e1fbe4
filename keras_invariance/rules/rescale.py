"""The rescale rule of DeepLIFT: what an operation passes is its difference out over its difference in.

Every operation turns the multipliers m at its output into multipliers at its inputs so that, for each pair of an image
and its reference, the sum of m (x - r) over all inputs is the sum of m (y - s) over all outputs. Then the map
(x - r) m at the image sums to f(x) - f(r). The rule of each kind of operation:

- linear ones (neuron layers, scales, sums, mean pools, routes): the derivative;
- a function of one number (activations, square roots, exponentials, reciprocals): (y - s) / (x - r), and the derivative
  at x where x - r is within rounding;
- products, a square among them: the mean of both orders, x y - x0 y0 = (x - x0)(y + y0)/2 + (y - y0)(x + x0)/2;
- quotients x / y: the product of x and 1/y, whose own difference quotient is -1 / (y y0);
- maxima (pools, `Max`, `Maximum`): where y >= s, y - s goes to the image's winner i, which has x_i - r_i >= y - s;
  where y < s, to the reference's winner j, which has x_j - r_j <= y - s. So shares lie in [0, 1], whether both have one
  winner or two. Where an input's difference is within rounding, the derivative at x. Minima the other way round;
- softmax: q_i (delta_ij - q_j / sum q), q the logarithmic mean of both softmaxes, y and s: its derivative with q in
  the place of y. It sums to zero over the inputs, since softmax does not see a number that is added to all of them.

Letters: x, r an operation's input in the image's pass and in its reference's, y, s its output in both, m a multiplier.

Source: Shrikumar et al. (2017), equations 6 to 11, and 3.5.1; products, quotients, maxima and softmax as above.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import tensorflow as tf

from ..network.graph import Graph, Node, Value
from ..network.structure.operations import ELEMENTWISE
from ..network.structure.roles import Role, Unit
from .backward import DERIVATIVES, BackwardPass, Rules, Step, derived, detached, reached_units
from .sides import Sides
from .transposes import transposed

Multipliers: TypeAlias = Sequence[tf.Tensor | None]
PairRule: TypeAlias = Callable[[Sides, Unit, Multipliers], Multipliers]
"""From the multipliers at a unit's outputs to those at its signals and gates, in their order; all [p, ...]."""


@dataclass(frozen=True)
class PairRules:
    """A table from roles to rules for pairs, as `backward.Rules` is one for images; a role without one is linear."""

    table: Mapping[Role, PairRule]
    covered: frozenset[Role] = DERIVATIVES
    gates_carry: bool = True


# Functions of one number that are smooth where they are defined: there the derivative at x errs by the square of the
# difference, so that it is the better one from the root of rounding on.
SMOOTH = frozenset(
    {"Sigmoid", "Tanh", "Softplus", "Softsign", "Exp", "Expm1", "Log", "Log1p", "Rsqrt", "Sqrt", "Reciprocal", "Erf",
     "Erfc", "Mul", "AddV2", "Add", "Sub", "Neg", "Square", "RealDiv", "Div"}
)  # fmt: skip
# Functions of one number, which no other method has a rule for.
FUNCTIONS = ELEMENTWISE - {"Select", "SelectV2", "Greater", "GreaterEqual", "Less", "LessEqual"}
ROUNDINGS = 8.0
"""How many units of rounding of x a difference is apart at least."""


def with_functions(units: tuple[Unit, ...]) -> tuple[Unit, ...]:
    """The units, functions of one number that have no role made activations: the rule needs no more of them."""
    return tuple(_as_function(unit) for unit in units)


def _as_function(unit: Unit) -> Unit:
    alone = unit.role == "unknown" and unit.last.op in FUNCTIONS and len(unit.signals) == 1
    return Unit("activation", unit.nodes, unit.signals, non_negative=unit.non_negative) if alone else unit


def multipliers(sides: Sides, graph: Graph, units: tuple[Unit, ...], seed: tf.Tensor) -> tf.Tensor:
    """The multipliers at the image from those at the logits. [p, ...]."""
    run = BackwardPass(sides.pairs, Rules())
    run.steps = [_step(sides, unit) for unit in reached_units(graph, units, RESCALE)]
    found = run.back(graph.logits, seed).get(graph.image)
    return tf.zeros_like(sides.shaped(graph.image)) if found is None else found


def _step(sides: Sides, unit: Unit) -> Step:
    rule = _rule(unit)
    makes = [unit.last.output]
    while sides.has(Value(unit.last.name, len(makes))):
        makes.append(Value(unit.last.name, len(makes)))
    return Step(_reads(unit), tuple(makes), lambda signals: rule(sides, unit, signals))


def _rule(unit: Unit) -> PairRule:
    """The rule for a unit's operation where there is one, else that for its role, else the derivative."""
    return _BY_OPERATION.get((unit.role, unit.last.op), RESCALE.table.get(unit.role, linear))


def _reads(unit: Unit) -> tuple[Value, ...]:
    return (*unit.signals, *unit.gates)


def linear(sides: Sides, unit: Unit, signals: Multipliers) -> Multipliers:
    """An operation that is linear in all that it reads: its derivative."""
    inputs = [detached(sides.shaped(value)) for value in _reads(unit)]
    return derived(unit, emitted(sides, unit, inputs), inputs, signals)


def product(sides: Sides, unit: Unit, signals: Multipliers) -> Multipliers:
    """An operation that is a product of what it reads, or a square: its derivative half way between both sides."""
    inputs = [detached(sides.mean(value)) for value in _reads(unit)]
    return derived(unit, emitted(sides, unit, inputs), inputs, signals)


def neurons(sides: Sides, unit: Unit, signals: Multipliers) -> Multipliers:
    """L^T of what the activation passes."""
    layer, m = unit.layer, signals[0]
    if layer is None or m is None:
        raise TypeError(f"{unit.name} is no neuron layer that something arrives at")
    if layer.activation:
        m *= _quotients(sides, layer.preactivation, unit)
    x = sides.shaped(layer.image)
    return [transposed(sides.pairs, layer, x, layer.weights(x.dtype), m)]


def function(sides: Sides, unit: Unit, signals: Multipliers) -> Multipliers:
    """A function of one number: the difference out over the difference in."""
    source = unit.signals[0]
    quotients = signals[0] * _quotients(sides, source, unit)
    shape = sides.shaped(source)
    if shape.shape[1:] == quotients.shape[1:]:
        return [quotients]
    return tf.gradients(shape + tf.zeros_like(quotients), shape, grad_ys=quotients)


def _quotients(sides: Sides, source: Value, unit: Unit) -> tf.Tensor:
    """(y - s) / (z - z0), z the value `source`; the derivative at z where z - z0 is within rounding."""
    (z, y), spread = sides.images(source, unit.last.output)
    change, output_change = sides.difference(source), sides.difference(unit.last.output)
    if z.shape[1:] != y.shape[1:]:  # a constant on the other side has more axes
        z += tf.zeros_like(y)
    within = _tolerance(unit, z.dtype)
    near = tf.abs(change) <= spread(tf.abs(z) * within) if within else tf.equal(change, 0)
    return tf.where(near, spread(_slopes(sides, unit, z)), tf.math.divide_no_nan(output_change, change))


def _slopes(sides: Sides, unit: Unit, z: tf.Tensor) -> tf.Tensor:
    """The derivative of an activation at z."""
    nodes = _activation(unit)
    if [node.op for node in nodes] == ["Relu"]:
        return tf.cast(z > 0, z.dtype)
    z = detached(z)
    y = emitted(sides, unit, [z])[0] if unit.layer is None else unit.layer.activated(sides.pairs, z)
    return tf.gradients(y, z)[0]


def _activation(unit: Unit) -> tuple[Node, ...]:
    return unit.nodes if unit.layer is None else unit.layer.activation


def _tolerance(unit: Unit, dtype: tf.DType) -> float:
    """The share of z within which z - z0 is taken for rounding; 0 for a ReLU, whose differences are those in."""
    epsilon = float(np.finfo(dtype.as_numpy_dtype).eps)
    nodes = _activation(unit)
    if [node.op for node in nodes] == ["Relu"]:
        return 0.0
    return epsilon**0.5 if all(node.op in SMOOTH for node in nodes) else ROUNDINGS * epsilon


def quotient(sides: Sides, unit: Unit, signals: Multipliers) -> Multipliers:
    """The quotient of two values: the product of the first and the second's reciprocal."""
    above, below = unit.last.inputs
    first = detached(sides.mean(above))
    x, r = (1.0 / side for side in (sides.of_images(below), sides.of_references(below)))
    second = detached(0.5 * (x + r))
    arrived = tf.gradients(first * second, [first, second], grad_ys=signals[0])
    found = {above: arrived[0]}
    found[below] = found.get(below, 0.0) - arrived[1] * x * r
    return [found[value] for value in _reads(unit)]


def maximum(sides: Sides, unit: Unit, signals: Multipliers) -> Multipliers:
    """A maximum, or a minimum: the change goes to the winner of the side on which the output is the larger."""
    m, reads = signals[0], _reads(unit)
    images, references = ([detached(of(value)) for value in reads] for of in (sides.of_images, sides.of_references))
    y, s = (emitted(sides, unit, inputs)[0] for inputs in (images, references))
    rises = y <= s if unit.last.op == "Minimum" else y >= s
    change = m * (y - s)
    to_image = tf.gradients(y, images, grad_ys=tf.where(rises, change, tf.zeros_like(change)))
    to_reference = tf.gradients(s, references, grad_ys=tf.where(rises, tf.zeros_like(change), change))
    plain = tf.gradients(y, images, grad_ys=m)
    return [
        _share(x, sides.difference(value), one + other, derivative)
        for value, x, one, other, derivative in zip(reads, images, to_image, to_reference, plain, strict=True)
    ]


def _share(x: tf.Tensor, change: tf.Tensor, share: tf.Tensor, derivative: tf.Tensor) -> tf.Tensor:
    """A share over the difference in; the derivative where that is within rounding."""
    near = tf.abs(change) <= tf.abs(x) * (ROUNDINGS * float(np.finfo(x.dtype.as_numpy_dtype).eps))
    return tf.where(near, derivative, tf.math.divide_no_nan(share, change))


def softmax(sides: Sides, unit: Unit, signals: Multipliers) -> Multipliers:
    """Softmax over the last axis: m_j = q_j (m_j - sum_i q_i m_i / sum q)."""
    q = _logarithmic_means(sides, unit)
    mean = tf.reduce_sum(q * signals[0], -1, keepdims=True) / tf.reduce_sum(q, -1, keepdims=True)
    return [q * (signals[0] - mean)]


def log_softmax(sides: Sides, unit: Unit, signals: Multipliers) -> Multipliers:
    """The logarithm of a softmax over the last axis: m_j = m_j - q_j sum m / sum q."""
    q = _logarithmic_means(sides, unit)
    return [signals[0] - q * tf.reduce_sum(signals[0], -1, keepdims=True) / tf.reduce_sum(q, -1, keepdims=True)]


def _logarithmic_means(sides: Sides, unit: Unit) -> tf.Tensor:
    """(y - s) / (log y - log s), y and s both softmaxes: max(y, s) (1 - exp(-d)) / d, d = |log y - log s|."""
    logs = [tf.nn.log_softmax(of(unit.signals[0])) for of in (sides.of_images, sides.of_references)]
    largest = tf.exp(tf.maximum(*logs))
    apart = tf.where(largest > 0, tf.abs(logs[0] - logs[1]), tf.zeros_like(largest))
    shrunk = -tf.math.divide_no_nan(tf.math.expm1(-apart), apart)
    return largest * tf.where(apart > 0, shrunk, tf.ones_like(shrunk))


def emitted(sides: Sides, unit: Unit, inputs: Sequence[tf.Tensor]) -> list[tf.Tensor]:
    """The outputs of a unit's operations on other tensors in the place of what it reads."""
    given = dict(zip(_reads(unit), inputs, strict=True))
    outputs: list[tf.Tensor] = []
    for node in unit.nodes:
        outputs = sides.pairs.created(
            node, [given[value] if value in given else sides.pairs.value(value) for value in node.inputs]
        )
        given.update({Value(node.name, index): tensor for index, tensor in enumerate(outputs)})
    return outputs


RESCALE = PairRules(
    {"neurons": neurons, "activation": function, "max pool": maximum, "gate": product, "normalisation": function}
)
"""The rescale rule."""

_BY_OPERATION: Mapping[tuple[Role, str], PairRule] = {
    ("gate", "RealDiv"): quotient,
    ("gate", "Div"): quotient,
    ("normalisation", "Square"): product,
    ("normalisation", "SquaredDifference"): product,
    ("normalisation", "Softmax"): softmax,
    ("normalisation", "LogSoftmax"): log_softmax,
    ("normalisation", "Sum"): linear,
    ("normalisation", "Max"): maximum,
}
