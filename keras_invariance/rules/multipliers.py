"""Relevance r carried as a multiplier m = r / value through what lies between neuron layers, for the epsilon rule.

An activation passes relevance, so m_z = m_y * y / z; sums, pools and routes pass their derivative.

Letters: x what a unit reads, z what comes out of it or goes into an activation, y an activation's output, m the
multiplier.
"""

import tensorflow as tf

from ..network.execution.replay import Replay
from ..network.structure.roles import Unit
from .backward import Backward
from .gradient import activation_output
from .lrp_step import stabilised

# Activations with a(z) / z = a'(z) wherever the derivative exists.
RAYS = frozenset({"Relu", "LeakyRelu"})


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
