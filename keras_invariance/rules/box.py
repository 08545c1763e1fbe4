"""The box rule (z^B): for a first layer whose inputs lie between known bounds, such as pixels.

r_x = x w^T s - l w+^T s - h w-^T s, s = r / (L(x; w) - L(l; w+) - L(h; w-)).

Letters: x what a layer reads, w its kernel, r the relevance, l and h the least and the largest value that x can take; +
and - mark the parts max(., 0) and min(., 0).

Source: Montavon et al. (2017), equation 13.
"""

import numpy as np
import tensorflow as tf

from ..network.execution.replay import Replay
from ..network.structure.affine import traced_value
from ..network.structure.layers import NeuronLayer
from .forward import forward
from .kept_kernels import computed_once
from .lrp_step import Column, LayerRule, Relevance, Step, share


def box(low: np.ndarray, high: np.ndarray) -> LayerRule:
    """The rule for images between `low` and `high`, [1, ...] in the image's shape.

    Both go through the affine steps in front of the layer; where a step turns them round (a negative scale), they are
    swapped.
    """

    def layer_rule(replay: Replay, layer: NeuronLayer, x: tf.Tensor) -> tuple[tf.Tensor, Relevance]:
        y, w = forward(replay, layer, x).y, layer.weights(x.dtype)
        image = replay.value(replay.graph.image)
        sides = [tf.broadcast_to(tf.cast(side, x.dtype), tf.shape(image)) for side in (low, high)]
        ends = [traced_value(replay.graph, side, layer.image) for side in sides]
        with computed_once(w):
            column = Column([w, -tf.nn.relu(w), -tf.minimum(w, 0)])
        step = Step(replay, layer, [x, tf.minimum(*ends), tf.maximum(*ends)], [column])
        return y, lambda r: step.redistributed({0: share(r, step.totals[0])})

    return layer_rule
