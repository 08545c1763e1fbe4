"""Inputs and maps of any shape as pictures: what has no height lies flat, a row of numbers."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class InputPictures:
    """Both inputs and the shift of a sample as pictures that can be compared: x and x + m have one range.

    Attributes
    ----------
    inputs
        x and x + m, uint8 [h, w, 3].
    shift
        m, uint8 [h, w, 3]: blue below zero, white at zero, red above.
    limits
        The values that are black and white in both inputs.
    reach
        The |value| of m that has the strongest colour: as much as x spans, or the largest of m where that is more.
    extents
        The least and the greatest value of x, of x + m and of m.
    """

    inputs: tuple[np.ndarray, np.ndarray]
    shift: np.ndarray
    limits: tuple[float, float]
    reach: float
    extents: tuple[tuple[float, float], tuple[float, float], tuple[float, float]]


def input_pictures(image: np.ndarray, shift: np.ndarray) -> InputPictures:
    """The pictures of x and m, each in the input's shape."""
    from keras_invariance.application import heatmap, picture

    pictured = image.ndim == 3 and image.shape[-1] in (1, 3)
    x, m = (image, shift) if pictured else (plane(image), plane(shift))
    moved = x + m
    extents = _extent(x), _extent(moved), _extent(m)
    limits = min(extents[0][0], extents[1][0]), max(extents[0][1], extents[1][1])
    reach = max(extents[0][1] - extents[0][0], float(np.abs(m).max())) or 1.0
    signed = m.mean(axis=-1) if m.ndim == 3 else m
    return InputPictures((picture(x, limits), picture(moved, limits)), heatmap(signed, reach), limits, reach, extents)


def _extent(values: np.ndarray) -> tuple[float, float]:
    return float(values.min()), float(values.max())


def plane(values: np.ndarray) -> np.ndarray:
    """A map as float32 [h, w]: channels are summed, signals [length, channels] lie flat."""
    if values.ndim == 3:
        return np.ascontiguousarray(values.sum(axis=-1), np.float32)
    if values.ndim == 2:
        return np.ascontiguousarray(values.T if values.shape[0] > 8 * values.shape[1] else values, np.float32)
    return np.ascontiguousarray(values.reshape(1, -1), np.float32)


def pair_planes(
    first: np.ndarray, second: np.ndarray, shape: tuple[int, ...] | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Both maps and their difference as [h, w].

    Where the input's shape is given, one number for each place of a signal is shown beside all of its channels.
    """
    if shape is not None and len(shape) == 2 and first.shape == (shape[0], 1):
        first, second = np.broadcast_to(first, shape), np.broadcast_to(second, shape)
    one, two = plane(first), plane(second)
    return one, two, np.ascontiguousarray(two - one)


def seen(image: np.ndarray) -> np.ndarray:
    """An input as uint8 [h, w, 3], from its least value (black) to its greatest (white)."""
    from keras_invariance.application import (
        picture,  # with its type checks, which the first paint does not wait for
    )

    return picture(image) if image.ndim == 3 and image.shape[-1] in (1, 3) else picture(plane(image))
