"""LRP-z and LRP-epsilon as multipliers: relevance r carried as m = r / value, so that a map is x * m.

Written so, the z-rule r_x = x * w^T (r / z) is m_x = w^T m_z: nothing is divided in linear layers, residual sums and
pools, and nothing is lost where signals are tiny. An activation passes relevance, so m_z = m_y * y / z; for ReLU that
is its derivative, hence lrp-z = gradient-times-input on such networks (Ancona et al., 2018, proposition 1). The rules
of the literature and these give equal maps (`tests/oracle`); this form needs no guard in the denominator and costs a
gradient (2026-11-22).

Letters: x what a layer reads, w its kernel, b its bias, z = L(x; w) + b, y = a(z), m the multiplier.
"""

from collections.abc import Callable

import tensorflow as tf

from ..network.replay import Replay
from ..network.roles import Role, Unit
from .forward import Forward, forward
from .passage import DERIVATIVES, Backward, Rule, Rules
from .rectify import activation_output, derivative

# Activations with a(z) / z = a'(z) wherever the derivative exists.
RAYS = frozenset({"Relu", "LeakyRelu"})
RELEVANCE_ROLES = DERIVATIVES - {"normalisation"}


def multiplier_rules(*, epsilon: float, absorb: bool) -> Rules:
    """The table of lrp-z (epsilon = 0) or lrp-epsilon, the bias in the denominator (`absorb`) or not.

    Source: Bach et al. (2015), equations 56 and 58; Ancona et al. (2018).
    """
    neurons = _neurons(epsilon, absorb=absorb)
    table: dict[Role, Rule] = {"neurons": neurons, "activation": secant, "gate": gated}
    if not absorb:
        table["bias"] = bias_ignored
    return Rules(table, RELEVANCE_ROLES, gates_carry=False)


def _neurons(epsilon: float, *, absorb: bool) -> Rule:
    """m_x = w^T (m * y / (v + epsilon * sign(v))), v the pre-activation with or without its bias."""

    def neurons(replay: Replay, unit: Unit, inputs: list[tf.Tensor]) -> tuple[tf.Tensor, Backward]:
        layer = unit.layer
        if layer is None:
            raise TypeError(f"{unit.name} is no neuron layer")
        on_rays = all(node.op in RAYS for node in layer.activation)
        if on_rays and not epsilon and (absorb or not layer.biased):
            return derivative(replay, unit, inputs)
        passed = forward(replay, layer, inputs[0])
        factor = _factor(passed, epsilon, absorb=absorb)
        return passed.y, lambda m: [passed.transposed(factor(m))]

    return neurons


def _factor(passed: Forward, epsilon: float, *, absorb: bool) -> Callable[[tf.Tensor], tf.Tensor]:
    if absorb and epsilon and [node.op for node in passed.layer.activation] == ["Relu"]:
        # Where z <= 0 nothing arrives, elsewhere z = y: the sign is known, and z itself need not be kept.
        return lambda m: m * (passed.y / (passed.y + tf.constant(epsilon, m.dtype)))
    denominator = passed.z if absorb else passed.linear
    return lambda m: m * (passed.y / stabilised(denominator, epsilon))


def secant(replay: Replay, unit: Unit, inputs: list[tf.Tensor]) -> tuple[tf.Tensor, Backward]:
    """An activation that stands alone: m_z = m * y / z, so that relevance passes as it is."""
    z = inputs[0]
    y = activation_output(replay, unit, z)
    if unit.last.op in RAYS:
        return y, lambda m: [tf.gradients(y, z, grad_ys=m)[0]]
    return y, lambda m: [m * (y / stabilised(z, 0.0))]


def bias_ignored(replay: Replay, unit: Unit, inputs: list[tf.Tensor]) -> tuple[tf.Tensor, Backward]:
    """A bias that stands alone and takes no relevance: m_x = m * (x + b) / x, summed where x was broadcast."""
    x = inputs[0]
    z = activation_output(replay, unit, x)
    return z, lambda m: [tf.gradients(z, x, grad_ys=m * z)[0] / stabilised(x, 0.0)]


def gated(replay: Replay, unit: Unit, inputs: list[tf.Tensor]) -> tuple[tf.Tensor, Backward]:
    """A product whose other factor decides how much passes: all relevance to the signal (Achtibat et al., 2024).

    Where both or neither factor is such a gate, each gets half of the relevance.
    """
    given = dict(zip(unit.signals, inputs, strict=True))
    given.update({value: tf.stop_gradient(replay.value(value)) for value in unit.gates})
    y = replay.emit(unit.last, given)
    share = 1.0 / len(inputs)
    return y, lambda m: [share * gradient for gradient in tf.gradients(y, inputs, grad_ys=m)]


def stabilised(denominator: tf.Tensor, epsilon: float) -> tf.Tensor:
    """z + sign(z) * epsilon, sign(0) = +1; epsilon = 0 stands for rounding relative to the image's largest |z|."""
    size = tf.constant(epsilon, denominator.dtype)
    if not epsilon:
        axes = list(range(1, denominator.shape.rank))
        largest = tf.reduce_max(tf.abs(denominator), axis=axes, keepdims=True)
        size = tf.maximum(
            largest * denominator.dtype.as_numpy_dtype(_rounding(denominator.dtype)), _tiny(denominator.dtype)
        )
    return denominator + tf.where(denominator >= 0, size, -size)


def _rounding(dtype: tf.DType) -> float:
    return 2.0**-23 if dtype == tf.float32 else 2.0**-52


def _tiny(dtype: tf.DType) -> float:
    return 1e-37 if dtype == tf.float32 else 1e-300
