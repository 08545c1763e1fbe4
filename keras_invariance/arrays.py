"""What arrays cross the program's borders: their shapes, and the check that every batch of images passes once.

In shapes, n is the number of images, h, w, c the height, width and channels of one, k the number of classes.
"""

from typing import Literal, TypeAlias

import numpy as np
from jaxtyping import Bool, Float, Int

from .errors import ImageError

Image: TypeAlias = Float[np.ndarray, "*input"]
"""One image, or one shift, in the shape of a network's input without the batch axis."""

Images: TypeAlias = Float[np.ndarray, "n *input"]
"""A batch of images."""

Maps: TypeAlias = Float[np.ndarray, "n *input"]
"""Raw signed attributions, one map per image and in the image's shape."""

Logits: TypeAlias = Float[np.ndarray, "n k"]
"""A network's outputs before its softmax or sigmoid."""

Targets: TypeAlias = Int[np.ndarray, " n"]
"""The index of the explained logit, one per image."""

PerImage: TypeAlias = Float[np.ndarray, " n"]
"""One number per image."""

Flags: TypeAlias = Bool[np.ndarray, " n"]
"""One yes or no per image."""

InputShape: TypeAlias = tuple[int | None, ...]
"""The shape of one image; `None` where a network takes any size."""


def checked_images(
    images: object, input_shape: InputShape, dtype: Literal["float32", "float64"] = "float32"
) -> Float[np.ndarray, "n *input"]:
    """Images as finite numbers in the network's shape, [n, *input_shape].

    Whole numbers and floats of any width are taken and converted; nothing is rescaled. An array that is right already
    is returned as it is, without a copy. Ask for `dtype="float64"` where x and x + m must differ by m to the last bit.

    Parameters
    ----------
    images
        Anything that NumPy reads as an array with a batch axis in front.
    input_shape
        The shape of one image, `network.input_shape`.
    dtype
        The numbers' type in the result.

    Raises
    ------
    ImageError
        For another shape, for numbers that are not real, and for NaN or infinite values.
    """
    array = _array(images)
    _check_shape(array.shape, input_shape)
    with np.errstate(over="ignore"):  # a value beyond float32 becomes infinite, and is reported as such below
        converted = np.ascontiguousarray(array, dtype=dtype)
    _check_finite(converted)
    return converted


def is_finite(array: Float[np.ndarray, "..."]) -> bool:
    """Whether no value is NaN or infinite; reads the array twice and allocates nothing."""
    return array.size == 0 or bool(np.isfinite(array.min()) and np.isfinite(array.max()))


def _array(images: object) -> np.ndarray:
    try:
        array = np.asarray(images)
    except ValueError as error:  # what NumPy says to images of different sizes
        raise ImageError(
            came="a list of images that differ in shape",
            expected="images of one shape, stacked along the batch axis",
            remedy="Crop or resize them to one size first.",
        ) from error
    if array.dtype.kind not in "fiub":
        raise ImageError(
            came=f"images of dtype {array.dtype}",
            expected="an array of real numbers",
            remedy="Convert it first, for instance with np.asarray(images, dtype=np.float32).",
        )
    return array


def _check_shape(shape: tuple[int, ...], input_shape: InputShape) -> None:
    if not (shape and _fits(shape[1:], input_shape)):
        sizes = ", ".join(["n", *("any" if size is None else str(size) for size in input_shape)])
        raise ImageError(
            came=f"images of shape {shape}", expected=f"({sizes})", remedy=_shape_remedy(shape, input_shape)
        )


def _fits(shape: tuple[int, ...], input_shape: InputShape) -> bool:
    return len(shape) == len(input_shape) and all(
        wanted in (None, size) for size, wanted in zip(shape, input_shape, strict=True)
    )


def _shape_remedy(shape: tuple[int, ...], input_shape: InputShape) -> str:
    if _fits(shape, input_shape):
        return "Add the batch axis: images[np.newaxis]."
    if shape and input_shape[-1:] == (1,) and _fits(shape[1:], input_shape[:-1]):
        return "Add the channel axis: images[..., np.newaxis]."
    if _fits((*shape[2:], *shape[1:2]), input_shape):
        return "Put the channels last: np.moveaxis(images, 1, -1)."
    known = [size for size in input_shape if size is not None]
    if len(shape) == 2 and len(known) == len(input_shape) and shape[1] == np.prod(known):
        return f"Unflatten the images: images.reshape(-1, {', '.join(map(str, known))})."
    return "Crop or resize the images to the network's input, batch axis first and channels last."


def _check_finite(images: Float[np.ndarray, "n *input"]) -> None:
    if is_finite(images):
        return
    bad = ~np.isfinite(images)
    first = int(np.argwhere(bad)[0][0])
    raise ImageError(
        came=f"images with {int(bad.sum())} values that are NaN or infinite, the first in image {first}",
        expected=f"finite values within {images.dtype}",
        remedy="Drop those images, or replace the values: np.nan_to_num(images).",
    )
