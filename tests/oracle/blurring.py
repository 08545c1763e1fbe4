"""Blur integrated gradients, literally: pixel by pixel, step by step."""

from math import ceil, exp

import numpy as np

from .gradient import signal
from .network import OracleNetwork


def blurred(image: np.ndarray, deviation: float) -> np.ndarray:
    """A picture blurred along its rows, then along its columns; behind a border it goes on as in a mirror."""
    return _along(_along(image, deviation).transpose(1, 0, 2), deviation).transpose(1, 0, 2)


def _along(image: np.ndarray, deviation: float) -> np.ndarray:
    if deviation == 0:
        return image
    found, reach = np.zeros(image.shape), ceil(4 * deviation)
    weights = {j: exp(-(j**2) / (2 * deviation**2)) for j in range(-reach, reach + 1)}
    for i in range(len(image)):
        for j, weight in weights.items():
            found[i] += weight / sum(weights.values()) * image[_mirrored(i + j, len(image))]
    return found


def _mirrored(i: int, size: int) -> int:
    while not 0 <= i < size:
        i = -1 - i if i < 0 else 2 * size - 1 - i
    return i


def blur_integrated_gradients(
    network: OracleNetwork, image: np.ndarray, target: int, *, steps: int = 64, blur: float = 10.0
) -> np.ndarray:
    """The sum of the gradient half way of each step times the step (Xu et al., 2020)."""
    total = np.zeros(image.shape)
    for k in range(steps):
        start, middle, end = (blurred(image, blur * ((steps - k - part) / steps) ** 2) for part in (0, 0.5, 1))
        total += signal(network, middle, target) * (end - start)
    return total
