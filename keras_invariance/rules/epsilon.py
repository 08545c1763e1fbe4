"""The epsilon rule, and the z rule, which is epsilon = 0: each input's share of the pre-activation.

r_x = x * w^T (r / (z + epsilon * sign(z))), sign(0) = +1. Relevance is carried as a multiplier m = r / value, so that a
map is x * m: the z rule is then m_x = w^T m_z, nothing is divided in linear layers, residual sums and pools, nothing is
lost where signals are tiny, and the rule costs a gradient. For ReLU networks lrp-z is gradient times input (Ancona et
al., 2018, proposition 1). The rule as it is printed gives equal maps (`tests/oracle`).

Letters: x what a layer reads, w its kernel, b its bias, z = L(x; w) + b, y = a(z), r the relevance, m the multiplier.

Source: Bach et al. (2015), equations 56 and 58; Ancona et al. (2018).
"""

from collections.abc import Callable

import tensorflow as tf

from ..network.execution.replay import Replay
from ..network.structure.layers import NeuronLayer
from ..network.structure.roles import Role, Unit
from .backward import RELEVANCE_ROLES, Backward, Rule, Rules
from .forward import Forward, forward
from .gradient import derivative
from .lrp_step import LayerRule, Relevance, stabilised
from .multipliers import RAYS, bias_ignored, gated, secant


def epsilon(size: float, *, absorb: bool = True) -> LayerRule:
    """The rule on one layer, among layers that have others: r_x = x * w^T (r / (z + size * sign(z))).

    A size of 0 is the z rule, its denominator guarded by the rounding of the layer's largest |z|. The bias counts in
    the denominator (`absorb`) or not.
    """

    def layer_rule(replay: Replay, layer: NeuronLayer, x: tf.Tensor) -> tuple[tf.Tensor, Relevance]:
        passed = forward(replay, layer, x)
        denominator = passed.z if absorb else passed.linear
        return passed.y, lambda r: x * passed.transposed(r / stabilised(denominator, size))

    return layer_rule


def epsilon_rules(*, epsilon: float, absorb: bool) -> Rules:
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
