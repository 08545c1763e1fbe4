"""Segments: the parts of an image that are shown or hidden as wholes, each place with the number of its segment."""

from math import prod
from typing import Any

import numpy as np
from jaxtyping import Float, Int, Shaped

from ..errors import MethodError

GRAIN = 2.0**-10
"""Shares of an image's range to which it is rounded before it is cut, so that rounding cuts a twin's alike."""


COMPACTNESS = (0.1, 1.0, 10.0, 100.0)
"""How much nearness counts beside likeness; the next where a noisy picture has fewer than half the segments asked."""


def segments_of(
    image: Float[np.ndarray, "*input"], places: tuple[int, ...], chosen: Any, count: int
) -> Int[np.ndarray, "*places"]:
    """The segment of each place, numbered from 0 on.

    Parameters
    ----------
    image
        What is cut.
    places
        The sizes of the result: the input's without its channels.
    chosen
        "slic", which cuts along a picture's edges (Achanta et al., 2012) and is the same for an image and one shifted
        by a constant; "grid", equal boxes; or the numbers themselves. What has no two axes is cut by a grid.
    count
        About how many segments are wanted; a table's numbers are each their own.

    Raises
    ------
    MethodError
        The numbers are not those of these places.
    """
    if not isinstance(chosen, str):
        return _numbered(chosen, places)
    if chosen == "slic" and len(places) == 2 and image.ndim == 3:
        return _slic(image, count)
    return _grid(places, prod(places) if image.ndim == 1 else count)


def _slic(image: Float[np.ndarray, "h w c"], count: int) -> Int[np.ndarray, "h w"]:
    from skimage.segmentation import slic

    pixels = np.asarray(image, np.float64)
    least, largest = pixels.min(), pixels.max()
    shares = (pixels - least) / (largest - least) if largest > least else np.zeros_like(pixels)
    rounded = np.rint(shares / GRAIN) * GRAIN
    largest_distance = 100.0 if pixels.shape[-1] == 3 else 1.0  # three channels are colours, and compared in CIELAB
    for compactness in COMPACTNESS:
        strength = compactness * largest_distance
        found = slic(rounded, n_segments=count, compactness=strength, start_label=0, channel_axis=-1)
        if 2 * (int(found.max()) + 1) >= count:
            break
    return _numbered(found, image.shape[:2])


def _grid(places: tuple[int, ...], count: int) -> Int[np.ndarray, "*places"]:
    """Boxes with sides as equal as possible."""
    total = prod(places)
    side = max(1, round((total / min(count, total)) ** (1 / len(places))))
    numbers = np.zeros(places, np.int64)
    for axis, size in enumerate(places):
        boxes = max(1, round(size / side))
        along = np.minimum(np.arange(size) * boxes // size, boxes - 1)
        numbers = numbers * boxes + along.reshape([-1 if each == axis else 1 for each in range(len(places))])
    return _numbered(numbers, places)


def _numbered(chosen: Shaped[np.ndarray, "..."], places: tuple[int, ...]) -> Int[np.ndarray, "*places"]:
    """The numbers with no gaps."""
    given = np.asarray(chosen)
    if given.shape != tuple(places):
        raise MethodError(
            f"segments of shape {given.shape}",
            f"a whole number for each place, {tuple(places)}",
            "Give them in the images' shape without channels, or 'slic' or 'grid'.",
        )
    return np.unique(given, return_inverse=True)[1].reshape(given.shape)
