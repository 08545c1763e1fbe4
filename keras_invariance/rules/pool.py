"""Max pools: the winner takes the whole signal, and ties break alike in a network and its twin.

On a black background every value under a window is the same number, and rounding, which differs between a network and
its twin, would choose the winner: the gradients of the shipped CNN then differed by 10 % for a checkerboard shift,
though the method is invariant (2026-11-22). So the first value that is largest within rounding wins, as TensorFlow does
for exact ties. A gradient differs from TensorFlow's where two values under a window agree to six digits.

Letters: x what the pool reads, y its output, d the signal at y.
"""

import numpy as np
import tensorflow as tf

from ..network.replay import Replay
from ..network.roles import Unit
from .passage import Backward, pulled

# Values that differ by less than this many units of rounding of the image's largest output are a tie.
ROUNDING_UNITS = 16


def first_winner(replay: Replay, unit: Unit, inputs: list[tf.Tensor]) -> tuple[tf.Tensor, Backward]:
    """d to the first of the largest values under each window, ties counted within rounding."""
    y = replay.emit(unit.last, dict(zip(unit.signals, inputs, strict=True)))
    x = inputs[0]
    if unit.last.op != "MaxPool" or None in x.shape[1:] or unit.last.attributes["data_format"].s == b"NCHW":
        return y, lambda d: tf.gradients(y, inputs, grad_ys=d)
    # Later places are put back a little, in the order in which a window is read.
    nudged = x - _rounding(y) * tf.constant(_order(unit, x), x.dtype)
    chosen = replay.emit(unit.last, {unit.signals[0]: nudged})
    return y, lambda d: [pulled(chosen, nudged, d)]


def _rounding(y: tf.Tensor) -> tf.Tensor:
    """What counts as a tie, per image."""
    epsilon = float(np.finfo(y.dtype.as_numpy_dtype).eps)
    largest = tf.reduce_max(tf.abs(y), axis=list(range(1, y.shape.rank)), keepdims=True)
    return largest * tf.constant(ROUNDING_UNITS * epsilon, y.dtype)


def _order(unit: Unit, x: tf.Tensor) -> np.ndarray:
    """A number for every place, [1, h, w, 1]: under any window they grow in the order in which it is read."""
    wide = unit.last.attributes["ksize"].list.i[2]
    rows, columns = np.arange(x.shape[1]), np.arange(x.shape[2])
    return (rows[:, np.newaxis] * wide + columns)[np.newaxis, :, :, np.newaxis]
