"""Guided backpropagation: the gradient, negative signals stopped at every activation.

d_x = L^T(a'(z) max(d, 0)) for a neuron layer, a'(z) max(d, 0) for an activation that stands alone.

Letters: x what a layer reads, z its pre-activation, a its activation, d the signal at its output.

Source: Springenberg et al. (2015).
"""

import tensorflow as tf

from ..network.execution.replay import Replay
from ..network.structure.roles import Unit
from .backward import Backward, vjp
from .gradient import activation_output, layer_forward, transposing


def guided(replay: Replay, unit: Unit, inputs: list[tf.Tensor]) -> tuple[tf.Tensor, Backward]:
    """The rule on a neuron layer."""
    passed = layer_forward(replay, unit, inputs)
    activated = bool(passed.layer.activation)
    return passed.y, lambda d: [passed.transposed(passed.through_activation(tf.nn.relu(d) if activated else d))]


def guided_activation(replay: Replay, unit: Unit, inputs: list[tf.Tensor]) -> tuple[tf.Tensor, Backward]:
    """The rule on an activation that stands alone."""
    y = activation_output(replay, unit, inputs[0])
    return y, lambda d: [vjp(y, inputs[0], tf.nn.relu(d))]


GUIDED_BACKPROP = transposing(guided, guided_activation)
