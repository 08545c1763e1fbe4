"""The w-square rule: relevance in proportion to the squared weights, whatever the input is.

r_x = (w^2)^T (r / sum(w^2)), w the kernel, r the relevance.

Source: Montavon et al. (2017), equation 11.
"""

import tensorflow as tf

from ..network.execution.replay import Replay
from ..network.structure.layers import NeuronLayer
from .forward import forward
from .kept_kernels import computed_once
from .lrp_step import Relevance
from .unweighted import in_proportion_to


def w_square(replay: Replay, layer: NeuronLayer, x: tf.Tensor) -> tuple[tf.Tensor, Relevance]:
    """The rule on one layer."""
    passed = forward(replay, layer, x)
    with computed_once(passed.w):
        squares = tf.square(passed.w)
    return passed.y, in_proportion_to(passed, squares)
