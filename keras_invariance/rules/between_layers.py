"""Between neuron layers: relevance through sums, pools, gates, and scales and biases that stand alone.

Letters: x an input, z the output, r the relevance at z.
"""

import tensorflow as tf

from ..network.execution.replay import Replay
from ..network.structure.roles import Role, Unit
from .backward import RELEVANCE_ROLES, Backward, Rule, Rules
from .gradient import activation_output
from .lrp_step import stabilised


def lrp_rules(neurons: Rule) -> Rules:
    """The table of a method that treats neuron layers by a rule of LRP and what lies between them as here."""
    table: dict[Role, Rule] = {
        "neurons": neurons,
        "activation": passing,
        "scale": passing,
        "bias": passing,
        "sum": in_proportion,
        "mean pool": in_proportion,
        "gate": gated,
    }
    return Rules(table, RELEVANCE_ROLES, gates_carry=False)


def passing(replay: Replay, unit: Unit, inputs: list[tf.Tensor]) -> tuple[tf.Tensor, Backward]:
    """r_x = r: an activation, a scale or a bias that stands alone is a neuron with one input."""
    x = inputs[0]
    z = activation_output(replay, unit, x)
    return z, lambda r: [_unbroadcast(x, r)]


def in_proportion(replay: Replay, unit: Unit, inputs: list[tf.Tensor]) -> tuple[tf.Tensor, Backward]:
    """Sums and mean pools: relevance to the parts that have the sum's own sign, in proportion.

    r_x = x+ * S^T(r / S(x+)) where z >= 0 and x- * S^T(r / S(x-)) where z < 0, S the sum: conserved, and no part
    gets relevance of the other sign.
    """
    z = _summed(replay, unit, inputs)
    if unit.non_negative and unit.last.op != "Sub":
        return z, lambda r: _in_proportion(inputs, z, r)

    def back(r: tf.Tensor) -> list[tf.Tensor]:
        up = tf.where(z >= 0, r, tf.zeros_like(r))
        signs = _signs(unit, len(inputs))
        above = [sign * tf.nn.relu(sign * x) for sign, x in zip(signs, inputs, strict=True)]
        below = [sign * tf.minimum(sign * x, 0) for sign, x in zip(signs, inputs, strict=True)]
        halves = [
            _in_proportion(side, _summed(replay, unit, side), part) for side, part in ((above, up), (below, r - up))
        ]
        return [first + second for first, second in zip(*halves, strict=True)]

    return z, back


def by_value(guard: float = 0.0) -> Rule:
    """Sums and mean pools: relevance to every part in proportion, signs and all, as lrp-epsilon shares it.

    r_x = x * S^T(r / (z + guard * sign(z))), z = S(x) the sum, sign(0) = +1; a guard of 0 stands for rounding.
    """

    def rule(replay: Replay, unit: Unit, inputs: list[tf.Tensor]) -> tuple[tf.Tensor, Backward]:
        z = _summed(replay, unit, inputs)

        def back(r: tf.Tensor) -> list[tf.Tensor]:
            ratio = r / stabilised(z, guard)
            return [x * gradient for x, gradient in zip(inputs, tf.gradients(z, inputs, grad_ys=ratio), strict=True)]

        return z, back

    return rule


def gated(replay: Replay, unit: Unit, inputs: list[tf.Tensor]) -> tuple[tf.Tensor, Backward]:
    """A product: all relevance to the signal, none to the gate; half to each of two equals (Achtibat et al., 2024)."""
    given = dict(zip(unit.signals, inputs, strict=True))
    given.update({value: tf.stop_gradient(replay.value(value)) for value in unit.gates})
    z = replay.emit(unit.last, given)
    share = 1.0 / len(inputs)

    def back(r: tf.Tensor) -> list[tf.Tensor]:
        if unit.last.op in {"Mul", "RealDiv"}:
            return [share * _unbroadcast(x, r) for x in inputs]
        ratio = r / stabilised(z, 0.0)
        return [
            share * x * gradient for x, gradient in zip(inputs, tf.gradients(z, inputs, grad_ys=ratio), strict=True)
        ]

    return z, back


def _summed(replay: Replay, unit: Unit, inputs: list[tf.Tensor]) -> tf.Tensor:
    return replay.emit(unit.last, dict(zip(unit.signals, inputs, strict=True)))


def _in_proportion(inputs: list[tf.Tensor], total: tf.Tensor, r: tf.Tensor) -> list[tf.Tensor]:
    ratio = tf.math.divide_no_nan(r, total)
    return [x * gradient for x, gradient in zip(inputs, tf.gradients(total, inputs, grad_ys=ratio), strict=True)]


def _signs(unit: Unit, count: int) -> list[float]:
    return [1.0, -1.0] if unit.last.op == "Sub" else [1.0] * count


def _unbroadcast(x: tf.Tensor, r: tf.Tensor) -> tf.Tensor:
    """r summed over the axes along which x was broadcast."""
    if x.shape.rank == r.shape.rank and x.shape[1:] == r.shape[1:]:
        return r
    return tf.gradients(x + tf.zeros_like(r), x, grad_ys=r)[0]
