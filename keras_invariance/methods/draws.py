"""Draws: what a method's random numbers depend on, its seed, an image's key and the number of the draw, and no more.

So a network and its twin, and an image alone or in a batch, meet the same.
"""

import numpy as np
from jaxtyping import Int, Shaped


def keys_of(keys: Shaped[np.ndarray, " n"] | None, count: int) -> Int[np.ndarray, " n"]:
    """The key of each image; images with the same key meet the same draws, and without keys all share one."""
    return np.zeros(count, np.int64) if keys is None else np.asarray(keys, np.int64)


def generator(*numbers: int) -> np.random.Generator:
    """Draws that depend on these numbers alone."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(numbers)))
