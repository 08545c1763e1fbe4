"""Agreement: a twin takes network 1's numbers over where its own are the same but for rounding.

A derivative is decided by comparisons: which input of a max pool is the largest, whether a ReLU's is above zero. On a
black background the inputs under a window are one number, and without biases every ReLU stands on its kink, so that
rounding decides; and a twin rounds otherwise, in the subtraction that undoes its shift and nowhere else. Everything
behind that subtraction is the same function of the same numbers. So the twin's numbers there, A(x + m) - (A(m) - A(0)),
are compared with network 1's, A(x), and where they agree within what rounding explains, network 1's are used: every
decision behind is then network 1's own, to the last bit. Where they do not agree, the twin keeps its own.

Letters: x the image before the shift, m the shift, A the affine path to the output of a first linear operation, w its
kernel.
"""

from typing import Protocol

import numpy as np
import tensorflow as tf

from ..graph import Cut, Graph, Value


class Emitted(Protocol):
    """A graph on its way into the function that is being traced (`replay.Replay`)."""

    graph: Graph
    dtype: tf.DType

    @property
    def image(self) -> tf.Tensor:
        """What is replayed."""
        ...

    def value(self, value: Value) -> tf.Tensor:
        """The tensor of a value."""
        ...

    def fresh(self) -> "Emitted":
        """The same with nothing emitted yet."""
        ...

    def run_before(self, value: Value) -> tf.Tensor:
        """Everything in front of a cut, and its value there."""
        ...


ROUNDINGS = 16.0
"""How many units of rounding of the largest possible sum, |w| |x + m| + |A(m) - A(0)|, both numbers may be apart.

A sum of n terms in any order is off by at most n units of rounding of its terms' sum, and by about sqrt(n) of their
root mean square: far below one unit of the largest possible sum. The image itself is off by half a unit. The bound only
decides whether a number is replaced by one that rounding cannot tell from it, so it may be wide.
"""


def agreed(replay: Emitted, network_1: Emitted, cut: Cut, own: tf.Tensor) -> tf.Tensor:
    """Network 1's numbers where the twin's `own` agree with them within rounding, else the twin's. [n, ...].

    `network_1` replays the images before their shift. Where there are none of them, as for network 1 itself, nothing is
    computed and `own` stays.
    """
    given = tf.shape(network_1.image)[0] > 0
    first = tf.cond(given, lambda: network_1.fresh().run_before(cut.value), lambda: own)
    first = tf.stop_gradient(tf.ensure_shape(first, own.shape))
    close = tf.abs(own - first) <= _rounding(replay, cut, own)
    derived = own - tf.stop_gradient(own)  # zero, with the derivative of the twin's own number
    return tf.ensure_shape(tf.where(close, first + derived, own), own.shape)


def _rounding(replay: Emitted, cut: Cut, own: tf.Tensor) -> tf.Tensor:
    """What rounding explains of a difference, one number per image. [n, 1, ...]."""
    image = replay.value(cut.image)
    largest = tf.reduce_max(tf.abs(image), axis=list(range(1, image.shape.rank)))
    # A dilated convolution reads every image in parts, one part of all images after the other.
    largest = tf.reduce_max(tf.reshape(largest, (-1, tf.shape(own)[0])), axis=0)
    offset = tf.reduce_max(tf.abs(replay.value(cut.offset)))
    epsilon = float(np.finfo(own.dtype.as_numpy_dtype).eps)
    sums = largest * _gain(replay, cut) + offset
    return tf.reshape(sums * tf.constant(ROUNDINGS * epsilon, own.dtype), (-1, *[1] * (own.shape.rank - 1)))


def _gain(replay: Emitted, cut: Cut) -> tf.Tensor:
    """The largest sum of |w| over the inputs of one neuron; 1 where no linear operation stands in front."""
    if cut.kernel is None:
        return tf.ones((), replay.dtype)
    kernel = replay.graph.constants[cut.kernel]
    if isinstance(kernel, tf.Variable):  # a network in training: its numbers are read whenever the function runs
        return tf.reduce_max(tf.reduce_sum(tf.abs(tf.cast(kernel.read_value(), replay.dtype)), cut.summed))
    sums = np.abs(np.asarray(kernel.numpy(), np.float64)).sum(axis=cut.summed)
    return tf.constant(sums.max(initial=0.0), replay.dtype)
