"""Relevance in proportion to a kernel alone: what the flat and the w-square rule share.

Letters: x what a layer reads, r the relevance at its output.
"""

import tensorflow as tf

from .forward import Forward
from .lrp_step import Relevance, share
from .transposes import transposed

# Routes that put zeros around what they read.
PADDINGS = frozenset({"Pad", "SpaceToBatchND"})
# Linear operations that treat each row of a batch by itself, however many there are.
ROW_BY_ROW = frozenset({"MatMul", "Conv2D", "Conv3D", "DepthwiseConv2dNative"})


def in_proportion_to(passed: Forward, kernel: tf.Tensor) -> Relevance:
    """Relevance spread over the inputs in proportion to a kernel alone; its sums are the same for every image."""
    total = passed.layer.apply(passed.replay, inside(passed), kernel)
    return lambda r: transposed(
        passed.replay, passed.layer, passed.x, kernel, share(r, tf.broadcast_to(total, tf.shape(r)))
    )


def inside(passed: Forward) -> tf.Tensor:
    """1 for every input of a layer, 0 for padding that was put around it, which takes no share.

    One row stands for all images, except where reshapes or the operation itself count on the batch's size.
    """
    replay, layer = passed.replay, passed.layer
    before = replay.graph.producer(layer.image)
    ones = tf.ones_like(passed.x)
    if before is not None and before.op in PADDINGS:
        ones = replay.emit(before, {before.inputs[0]: tf.ones_like(replay.value(before.inputs[0]))})
    return ones[:1] if layer.linear.op in ROW_BY_ROW and not layer.routes else ones
