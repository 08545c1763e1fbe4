"""How each kind of shift fills an image of a given shape, and how pictures and arrays are read for it."""

from pathlib import Path
from typing import TypeAlias

import numpy as np
from jaxtyping import Float, Float32
from PIL import Image as Pillow
from PIL.ImageOps import exif_transpose

from ..arrays import is_finite
from ..errors import ShiftError

Values: TypeAlias = Float32[np.ndarray, "*input"]
FixedShape: TypeAlias = tuple[int, ...]


def constant_values(number: float, shape: FixedShape) -> Float[np.ndarray, "..."]:
    """One number everywhere."""
    return np.full(shape, number)


def channel_values(numbers: tuple[float, ...], shape: FixedShape) -> Float[np.ndarray, "..."]:
    """One number per entry of the last axis."""
    if shape[-1:] != (len(numbers),):
        came = f"{len(numbers)} channel values for an input of shape {shape}"
        raise ShiftError(came, f"{shape[-1] if shape else 1} values", "Give one number per entry of the last axis.")
    return np.broadcast_to(numbers, shape)


def checkerboard_values(cell: int, amplitude: float, shape: FixedShape) -> Float[np.ndarray, "..."]:
    """Squares of alternating sign, `+amplitude` at the top left; in all channels."""
    height, width = _picture_size(shape)
    squares = np.add.outer(np.arange(height) // cell, np.arange(width) // cell)
    signs = amplitude * (1.0 - 2.0 * (squares % 2))
    return np.broadcast_to(signs.reshape(height, width, *[1] * (len(shape) - 2)), shape)


def picture_values(picture: Pillow.Image, strength: float, shape: FixedShape) -> Float[np.ndarray, "..."]:
    """Picture stretched to [h, w] or [h, w, c], `strength` times its values in [0, 1]."""
    height, width = _picture_size(shape)
    colours = picture.convert("RGB" if shape[2:] == (3,) else "L").resize((width, height), resample=2)  # 2: bilinear
    pixels = strength * np.asarray(colours, dtype=np.float64) / 255
    return pixels if pixels.shape == shape else np.broadcast_to(pixels[..., np.newaxis], shape)


def array_values(content: Values, spec: str, shape: FixedShape) -> Float[np.ndarray, "..."]:
    """Array broadcast by NumPy's rules."""
    try:
        return np.broadcast_to(content, shape)
    except ValueError as error:
        came = f"the shift {spec} of shape {content.shape}"
        remedy = "Reshape it; a missing channel axis is added by values[..., np.newaxis]."
        raise ShiftError(came, f"one that broadcasts to an image of shape {shape}", remedy) from error


def targeted_values(
    gradient: Float[np.ndarray, "*input"],
    image: Float[np.ndarray, "*input"],
    picture: Float[np.ndarray, "*input"],
    clip: float,
    strength: float,
) -> Float[np.ndarray, "..."]:
    """Shift m = s / gradient - image within [-clip, clip], 0 where the gradient is 0; `shifts.targeted` explains s."""
    alive = gradient != 0
    magnitudes = np.abs(gradient[alive])
    top = np.quantile(magnitudes, 0.9) if magnitudes.size else 0.0
    with np.errstate(over="ignore"):  # a tiny gradient asks for an infinite shift, and gets the clip
        wanted = np.divide(strength * clip * top * picture, gradient, out=np.zeros(gradient.shape), where=alive)
    return np.asarray(np.clip(np.where(alive, wanted - image, 0.0), -clip, clip))


def finite_values(values: Float[np.ndarray, "..."], spec: str) -> Values:
    """Float32 copy, checked to be real and finite."""
    if values.dtype.kind not in "fiub":
        remedy = "Convert them first, for instance with np.asarray(values, dtype=np.float32)."
        raise ShiftError(f"shift values of dtype {values.dtype}", "real numbers", remedy)
    with np.errstate(over="ignore"):
        copied = values.astype(np.float32)
    if not is_finite(copied):
        remedy = "Replace the values: np.nan_to_num(values)."
        raise ShiftError(f"NaN or infinite values in the shift {spec}", "finite float32 values", remedy)
    return copied


def read_picture(path: Path) -> Pillow.Image:
    """Upright picture from a file, its transparent parts black, in RGB or grey."""
    try:
        with Pillow.open(path) as opened:
            picture = exif_transpose(opened)
    except OSError as error:
        raise ShiftError(
            f"the picture {path}", "a picture file (PNG, JPEG, ...)", f"Check the path: {error}."
        ) from error
    if picture.mode.startswith("I"):  # 16 bits of grey, which Pillow would clip at 255
        picture = Pillow.fromarray((np.asarray(picture, dtype=np.float64) / 257).round().clip(0, 255).astype(np.uint8))
    if picture.has_transparency_data:
        picture = Pillow.alpha_composite(Pillow.new("RGBA", picture.size, (0, 0, 0, 255)), picture.convert("RGBA"))
    return picture.convert("L" if picture.mode in ("1", "L") else "RGB")


def read_array(path: Path) -> np.ndarray:
    """Array of an `.npy` file."""
    try:
        content = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise ShiftError(f"the array {path}", "an .npy file", f"Write one with np.save. ({error})") from error
    if not isinstance(content, np.ndarray):
        content.close()
        raise ShiftError(f"the archive {path}", "an .npy file with one array", "Save the one array with np.save.")
    return content


def _picture_size(shape: FixedShape) -> tuple[int, int]:
    if len(shape) not in (2, 3):
        remedy = "Give the shift as an array in the input's shape."
        raise ShiftError(f"an input of shape {shape}", "a picture, [h, w] or [h, w, c]", remedy)
    return shape[0], shape[1]
