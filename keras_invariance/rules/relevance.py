"""Sign rules of LRP and Deep Taylor: relevance split over the parts of a sum by their signs.

Letters: x what a layer reads, w its kernel, b its bias, z = L(x; w) + b, r the relevance; + and - mark the parts max(., 0) and
min(., 0). Every rule is a list of (input, kernel) terms and a bias, handed to one function:
r_x = sum_i x_i * L^T(r / (sum_i L(x_i; w_i) + b); w_i).

All parts of a denominator have one sign, so a share x w / z is never above 1 and no guard is needed but for 0 / 0 = 0.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import tensorflow as tf

from ..network.layers import NeuronLayer
from ..network.replay import Replay
from .forward import Forward, transposed


class Term(NamedTuple):
    """One part of a layer's input with the kernel that it meets."""

    x: tf.Tensor
    w: tf.Tensor


class Part(NamedTuple):
    """A list of terms, their bias, and the sum of all that."""

    terms: Sequence[Term]
    total: tf.Tensor


def part(replay: Replay, layer: NeuronLayer, terms: Sequence[Term], bias: tf.Tensor | None) -> Part:
    """The sum of L(x_i; w_i) over the terms and of the bias."""
    total = tf.add_n([layer.apply(replay, term.x, term.w) for term in terms])
    return Part(terms, total if bias is None else total + bias)


def redistributed(replay: Replay, layer: NeuronLayer, source: Part, r: tf.Tensor) -> tf.Tensor:
    """r_x = sum_i x_i * L^T(r / total; w_i), 0 / 0 = 0."""
    share = tf.math.divide_no_nan(r, source.total)
    return tf.add_n([term.x * transposed(replay, layer, term.x, term.w, share) for term in source.terms])


def positive(tensor: tf.Tensor) -> tf.Tensor:
    """max(., 0); of an eager tensor, computed once while tracing."""
    with tf.init_scope() if hasattr(tensor, "numpy") else tf.name_scope("positive"):
        return tf.nn.relu(tensor)


def negative(tensor: tf.Tensor) -> tf.Tensor:
    """min(., 0); of an eager tensor, computed once while tracing."""
    with tf.init_scope() if hasattr(tensor, "numpy") else tf.name_scope("negative"):
        return tf.minimum(tensor, 0)


def excitation(passed: Forward, *, absorb: bool) -> Part:
    """What speaks for a neuron: x+ w+ and x- w-, with b+."""
    x, w, layer = passed.x, passed.w, passed.layer
    terms = [Term(x, positive(w))]
    if not layer.non_negative:
        terms = [Term(tf.nn.relu(x), positive(w)), Term(tf.minimum(x, 0), negative(w))]
    return part(passed.replay, layer, terms, signed_bias(passed, positive) if absorb else None)


def inhibition(passed: Forward, *, absorb: bool) -> Part:
    """What speaks against a neuron: x+ w- and x- w+, with b-."""
    x, w, layer = passed.x, passed.w, passed.layer
    terms = [Term(x, negative(w))]
    if not layer.non_negative:
        terms = [Term(tf.nn.relu(x), negative(w)), Term(tf.minimum(x, 0), positive(w))]
    return part(passed.replay, layer, terms, signed_bias(passed, negative) if absorb else None)


def signed_bias(passed: Forward, sign: Callable[[tf.Tensor], tf.Tensor]) -> tf.Tensor | None:
    """One sign's part of the bias."""
    b = passed.layer.offset(passed.x.dtype)
    return None if b is None else sign(b)
