"""The flat rule: relevance evenly over a neuron's inputs, whatever they and the weights are.

r_x = 1^T (r / number of inputs), r the relevance.

Source: Lapuschkin et al. (2019).
"""

import tensorflow as tf

from ..network.execution.replay import Replay
from ..network.structure.layers import NeuronLayer
from .forward import forward
from .kept_kernels import computed_once
from .lrp_step import Relevance
from .unweighted import in_proportion_to


def flat(replay: Replay, layer: NeuronLayer, x: tf.Tensor) -> tuple[tf.Tensor, Relevance]:
    """The rule on one layer."""
    passed = forward(replay, layer, x)
    with computed_once(passed.w):
        ones = tf.ones_like(passed.w)
    return passed.y, in_proportion_to(passed, ones)
