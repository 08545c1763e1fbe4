"""Padding: how many zeros a convolution puts around what it reads, and the same convolution without any."""

from dataclasses import replace

import tensorflow as tf

from ..graph import Node
from .layers import NeuronLayer

PADDED = frozenset({"Conv2D", "Conv3D", "DepthwiseConv2dNative"})


def paddings(layer: NeuronLayer, x: tf.Tensor) -> list[list[int]]:
    """Zeros before and after along each spatial axis of a convolution's input [n, ..., c]."""
    attributes = layer.linear.attributes
    spatial = x.shape.rank - 2
    if attributes["padding"].s == b"VALID":
        return [[0, 0]] * spatial
    if attributes["padding"].s == b"EXPLICIT":
        flat = list(attributes["explicit_paddings"].list.i)
        return [[int(flat[2 * axis]), int(flat[2 * axis + 1])] for axis in range(1, spatial + 1)]
    sizes = zip(x.shape[1:-1], layer.kernel.shape, strides(layer), dilations(layer), strict=False)
    return [_same(*size) for size in sizes]


def strides(layer: NeuronLayer) -> list[int]:
    """A convolution's stride along each spatial axis."""
    return list(layer.linear.attributes["strides"].list.i)[1:-1]


def dilations(layer: NeuronLayer) -> list[int]:
    """A convolution's dilation along each spatial axis."""
    stated = list(layer.linear.attributes["dilations"].list.i)[1:-1]
    return stated or [1] * len(strides(layer))


def unpadded(layer: NeuronLayer, x: tf.Tensor) -> tuple[Node, tf.Tensor]:
    """A layer's linear operation without padding, and its input with the padding made explicit.

    Only then is x - c the same for every tap of a kernel at every position.
    """
    node = layer.linear
    if node.op not in PADDED or node.attributes["padding"].s == b"VALID":
        return node, x
    attributes = dict(node.attributes)
    attributes["padding"] = tf.compat.v1.AttrValue(s=b"VALID")
    attributes.pop("explicit_paddings", None)
    return replace(node, attributes=attributes), tf.pad(x, [[0, 0], *paddings(layer, x), [0, 0]])


def _same(size: int, kernel: int, stride: int, dilation: int) -> list[int]:
    """TensorFlow's SAME padding of one axis."""
    reach = (kernel - 1) * dilation + 1
    total = max((-(-size // stride) - 1) * stride + reach - size, 0)
    return [total // 2, total - total // 2]
