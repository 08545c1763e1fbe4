"""Colours for looking at maps and images: signed maps in blue, white and red, images in grey or their own colours.

In shapes, h, w, c are an image's height, width and channels. Scaling happens here and nowhere else: scores are taken
from raw maps.
"""

import numpy as np
from jaxtyping import Float, UInt8

SHOWN_SHARE = 0.97
"""The share of pixels that a heatmap's scale reaches; larger values get the darkest colour."""

# Blue, white, red of equal lightness steps (ColorBrewer RdBu): told apart under every common colour blindness.
_BLUE_TO_RED = (
    (5, 48, 97), (33, 102, 172), (67, 147, 195), (146, 197, 222), (209, 229, 240), (247, 247, 247),
    (253, 219, 199), (244, 165, 130), (214, 96, 77), (178, 24, 43), (103, 0, 31),
)  # fmt: skip

_NO_NUMBER = 150


def heatmap(values: Float[np.ndarray, "h w *c"], limit: float | None = None) -> UInt8[np.ndarray, "h w 3"]:
    """A signed map as colours, blue at -limit, white at 0, red at +limit; channels are summed first.

    What is no finite number is grey.

    Parameters
    ----------
    values
        A raw map, one number per pixel or per pixel and channel.
    limit
        The value from which on the colour is the darkest; `shared_limit` of the map alone by default. Give both maps of
        a pair the same limit, `shared_limit((map_1, map_2))`, or the difference that counts cannot be seen.
    """
    summed = per_pixel(values)
    scale = shared_limit((values,)) if limit is None else limit
    place = np.clip(summed / scale, -1.0, 1.0) if scale > 0 else np.zeros_like(summed)
    table = np.asarray(_BLUE_TO_RED, np.float64)
    stops = np.linspace(-1.0, 1.0, len(table))
    colours = np.stack([np.interp(place, stops, table[:, channel]) for channel in range(3)], axis=-1)
    return np.asarray(np.rint(np.where(np.isfinite(summed)[..., np.newaxis], colours, _NO_NUMBER)), np.uint8)


def shared_limit(maps: tuple[Float[np.ndarray, "h w *c"], ...]) -> float:
    """The one scale that several maps are all shown with: 97 % of their pixels' absolute values lie within it.

    A few pixels of most maps are many times larger than the rest; scaled to the largest, nothing else would be seen.
    Where 97 % of the pixels are zero, it is the largest value. What is no finite number does not count.
    """
    sizes = np.abs(np.concatenate([per_pixel(values).ravel() for values in maps]))
    sizes = sizes[np.isfinite(sizes)]
    return float(np.quantile(sizes, SHOWN_SHARE, method="higher") or sizes.max()) if sizes.size else 0.0


def picture(
    image: Float[np.ndarray, "h w *c"], limits: tuple[float, float] | None = None
) -> UInt8[np.ndarray, "h w 3"]:
    """An image as a picture; one channel gives grey, three their colours.

    Parameters
    ----------
    image
        The numbers that a network reads.
    limits
        What is black and what is white; its least and its greatest value by default. Give images that are compared the
        same limits, or a shift by a constant cannot be seen.
    """
    pixels = np.asarray(image, np.float64)
    pixels = pixels[..., np.newaxis] if pixels.ndim == 2 else pixels
    if pixels.shape[-1] != 3:
        pixels = np.repeat(pixels.mean(-1, keepdims=True), 3, axis=-1)
    low, high = (float(pixels.min()), float(pixels.max())) if limits is None else limits
    span = high - low
    place = np.clip((pixels - low) / span, 0.0, 1.0) if span > 0 else np.zeros(pixels.shape)
    return np.asarray(np.rint(255 * place), np.uint8)


def overlay(
    image: Float[np.ndarray, "h w *c"], values: Float[np.ndarray, "h w *c"], limit: float | None = None
) -> UInt8[np.ndarray, "h w 3"]:
    """A map laid over its image: the stronger the attribution, the less of the (greyed, brightened) image shows."""
    scale = shared_limit((values,)) if limit is None else limit
    strength = np.clip(np.abs(per_pixel(values)) / scale, 0, 1) if scale > 0 else np.zeros(values.shape[:2])
    strength = np.where(np.isfinite(per_pixel(values)), strength, 1.0)
    cover = np.sqrt(strength)[..., np.newaxis]
    grey = picture(per_pixel(image)) * 0.5 + 127.5
    return np.asarray(np.rint(cover * heatmap(values, scale) + (1 - cover) * grey), np.uint8)


def per_pixel(values: Float[np.ndarray, "h w *c"]) -> Float[np.ndarray, "h w"]:
    """One float64 number per pixel: the sum over channels."""
    with np.errstate(invalid="ignore"):  # infinities of both signs have no sum, which is NaN
        return np.asarray(np.asarray(values, np.float64).reshape(*values.shape[:2], -1).sum(-1))
