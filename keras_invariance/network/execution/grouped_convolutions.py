"""Convolutions in groups, taken apart into plain ones: not every CPU kernel of TensorFlow knows them.

With a bias and an activation behind it TensorFlow fuses such a convolution into an operation that then refuses groups.
Its derivative is refused in float64 on every CPU, and in float32 on those without oneDNN.
"""

from collections.abc import Callable

import tensorflow as tf

from ..graph import Node

Operation = Callable[[str, list[tf.Tensor]], tf.Tensor]
"""Creates an operation of this kind, with the attributes of the one that is taken apart."""


def groups(node: Node, tensors: list[tf.Tensor]) -> int:
    """In how many groups a convolution reads its channels; 1 for all other operations."""
    if node.op not in {"Conv2D", "Conv3D"}:
        return 1
    channels, read = tensors[0].shape[_channel_axis(node, tensors)], tensors[1].shape[-2]
    return 1 if channels is None or not read else int(channels // read)


def grouped(node: Node, tensors: list[tf.Tensor], count: int, operation: Operation) -> tf.Tensor:
    """What a convolution in `count` groups makes of an image and a kernel: each group by itself, side by side."""
    image, kernel = tensors
    axis = _channel_axis(node, tensors)
    if kernel.shape[-2] == 1 and _depthwise(node):
        *window, _, neurons = kernel.shape
        return operation("DepthwiseConv2dNative", [image, tf.reshape(kernel, (*window, count, neurons // count))])
    parts = zip(tf.split(image, count, axis), tf.split(kernel, count, -1), strict=True)
    return tf.concat([operation(node.op, list(part)) for part in parts], axis)


def _channel_axis(node: Node, tensors: list[tf.Tensor]) -> int:
    first = node.attributes["data_format"].s.startswith(b"NC")
    return 1 if first else int(tensors[0].shape.rank) - 1


def _depthwise(node: Node) -> bool:
    """Whether a convolution whose groups have one channel each is what TensorFlow calls a depthwise one."""
    if node.op != "Conv2D" or node.attributes["data_format"].s != b"NHWC":
        return False
    strides, dilations = node.attributes["strides"].list.i, node.attributes["dilations"].list.i
    return strides[1] == strides[2] and set(dilations) <= {1}
