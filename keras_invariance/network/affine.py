"""What one image becomes on its way through the affine steps in front of a network's first layers."""

from collections.abc import Sequence

import numpy as np
import tensorflow as tf
from jaxtyping import Float

from .compiled import compiled
from .graph import Graph, Value
from .replay import Replay


def values_at(
    graph: Graph, image: Float[np.ndarray, "*input"], values: Sequence[Value]
) -> list[Float[np.ndarray, "..."]]:
    """Some values of the graph for one image, in float64, each with its batch axis."""

    def run() -> list[tf.Tensor]:
        replay = Replay(graph, tf.constant(image[np.newaxis], tf.float64))
        for node in graph.nodes:
            replay.run(node)
        return [replay.value(value) for value in values]

    with tf.init_scope():  # also while another function is being traced
        return [tensor.numpy() for tensor in compiled(run, [])()]
