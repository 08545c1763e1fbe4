"""The flat rule: relevance evenly over a neuron's inputs, whatever they and the weights are.

r_x = 1^T (r / number of inputs), r the relevance.

Source: Lapuschkin et al. (2019).
"""

import tensorflow as tf

from ..network.execution.replay import Replay
from ..network.structure.layers import NeuronLayer
from .forward import Forward, forward
from .kept_kernels import computed_once
from .lrp_step import Relevance, share
from .transposes import transposed
from .unweighted import in_proportion_to, inside


def flat(replay: Replay, layer: NeuronLayer, x: tf.Tensor) -> tuple[tf.Tensor, Relevance]:
    """The rule on one layer."""
    passed = forward(replay, layer, x)
    if layer.linear.op in {"MatMul", "Conv2D"} and _reads_all_channels(passed):
        return passed.y, _channels_alike(passed)
    with computed_once(passed.w):
        ones = tf.ones_like(passed.w)
    return passed.y, in_proportion_to(passed, ones)


def _reads_all_channels(passed: Forward) -> bool:
    """Whether every neuron reads every channel, which lie on the last axis, so that all channels get the same."""
    linear, kernel = passed.layer.linear, passed.layer.kernel
    flipped = linear.op == "MatMul" and linear.attributes["transpose_b"].b
    first = "data_format" in linear.attributes and linear.attributes["data_format"].s == b"NCHW"
    return not (flipped or first) and kernel.shape[-2] == passed.x.shape[-1]


def _channels_alike(passed: Forward) -> Relevance:
    """The rule with one channel that stands for all, and one neuron for all: 1^T of the sum over neurons."""
    replay, layer, x = passed.replay, passed.layer, passed.x
    shape = layer.kernel.shape
    with tf.init_scope():
        taps = tf.ones((*shape[:-2], 1, 1), x.dtype)
    count = layer.apply_linear(replay, inside(passed)[..., :1], taps) * float(shape[-2])

    def back(r: tf.Tensor) -> tf.Tensor:
        own = passed.before_routes(r)
        s = share(tf.reduce_sum(own, -1, keepdims=True), count)
        arrived = transposed(replay, layer.without_routes(), x[..., :1], taps, s)
        return tf.broadcast_to(arrived, tf.shape(x))

    return back
