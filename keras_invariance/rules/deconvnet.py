"""DeconvNet: signals rectified at every activation, whatever it read.

d_x = L^T(max(d, 0)) for a neuron layer, max(d, 0) for an activation that stands alone; max pools pass to the winner.

Letters: x what a layer reads, d the signal at its output.

Source: Zeiler & Fergus (2014).
"""

import tensorflow as tf

from ..network.execution.replay import Replay
from ..network.structure.roles import Unit
from .backward import Backward
from .gradient import activation_output, layer_forward, transposing


def deconvolved(replay: Replay, unit: Unit, inputs: list[tf.Tensor]) -> tuple[tf.Tensor, Backward]:
    """The rule on a neuron layer."""
    passed = layer_forward(replay, unit, inputs)
    activated = bool(passed.layer.activation)
    return passed.y, lambda d: [passed.transposed(tf.nn.relu(d) if activated else d)]


def deconvolved_activation(replay: Replay, unit: Unit, inputs: list[tf.Tensor]) -> tuple[tf.Tensor, Backward]:
    """The rule on an activation that stands alone."""
    return activation_output(replay, unit, inputs[0]), lambda d: [tf.nn.relu(d)]


DECONVNET = transposing(deconvolved, deconvolved_activation)
