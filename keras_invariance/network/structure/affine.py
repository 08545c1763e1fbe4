"""What images become on their way through the affine steps in front of a network's first layers."""

from collections.abc import Callable, Sequence

import numpy as np
import tensorflow as tf
from jaxtyping import Float

from ..execution.compiled import compiled
from ..execution.replay import Replay
from ..graph import Graph, Value, pruned


def values_at(
    graph: Graph, image: Float[np.ndarray, "*input"], values: Sequence[Value]
) -> list[Float[np.ndarray, "..."]]:
    """Some values of the graph for one image, in float64, each with its batch axis."""
    return values_function(graph, values)(image)


def values_function(
    graph: Graph, values: Sequence[Value]
) -> Callable[[Float[np.ndarray, "*input"]], list[Float[np.ndarray, "..."]]]:
    """`values_at` for many images one after the other: traced once."""

    def run(one: tf.Tensor) -> list[tf.Tensor]:
        return [traced_value(graph, one, value) for value in values]

    # The image is an argument: TensorFlow's optimizer breaks a convolution of a constant that has a bias behind it.
    with tf.init_scope():  # also while another function is being traced
        traced = compiled(run, [tf.TensorSpec((1, *graph.image_shape), tf.float64)])

    def found(image: Float[np.ndarray, "*input"]) -> list[Float[np.ndarray, "..."]]:
        with tf.init_scope():
            return [tensor.numpy() for tensor in traced(tf.constant(image[np.newaxis], tf.float64))]

    return found


def traced_value(graph: Graph, images: tf.Tensor, value: Value) -> tf.Tensor:
    """One value of the graph for traced images."""
    replay = Replay(graph, images)
    for node in pruned(graph.nodes, value):
        replay.run(node)
    return replay.value(value)
