"""Maps brought from a layer's places to the image's: resized, or spread so that their sum stays.

Both are linear along each axis by itself, so that one small matrix an axis does it, for signals, pictures and volumes
alike and in every number type.

In shapes, n is the number of images and k that of channels.
"""

from collections.abc import Callable, Sequence

import numpy as np
import tensorflow as tf
from jaxtyping import Float


def linear_weights(size: int, places: int) -> Float[np.ndarray, "size places"]:
    """What each of `size` places reads of `places` others by linear interpolation; each row sums to 1.

    Place i lies at (i + 1/2) / size of the axis, as pixels' centres do; beyond the outermost centres the outermost
    value holds. Along two axes this is `tf.image.resize(method="bilinear")`.
    """
    centres = np.clip((np.arange(size) + 0.5) * places / size - 0.5, 0, places - 1)
    lower = np.minimum(np.floor(centres).astype(int), max(places - 2, 0))
    upper, share = np.minimum(lower + 1, places - 1), centres - lower
    weights = np.zeros((size, places))
    np.add.at(weights, (np.arange(size), lower), 1 - share)
    np.add.at(weights, (np.arange(size), upper), share)
    return weights


def spreading_weights(size: int, places: int) -> Float[np.ndarray, "size places"]:
    """How `places` values are spread over `size` places: as they would be interpolated, but each column sums to 1.

    Where there are fewer places than values some value may be read by none; it goes to the nearest.
    """
    weights = linear_weights(size, places)
    unread = np.flatnonzero(weights.sum(axis=0) == 0)
    weights[np.minimum((unread + 0.5) * size / places, size - 1).astype(int), unread] = 1.0
    return np.asarray(weights / weights.sum(axis=0))


def resized(maps: tf.Tensor, sizes: Sequence[int]) -> tf.Tensor:
    """Maps [n, *places, k] interpolated linearly to [n, *sizes, k], pixels' centres on pixels' centres."""
    return _along_axes(maps, sizes, linear_weights)


def spread(maps: tf.Tensor, sizes: Sequence[int]) -> tf.Tensor:
    """Maps [n, *places, k] spread smoothly over [n, *sizes, k]; the sum over all places stays."""
    return _along_axes(maps, sizes, spreading_weights)


def _along_axes(
    maps: tf.Tensor, sizes: Sequence[int], weights: Callable[[int, int], Float[np.ndarray, "size places"]]
) -> tf.Tensor:
    for axis, size in enumerate(sizes, start=1):
        places = int(maps.shape[axis])
        if places != size:
            matrix = tf.constant(weights(size, places), maps.dtype)
            last = maps.shape.rank - 1
            turned = tf.tensordot(maps, matrix, [[axis], [1]])  # the axis is now the last one
            maps = tf.transpose(turned, [*range(axis), last, *range(axis, last)])
    return maps
