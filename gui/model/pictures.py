"""Inputs and maps of any shape as pictures: what has no height lies flat, a row of numbers."""

import numpy as np


def plane(values: np.ndarray) -> np.ndarray:
    """A map as float32 [h, w]: channels are summed, signals [length, channels] lie flat."""
    if values.ndim == 3:
        return np.ascontiguousarray(values.sum(axis=-1), np.float32)
    if values.ndim == 2:
        return np.ascontiguousarray(values.T if values.shape[0] > 8 * values.shape[1] else values, np.float32)
    return np.ascontiguousarray(values.reshape(1, -1), np.float32)


def pair_planes(first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Both maps and their difference as [h, w]."""
    one, two = plane(first), plane(second)
    return one, two, np.ascontiguousarray(two - one)


def seen(image: np.ndarray) -> np.ndarray:
    """An input as uint8 [h, w, 3], from its least value (black) to its greatest (white)."""
    from keras_invariance.application import (
        picture,  # with its type checks, which the first paint does not wait for
    )

    return picture(image) if image.ndim == 3 and image.shape[-1] in (1, 3) else picture(plane(image))
