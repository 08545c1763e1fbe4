"""The sign rules themselves: alpha-beta, gamma, w-square, flat and the z-box, one deviation from the LRP step each.

Letters: x what a layer reads, w its kernel, b its bias, z = L(x; w) + b, y = a(z), r the relevance, l and h the least
and the largest value that x can take; + and - mark the parts max(., 0) and min(., 0).
"""

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np
import tensorflow as tf

from ..network.affine import traced_value
from ..network.layers import NeuronLayer
from ..network.replay import Replay
from ..network.roles import Unit
from .forward import Forward, forward
from .once import once
from .passage import Backward, Rule
from .relevance import Blocks, Column, negative, positive, share
from .transposes import transposed

# Routes that put zeros around what they read.
PADDINGS = frozenset({"Pad", "SpaceToBatchND"})
# Linear operations that treat each row of a batch by itself, however many there are.
ROW_BY_ROW = frozenset({"MatMul", "Conv2D", "Conv3D", "DepthwiseConv2dNative"})

Relevance: TypeAlias = Callable[[tf.Tensor], tf.Tensor]
LayerRule: TypeAlias = Callable[[Replay, NeuronLayer, tf.Tensor], tuple[tf.Tensor, Relevance]]
"""A neuron layer's output on x, and the way of relevance from it to x; activations pass relevance."""


def rule(layer_rule: LayerRule) -> Rule:
    """A rule for units from a rule for neuron layers."""

    def neurons(replay: Replay, unit: Unit, inputs: list[tf.Tensor]) -> tuple[tf.Tensor, Backward]:
        if unit.layer is None:
            raise TypeError(f"{unit.name} is no neuron layer")
        y, back = layer_rule(replay, unit.layer, inputs[0])
        return y, lambda r: [back(r)]

    return neurons


def alpha_beta(alpha: float, beta: float, *, absorb: bool) -> LayerRule:
    """r_x = alpha * R(x+ w+, x- w-, b+) - beta * R(x+ w-, x- w+, b-), alpha - beta = 1.

    Positive parts take b+ and negative parts b-. Source: Bach et al. (2015), equation 60; Montavon et al. (2019).
    """

    def layer_rule(replay: Replay, layer: NeuronLayer, x: tf.Tensor) -> tuple[tf.Tensor, Relevance]:
        w, b = layer.weights(x.dtype), layer.offset(x.dtype)
        bias = b if absorb else None
        excited = _column(layer, positive(w), negative(w), None if bias is None else positive(bias))
        if not beta:
            y = forward(replay, layer, x).y
            blocks = Blocks(replay, layer, _parts(layer, x), [excited])
            return y, lambda r: blocks.redistributed({0: alpha * share(r, blocks.totals[0])})
        inhibited = _column(layer, negative(w), positive(w), None if bias is None else negative(bias))
        blocks = Blocks(replay, layer, _parts(layer, x), [excited, inhibited])
        y = _output(replay, layer, x, blocks, None if absorb else b)
        return y, lambda r: blocks.redistributed(
            {0: alpha * share(r, blocks.totals[0]), 1: -beta * share(r, blocks.totals[1])}
        )

    return layer_rule


def _output(replay: Replay, layer: NeuronLayer, x: tf.Tensor, blocks: Blocks, missing: tf.Tensor | None) -> tf.Tensor:
    """A layer's output. What speaks for and against a neuron adds up to z, so that the plain product is not computed.

    A twin's first layers are: there it takes network 1's numbers over (`agreement`).
    """
    if layer.first and replay.graph.cuts:
        return forward(replay, layer, x).y
    z = blocks.totals[0] + blocks.totals[1]
    return layer.activated(replay, z if missing is None else z + missing)


def gamma(size: float, *, absorb: bool) -> LayerRule:
    """r_x through w + gamma * w+ where z >= 0, through w + gamma * w- where z < 0, for x of both signs.

    Source: Montavon et al. (2019), generalised to inputs and outputs of both signs by Andeol et al. (2021).
    """

    def layer_rule(replay: Replay, layer: NeuronLayer, x: tf.Tensor) -> tuple[tf.Tensor, Relevance]:
        passed = forward(replay, layer, x)
        favoured = _favoured(passed, size, positive, negative, absorb=absorb)
        opposed = _favoured(passed, size, negative, positive, absorb=absorb)
        both = Blocks(replay, layer, _parts(layer, x), [favoured, opposed])

        def back(r: tf.Tensor) -> tf.Tensor:
            up = tf.where(passed.z >= 0, r, tf.zeros_like(r))
            return both.redistributed({0: share(up, both.totals[0]), 1: share(r - up, both.totals[1])})

        return passed.y, back

    return layer_rule


