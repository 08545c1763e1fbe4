"""How stored pixels become values: whole numbers are scaled to [0, 1], pictures are brought to one size.

In shapes, h, w, c are the height, width and channels of a picture.
"""

from typing import TypeAlias

import numpy as np
import PIL.Image
import PIL.ImageOps
from jaxtyping import Float32, Num

from ..errors import DataError
from .dataset import Dataset, Encoding, Source

Size: TypeAlias = tuple[int, ...]
"""What pictures are brought to: (height, width) or (height, width, channels), channels 1 (grey) or 3 (colour)."""

GREY_MODES = frozenset({"1", "L", "LA"})
DEEP_GREY_MODES = frozenset({"I;16", "I;16B", "I;16L"})
COLOUR_MODES = frozenset({"RGB", "RGBA", "P", "PA", "CMYK", "YCbCr", "HSV", "LAB"})

BYTES = Encoding(low=0.0, high=1.0, scale=255.0)


def encoding_of(dtype: np.dtype) -> Encoding | None:
    """The encoding of pixels stored as unsigned whole numbers; `None` for others, whose range must be found."""
    return Encoding(0.0, 1.0, scale=float(np.iinfo(dtype).max)) if dtype.kind == "u" else None


def found_encoding(source: Source, name: str) -> Encoding:
    """The range of numbers that are taken as they are: found by reading all of them once, a batch at a time.

    Raises
    ------
    DataError
        For NaN and infinite values.
    """
    images = Dataset.whole(name, source, Encoding(0.0, 0.0))
    ends = [(float(batch.min()), float(batch.max())) for batch, _ in images.batches(256)]
    return Encoding(min(low for low, _ in ends), max(high for _, high in ends))


def encoded(stored: Num[np.ndarray, "*pixels"]) -> Float32[np.ndarray, "*pixels"]:
    """Pixels as float32: `stored / greatest` for unsigned whole numbers, `stored` for others."""
    encoding = encoding_of(stored.dtype)
    if encoding is None:
        return stored.astype(np.float32)
    return np.asarray(np.divide(stored, encoding.scale, dtype=np.float32))


def check_size(size: Size) -> None:
    """Refuse a size that no picture can have.

    Raises
    ------
    DataError
        Unless it is (height, width) or (height, width, 1 or 3), at least 1 pixel each way.
    """
    right = len(size) in (2, 3) and min(size) >= 1 and (*size, 3)[2] in (1, 3)
    if not right:
        raise DataError(
            came=f"the size {'x'.join(map(str, size))}",
            expected="a height and a width, and perhaps 1 (grey) or 3 (colour) channels",
            remedy="Write for instance 224x224 or 224x224x3.",
        )


def picture_values(picture: PIL.Image.Image, height: int, width: int, channels: int) -> Float32[np.ndarray, "h w c"]:
    """A picture's pixels in [0, 1]; one of another size is scaled to cover it and cut at its centre."""
    if picture.mode in DEEP_GREY_MODES:
        picture = PIL.Image.fromarray(encoded(np.asarray(picture)))
        return np.repeat(_fitted(picture, height, width)[..., np.newaxis], channels, axis=2)
    flat = picture.convert("L" if channels == 1 else "RGB")
    return encoded(_fitted(flat, height, width)).reshape(height, width, channels)


def _fitted(picture: PIL.Image.Image, height: int, width: int) -> np.ndarray:
    if picture.size == (width, height):
        return np.asarray(picture)
    return np.asarray(PIL.ImageOps.fit(picture, (width, height), PIL.Image.Resampling.BILINEAR))
