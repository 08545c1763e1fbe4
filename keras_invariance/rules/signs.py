"""The sign rules themselves: alpha-beta, gamma, w-square, flat and the z-box, one deviation from the LRP step each.

Letters: x what a layer reads, w its kernel, b its bias, z = L(x; w) + b, y = a(z), r the relevance, l and h the least and the
largest value that x can take; + and - mark the parts max(., 0) and min(., 0).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import tensorflow as tf

from ..network.layers import NeuronLayer
from ..network.replay import Replay
from ..network.roles import Unit
from .forward import Forward, forward, transposed
from .passage import Backward, Rule
from .relevance import Part, Term, excitation, inhibition, negative, part, positive, redistributed, signed_bias

PADDINGS = frozenset({"Pad", "SpaceToBatchND"})

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
        if not beta:
            passed = forward(replay, layer, x)
            excited = excitation(passed, absorb=absorb)
            return passed.y, lambda r: alpha * redistributed(replay, layer, excited, r)
        passed = _unrun(replay, layer, x)
        excited, inhibited = excitation(passed, absorb=absorb), inhibition(passed, absorb=absorb)
        y = layer.activated(replay, _whole(layer, excited, inhibited, absorb=absorb))
        return (
            y,
            lambda r: (
                alpha * redistributed(replay, layer, excited, r) - beta * redistributed(replay, layer, inhibited, r)
            ),
        )

    return layer_rule


def gamma(size: float, *, absorb: bool) -> LayerRule:
    """r_x through w + gamma * w+ where z >= 0, through w + gamma * w- where z < 0, for x of both signs.

    Source: Montavon et al. (2019), generalised to inputs and outputs of both signs by Andeol et al. (2021).
    """

    def layer_rule(replay: Replay, layer: NeuronLayer, x: tf.Tensor) -> tuple[tf.Tensor, Relevance]:
        passed = forward(replay, layer, x)
        favoured = _favoured(passed, size, positive, negative, absorb=absorb)
        if [node.op for node in layer.activation] == ["Relu"]:
            return passed.y, lambda r: redistributed(replay, layer, favoured, r)  # no relevance where z < 0
        opposed = _favoured(passed, size, negative, positive, absorb=absorb)
        return passed.y, lambda r: _by_sign(passed, favoured, opposed, r)

    return layer_rule


def w_square(replay: Replay, layer: NeuronLayer, x: tf.Tensor) -> tuple[tf.Tensor, Relevance]:
    """r_x = (w^2)^T (r / sum(w^2)), whatever x is. Source: Montavon et al. (2017), equation 11."""
    passed = forward(replay, layer, x)
    with tf.init_scope():
        squares = tf.square(passed.w)
    return passed.y, _spread(passed, squares)


def flat(replay: Replay, layer: NeuronLayer, x: tf.Tensor) -> tuple[tf.Tensor, Relevance]:
    """r_x = 1^T (r / number of inputs), whatever x and w are. Source: Lapuschkin et al. (2019)."""
    passed = forward(replay, layer, x)
    with tf.init_scope():
        ones = tf.ones_like(passed.w)
    return passed.y, _spread(passed, ones)


@dataclass(frozen=True, eq=False)
class Bounds:
    """The least and the largest value that a layer's input can take, each [1, ...] in the input's shape."""

    low: tf.Tensor
    high: tf.Tensor


def z_box(bounds: Mapping[str, Bounds]) -> LayerRule:
    """r_x = x w^T s - l w+^T s - h w-^T s, s = r / (L(x; w) - L(l; w+) - L(h; w-)), for layers named in `bounds`.

    Source: Montavon et al. (2017), equation 13.
    """

    def layer_rule(replay: Replay, layer: NeuronLayer, x: tf.Tensor) -> tuple[tf.Tensor, Relevance]:
        passed = forward(replay, layer, x)
        bound = bounds[layer.name]
        low, high = (tf.broadcast_to(tf.cast(side, x.dtype), tf.shape(x)) for side in (bound.low, bound.high))
        with tf.init_scope():
            against_low, against_high = -tf.nn.relu(passed.w), -tf.minimum(passed.w, 0)
        terms = [Term(x, passed.w), Term(low, against_low), Term(high, against_high)]
        boxed = part(replay, layer, terms, None)
        return passed.y, lambda r: redistributed(replay, layer, boxed, r)

    return layer_rule


def _unrun(replay: Replay, layer: NeuronLayer, x: tf.Tensor) -> Forward:
    """A forward pass that is put together from its parts later, so that the plain product is not computed."""
    return Forward(replay, layer, x, layer.weights(x.dtype), x, x, x)


def _whole(layer: NeuronLayer, excited: Part, inhibited: Part, *, absorb: bool) -> tf.Tensor:
    """z as the sum of what speaks for and what against each neuron."""
    z = excited.total + inhibited.total
    b = layer.offset(z.dtype)
    return z if absorb or b is None else z + b


def _favoured(
    passed: Forward, size: float, favoured: Callable[..., tf.Tensor], other: Callable[..., tf.Tensor], *, absorb: bool
) -> Part:
    """Terms with the favoured sign's contributions 1 + gamma times as strong."""
    x, w = passed.x, passed.w
    with tf.init_scope():
        along, against = w + size * favoured(w), w + size * other(w)
    terms = [Term(x, along)]
    if not passed.layer.non_negative:
        terms = [Term(tf.nn.relu(x), along), Term(tf.minimum(x, 0), against)]
    b, extra = passed.layer.offset(x.dtype), signed_bias(passed, favoured)
    return part(passed.replay, passed.layer, terms, b + size * extra if absorb and b is not None else None)


def _by_sign(passed: Forward, favoured: Part, opposed: Part, r: tf.Tensor) -> tf.Tensor:
    up = tf.where(passed.z >= 0, r, tf.zeros_like(r))
    above = redistributed(passed.replay, passed.layer, favoured, up)
    return above + redistributed(passed.replay, passed.layer, opposed, r - up)


def _spread(passed: Forward, kernel: tf.Tensor) -> Relevance:
    """Relevance spread over the inputs in proportion to a kernel alone; its sums are the same for every image."""
    total = passed.layer.apply(passed.replay, _inside(passed), kernel)
    return lambda r: transposed(
        passed.replay, passed.layer, passed.x, kernel, tf.math.divide_no_nan(r, tf.broadcast_to(total, tf.shape(r)))
    )


def _inside(passed: Forward) -> tf.Tensor:
    """1 for every input of a layer, 0 for padding that was put around it, which takes no share.

    One row stands for all images, except where reshapes behind the layer count on the batch's size.
    """
    x, replay = passed.x, passed.replay
    before = replay.graph.producer(passed.layer.image)
    if before is not None and before.op in PADDINGS:
        ones = replay.emit(before, {before.inputs[0]: tf.ones_like(replay.value(before.inputs[0]))})
        return ones if passed.layer.routes else ones[:1]
    return tf.ones_like(x) if passed.layer.routes else tf.ones_like(x[:1])
