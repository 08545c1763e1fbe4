"""Transposes of linear operations, in the form that is fastest on a CPU.

A dense layer's kernel is transposed once, while tracing, if it is not too large to keep (`kept_kernels`): the product
with a transposed matrix costs two to three times the plain one. A convolution of few channels, as nearly every first
layer is, runs back as one product over the channels and a sum of shifted taps, which takes 0.4 to 0.75 of TensorFlow's
own transposed convolution. The rest is TensorFlow's derivative (`benchmarks/transposes.py` measures both).

Letters: x what the layer reads, w a kernel of its shape, d the signal at its output.
"""

import tensorflow as tf

from ..network.execution.replay import Replay
from ..network.structure.layers import NeuronLayer
from ..network.structure.padding import dilations, paddings, strides
from .backward import vjp
from .kept_kernels import computed_once, is_kept

# Up to this many input channels the sum of taps is the faster way.
FEW_CHANNELS = 4


def transposed(replay: Replay, layer: NeuronLayer, x: tf.Tensor, w: tf.Tensor, d: tf.Tensor) -> tf.Tensor:
    """L^T(d; w): from the shape of the layer's pre-activation to that of x."""
    if layer.linear.op == "MatMul" and not layer.linear.attributes["transpose_b"].b:
        signal = _before_routes(replay, layer, x, w, d)
        if not is_kept(w):
            return tf.matmul(signal, w, transpose_b=True)
        with tf.init_scope():
            across = tf.transpose(w)
        return tf.matmul(signal, across)
    if _few_channels(layer, x, w):
        return _sum_of_taps(layer, x, w, _before_routes(replay, layer, x, w, d))
    return vjp(layer.apply(replay, x, w), x, d)


def _before_routes(replay: Replay, layer: NeuronLayer, x: tf.Tensor, w: tf.Tensor, d: tf.Tensor) -> tf.Tensor:
    """The signal at the linear operation's own output."""
    if not layer.routes:
        return d
    own = layer.apply_linear(replay, x, w)
    return vjp(layer.routed(replay, own), own, d)


def _few_channels(layer: NeuronLayer, x: tf.Tensor, w: tf.Tensor) -> bool:
    """Whether the layer is a plain convolution of pictures with few channels, all of which every neuron reads."""
    linear = layer.linear
    if linear.op != "Conv2D" or linear.attributes["data_format"].s == b"NCHW" or None in x.shape[1:]:
        return False
    simple = set(strides(layer)) == {1} and set(dilations(layer)) == {1} and max(w.shape[:2]) > 1
    return simple and x.shape[-1] <= FEW_CHANNELS and x.shape[-1] == w.shape[2]


def _sum_of_taps(layer: NeuronLayer, x: tf.Tensor, w: tf.Tensor, d: tf.Tensor) -> tf.Tensor:
    """For every tap its part of the signal, put where the tap reads, all added up."""
    high, wide, channels, neurons = w.shape
    with computed_once(w):
        columns = tf.reshape(tf.transpose(w, (3, 0, 1, 2)), (1, 1, neurons, high * wide * channels))
    taps = tf.split(tf.nn.conv2d(d, columns, 1, "VALID"), high * wide, axis=-1)
    (top, bottom), (left, right) = paddings(layer, x)
    rows, width = top + x.shape[1] + bottom, left + x.shape[2] + right
    places = [(i, j) for i in range(high) for j in range(wide)]
    shifted = [
        tf.pad(tap, [[0, 0], [i, rows - d.shape[1] - i], [j, width - d.shape[2] - j], [0, 0]])
        for tap, (i, j) in zip(taps, places, strict=True)
    ]
    return tf.add_n(shifted)[:, top : rows - bottom, left : width - right]
