"""The box rule (z^B): for a first layer whose inputs lie between known bounds, such as pixels.

r_x = x w^T s - l w+^T s - h w-^T s, s = r / (L(x; w) - L(l; w+) - L(h; w-)). Since w- = w - w+, that is
(x - h) w^T s + (h - l) w+^T s: two products on the way back instead of three, and what the bounds contribute to the
denominator is the same for every image.

Letters: x what a layer reads, w its kernel, r the relevance, l and h the least and the largest value that x can take; +
and - mark the parts max(., 0) and min(., 0).

Source: Montavon et al. (2017), equation 13.
"""

from dataclasses import dataclass

import numpy as np
import tensorflow as tf

from ..network.execution.replay import Replay
from ..network.structure.affine import traced_value
from ..network.structure.layers import NeuronLayer
from .forward import forward
from .kept_kernels import computed_once
from .lrp_step import Relevance, positive, share
from .transposes import transposed
from .unweighted import ROW_BY_ROW


@dataclass(frozen=True, eq=False)
class Box:
    """The rule for images between two bounds.

    Both go through the affine steps in front of the layer; where a step turns them round (a negative scale), they are
    swapped.

    Attributes
    ----------
    low, high
        The least and the largest value of the network's own input: numbers, or arrays that broadcast to [1, ...] in
        the image's shape.
    guard
        What is added to every denominator.
    """

    low: np.ndarray | float
    high: np.ndarray | float
    guard: float = 0.0

    def __call__(self, replay: Replay, layer: NeuronLayer, x: tf.Tensor) -> tuple[tf.Tensor, Relevance]:
        """The layer's output, and from the relevance there to that at x."""
        passed = forward(replay, layer, x)
        w, (low, high) = passed.w, self._ends(replay, layer)
        above = positive(w)
        with computed_once(w):
            below = tf.minimum(w, 0)
        total = passed.linear - layer.apply(replay, low, above) - layer.apply(replay, high, below)

        def back(r: tf.Tensor) -> tf.Tensor:
            s = share(r, total, self.guard)
            return (x - high) * passed.transposed(s) + (high - low) * transposed(replay, layer, x, above, s)

        return passed.y, back

    def _ends(self, replay: Replay, layer: NeuronLayer) -> tuple[tf.Tensor, tf.Tensor]:
        """The bounds of what the layer reads: one row for all images, or as many as there are where rows are mixed."""
        image = replay.value(replay.graph.image)
        before = replay.graph.producer(layer.image)
        alone = layer.linear.op in ROW_BY_ROW and not layer.routes and (before is None or before.op != "SpaceToBatchND")
        rows = tf.shape(image[:1]) if alone else tf.shape(image)
        sides = [
            tf.ensure_shape(
                tf.broadcast_to(tf.cast(side, image.dtype), rows), (1 if alone else None, *replay.graph.image_shape)
            )
            for side in (self.low, self.high)
        ]
        ends = [traced_value(replay.graph, side, layer.image) for side in sides]
        return tf.minimum(*ends), tf.maximum(*ends)


def box(low: np.ndarray | float, high: np.ndarray | float, *, guard: float = 0.0) -> Box:
    """The rule for images between `low` and `high`, [1, ...] in the image's shape or numbers; for first layers."""
    return Box(low, high, guard)
