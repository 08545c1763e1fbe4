"""Black boxes, literally: one image, one mask at a time, and Shapley values by their definition."""

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations, product
from math import factorial

import numpy as np

Logit = Callable[[np.ndarray], float]


def hidden(image: np.ndarray, mask: np.ndarray, blank: np.ndarray) -> np.ndarray:
    """The image where the mask is 1, the blank where it is 0, a mix between."""
    weights = mask[..., np.newaxis] if mask.ndim < image.ndim else mask
    return weights * image + (1 - weights) * blank


def windows(places: Sequence[int], window: int, stride: int) -> Iterator[tuple[slice, ...]]:
    """Every window, the last at the end of each axis."""
    starts = [[*range(0, side - window, stride), side - window] for side in places]
    for start in product(*starts):
        yield tuple(slice(at, at + window) for at in start)


def occlusion(logit: Logit, image: np.ndarray, blank: np.ndarray, window: int, stride: int) -> np.ndarray:
    """The mean fall of the logit over the windows in which a place lies."""
    places = image.shape[:-1] if image.ndim > 1 else image.shape
    falls: dict[tuple[int, ...], list[float]] = {place: [] for place in np.ndindex(*places)}
    for one in windows(places, window, stride):
        mask = np.ones(places)
        mask[one] = 0
        fall = logit(image) - logit(hidden(image, mask, blank))
        for place, here in falls.items():
            if mask[place] == 0:
                here.append(fall)
    found = np.zeros(places)
    for place, here in falls.items():
        found[place] = np.mean(here)
    return found


def rise(logit: Logit, image: np.ndarray, blank: np.ndarray, masks: np.ndarray, expectation: float) -> np.ndarray:
    """The mean of f(M x) M over the masks, divided by their expectation."""
    total = np.zeros(masks.shape[1:])
    for mask in masks:
        total += logit(hidden(image, mask, blank)) * mask
    return total / len(masks) / expectation


def shapley(logit: Logit, image: np.ndarray, blank: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Each segment's Shapley value: what it adds to a coalition, the mean over orders of joining."""
    segments = range(labels.max() + 1)

    def worth(members: Sequence[int]) -> float:
        return logit(hidden(image, np.isin(labels, list(members)).astype(float), blank))

    values = []
    for one in segments:
        others = [segment for segment in segments if segment != one]
        value = 0.0
        for size in range(len(others) + 1):
            share = factorial(size) * factorial(len(others) - size) / factorial(len(others) + 1)
            value += sum(share * (worth((*some, one)) - worth(some)) for some in combinations(others, size))
        values.append(value)
    return np.array(values)


def ridge(shown: np.ndarray, logits: np.ndarray, weights: np.ndarray, strength: float) -> np.ndarray:
    """The coefficients of a weighted ridge regression whose intercept is free: the normal equations."""
    rows = np.concatenate([np.ones((len(shown), 1)), shown.astype(float)], axis=1)
    penalty = strength * np.diag([0.0, *np.ones(shown.shape[1])])
    return np.linalg.solve(rows.T @ (weights[:, np.newaxis] * rows) + penalty, rows.T @ (weights * logits))[1:]
