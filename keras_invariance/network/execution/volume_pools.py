"""Pools over volumes as two planar ones: over height and width first, then over depth.

TensorFlow's own have no float64 on a CPU, and its kernels with and without oneDNN share the signal among equal values
in different ways. Taken apart, the first of equal values wins, in the order in which a window is read. A largest value
of largest values is the largest of all; and a mean over a box is the mean of the means over its layers, at the border
too, where every layer of a box is cut alike.

In shapes, n is the number of images, d, h, w, c the depth, height, width and channels of one.
"""

from collections.abc import Callable, Mapping
from typing import Any

import tensorflow as tf

from ..graph import Node

_PLANAR: Mapping[str, Callable[..., tf.Tensor]] = {"MaxPool3D": tf.nn.max_pool2d, "AvgPool3D": tf.nn.avg_pool2d}


def is_volume_pool(node: Node) -> bool:
    """Whether the operation is a pool over volumes, channels last."""
    return node.op in _PLANAR and node.attributes["data_format"].s == b"NDHWC"


def planar_pools(node: Node, x: tf.Tensor) -> tf.Tensor:
    """What the operation makes of x. [n, d, h, w, c]."""
    attributes: Mapping[str, Any] = node.attributes
    (_, depth, *window, _), (_, step, *steps, _) = (attributes[name].list.i for name in ("ksize", "strides"))
    padding, pool = attributes["padding"].s.decode(), _PLANAR[node.op]
    n, d, h, w, c = tf.unstack(tf.shape(x))
    layers = pool(tf.reshape(x, [n * d, h, w, x.shape[-1]]), window, steps, padding)
    rows, columns = tf.shape(layers)[1], tf.shape(layers)[2]
    through = pool(tf.reshape(layers, [n, d, rows * columns, x.shape[-1]]), [depth, 1], [step, 1], padding)
    found = tf.reshape(through, [n, tf.shape(through)[1], rows, columns, c])
    return tf.ensure_shape(found, [x.shape[0], through.shape[1], layers.shape[1], layers.shape[2], x.shape[-1]])
