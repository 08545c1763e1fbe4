"""Max pools: the winner takes the whole signal, and ties break alike in a network and its twin.

On a black background every value under a window is the same number, and rounding, which differs between a network and
its twin, would choose the winner: the gradients of the shipped CNN then differed by 10 % for a checkerboard shift,
though the method is invariant (2026-11-22). So the first value that is largest within rounding wins, as TensorFlow does
for exact ties under a window. A gradient differs from TensorFlow's where two values agree to six digits; and a maximum
along whole axes, whose signal TensorFlow shares among exact ties, has one winner too.

Letters: x what the pool reads, y its output, d the signal at y.
"""

import numpy as np
import tensorflow as tf

from ..network.replay import Replay
from ..network.roles import Unit
from .passage import Backward, pulled

# Values that differ by less than this many units of rounding of the image's largest output are a tie.
ROUNDING_UNITS = 16
_WINDOWED = ("MaxPool", "MaxPool3D")


def first_winner(replay: Replay, unit: Unit, inputs: list[tf.Tensor]) -> tuple[tf.Tensor, Backward]:
    """d to the first of the largest values under each window, ties counted within rounding."""
    y = replay.emit(unit.last, dict(zip(unit.signals, inputs, strict=True)))
    x = inputs[0]
    if unit.last.op == "Max":
        axes = _reduced(replay, unit, x)
        return y, (lambda d: [_to_first(x, y, axes, d)]) if axes else (lambda d: tf.gradients(y, inputs, grad_ys=d))
    if unit.last.op not in _WINDOWED or None in x.shape[1:] or _channels_first(unit):
        return y, lambda d: tf.gradients(y, inputs, grad_ys=d)
    # Later places are put back a little, in the order in which a window is read.
    nudged = x - _rounding(y) * tf.constant(_order(unit, x), x.dtype)
    chosen = replay.emit(unit.last, {unit.signals[0]: nudged})
    return y, lambda d: [pulled(chosen, nudged, d)]


def _reduced(replay: Replay, unit: Unit, x: tf.Tensor) -> list[int]:
    """The axes over which a `Max` goes; none where they are not known, or the batch is one of them."""
    known = tf.get_static_value(replay.value(unit.last.inputs[1]))
    if known is None or x.shape.rank is None or None in x.shape[1:]:
        return []
    axes = sorted({int(axis) % x.shape.rank for axis in np.ravel(known)})
    return axes if 0 not in axes else []


def _to_first(x: tf.Tensor, y: tf.Tensor, axes: list[int], d: tf.Tensor) -> tf.Tensor:
    """d at the first of the largest values along some axes, in the order in which they are stored."""
    others = [axis for axis in range(x.shape.rank) if axis not in axes]
    order, batch = [*others, *axes], tf.shape(x)[:1]
    sizes = [x.shape[axis] for axis in others[1:]]
    rows, one = tf.concat([batch, sizes, [-1]], axis=0), tf.concat([batch, sizes, [1]], axis=0)
    values, largest = tf.reshape(tf.transpose(x, order), rows), tf.reshape(y, one)
    tie = tf.reshape(_rounding(y), tf.concat([batch, [1] * len(others)], axis=0))
    first = tf.argmax(values >= largest - tie, axis=-1)
    count = int(np.prod([x.shape[axis] for axis in axes]))
    signal = tf.reshape(d, one) * tf.one_hot(first, count, dtype=d.dtype)
    back = tf.reshape(signal, tf.concat([batch, [x.shape[axis] for axis in order[1:]]], axis=0))
    return tf.transpose(back, np.argsort(order))


def _channels_first(unit: Unit) -> bool:
    return unit.last.attributes["data_format"].s in (b"NCHW", b"NCDHW")


def _rounding(y: tf.Tensor) -> tf.Tensor:
    """What counts as a tie, per image."""
    epsilon = float(np.finfo(y.dtype.as_numpy_dtype).eps)
    largest = tf.reduce_max(tf.abs(y), axis=list(range(1, y.shape.rank)), keepdims=True)
    return largest * tf.constant(ROUNDING_UNITS * epsilon, y.dtype)


def _order(unit: Unit, x: tf.Tensor) -> np.ndarray:
    """A number for every place, [1, (d,) h, w, 1]: under any window they grow in the order in which it is read."""
    order = np.zeros((), np.int64)
    for window, size in zip(unit.last.attributes["ksize"].list.i[1:-1], x.shape[1:-1], strict=True):
        order = order[..., np.newaxis] * window + np.arange(size)
    return np.asarray(order[np.newaxis, ..., np.newaxis])
