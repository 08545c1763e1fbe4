"""The gamma rule: contributions of a neuron's own sign count 1 + gamma times.

r_x through w + gamma * w+ where z >= 0, through w + gamma * w- where z < 0, for x of both signs.

Letters: x what a layer reads, w its kernel, b its bias, z = L(x; w) + b, r the relevance; + and - mark the parts
max(., 0) and min(., 0).

Source: Montavon et al. (2019), generalised to inputs and outputs of both signs by Andeol et al. (2021).
"""

from collections.abc import Callable

import tensorflow as tf

from ..network.execution.replay import Replay
from ..network.structure.layers import NeuronLayer
from .forward import Forward, forward
from .kept_kernels import computed_once
from .lrp_step import Column, LayerRule, Relevance, Step, negative, positive, share, signed_column, signed_parts


def gamma(size: float, *, absorb: bool = True, guard: float = 0.0) -> LayerRule:
    """The rule for a gamma of this size; `guard` is added to the size of every denominator."""

    def layer_rule(replay: Replay, layer: NeuronLayer, x: tf.Tensor) -> tuple[tf.Tensor, Relevance]:
        passed = forward(replay, layer, x)
        parts = signed_parts(layer, x)
        favoured = _favoured(passed, size, positive, negative, absorb=absorb)
        opposed = _favoured(passed, size, negative, positive, absorb=absorb)

        def back(r: tf.Tensor) -> tf.Tensor:
            up = tf.where(passed.z >= 0, r, tf.zeros_like(r))
            above = Step(replay, layer, parts, [favoured])
            arrived = above.redistributed({0: share(up, above.totals[0], guard)})

            def through_opposed(down: tf.Tensor) -> tf.Tensor:
                below = Step(replay, layer, parts, [opposed])
                return below.redistributed({0: share(down, below.totals[0], -guard)})

            return arrived + _where_needed(r - up, through_opposed, arrived)

        return passed.y, back

    return layer_rule


def _where_needed(r: tf.Tensor, back: Relevance, like: tf.Tensor) -> tf.Tensor:
    """What comes back of some relevance, not computed where there is none: behind a ReLU no sum below zero has any."""
    arrived = tf.cond(tf.reduce_any(r != 0), lambda: back(r), lambda: tf.zeros_like(like))
    return tf.ensure_shape(arrived, like.shape)


def _favoured(
    passed: Forward, size: float, favoured: Callable[..., tf.Tensor], other: Callable[..., tf.Tensor], *, absorb: bool
) -> Column:
    """Kernels with the favoured sign's contributions 1 + gamma times as strong."""
    w, b = passed.w, passed.layer.offset(passed.x.dtype)
    with computed_once(w):
        along, against = w + size * favoured(w), w + size * other(w)
    bias = None if b is None or not absorb else b + size * favoured(b)
    return signed_column(passed.layer, along, against, bias)