def w_square(replay: Replay, layer: NeuronLayer, x: tf.Tensor) -> tuple[tf.Tensor, Relevance]:
    """r_x = (w^2)^T (r / sum(w^2)), whatever x is. Source: Montavon et al. (2017), equation 11."""
    passed = forward(replay, layer, x)
    with once(passed.w):
        squares = tf.square(passed.w)
    return passed.y, _spread(passed, squares)


def flat(replay: Replay, layer: NeuronLayer, x: tf.Tensor) -> tuple[tf.Tensor, Relevance]:
    """r_x = 1^T (r / number of inputs), whatever x and w are. Source: Lapuschkin et al. (2019)."""
    passed = forward(replay, layer, x)
    with once(passed.w):
        ones = tf.ones_like(passed.w)
    return passed.y, _spread(passed, ones)


def z_box(low: np.ndarray, high: np.ndarray) -> LayerRule:
    """r_x = x w^T s - l w+^T s - h w-^T s, s = r / (L(x; w) - L(l; w+) - L(h; w-)), for first layers.

    `low` and `high`, [1, ...] in the image's shape, go through the affine steps in front of the layer; where a step
    turns them round (a negative scale), they are swapped. Source: Montavon et al. (2017), equation 13.
    """

    def layer_rule(replay: Replay, layer: NeuronLayer, x: tf.Tensor) -> tuple[tf.Tensor, Relevance]:
        y, w = forward(replay, layer, x).y, layer.weights(x.dtype)
        image = replay.value(replay.graph.image)
        sides = [tf.broadcast_to(tf.cast(side, x.dtype), tf.shape(image)) for side in (low, high)]
        ends = [traced_value(replay.graph, side, layer.image) for side in sides]
        with once(w):
            column = Column([w, -tf.nn.relu(w), -tf.minimum(w, 0)])
        blocks = Blocks(replay, layer, [x, tf.minimum(*ends), tf.maximum(*ends)], [column])
        return y, lambda r: blocks.redistributed({0: share(r, blocks.totals[0])})

    return layer_rule


def _parts(layer: NeuronLayer, x: tf.Tensor) -> list[tf.Tensor]:
    """X+ and x-, or x alone where it is known to have no negative part."""
    return [x] if layer.non_negative else [tf.nn.relu(x), tf.minimum(x, 0)]


def _column(layer: NeuronLayer, upper: tf.Tensor, lower: tf.Tensor, bias: tf.Tensor | None) -> Column:
    """The kernels that x+ and x- meet."""
    kernels: Sequence[tf.Tensor] = [upper] if layer.non_negative else [upper, lower]
    return Column(kernels, bias)


def _favoured(
    passed: Forward, size: float, favoured: Callable[..., tf.Tensor], other: Callable[..., tf.Tensor], *, absorb: bool
) -> Column:
    """Kernels with the favoured sign's contributions 1 + gamma times as strong."""
    w, b = passed.w, passed.layer.offset(passed.x.dtype)
    with once(w):
        along, against = w + size * favoured(w), w + size * other(w)
    bias = None if b is None or not absorb else b + size * favoured(b)
    return _column(passed.layer, along, against, bias)


def _spread(passed: Forward, kernel: tf.Tensor) -> Relevance:
    """Relevance spread over the inputs in proportion to a kernel alone; its sums are the same for every image."""
    total = passed.layer.apply(passed.replay, _inside(passed), kernel)
    return lambda r: transposed(
        passed.replay, passed.layer, passed.x, kernel, share(r, tf.broadcast_to(total, tf.shape(r)))
    )


def _inside(passed: Forward) -> tf.Tensor:
    """1 for every input of a layer, 0 for padding that was put around it, which takes no share.

    One row stands for all images, except where reshapes or the operation itself count on the batch's size.
    """
    replay, layer = passed.replay, passed.layer
    before = replay.graph.producer(layer.image)
    ones = tf.ones_like(passed.x)
    if before is not None and before.op in PADDINGS:
        ones = replay.emit(before, {before.inputs[0]: tf.ones_like(replay.value(before.inputs[0]))})
    return ones[:1] if layer.linear.op in ROW_BY_ROW and not layer.routes else ones
