"""Shifts: the constant vector m that is added to every image, x2 = x1 + m.

A shift knows its values for any input shape and its spelling on the command line: `parse(shift.spec)` reads it back.
Channels come last. In shapes, h, w, c are the height, width and channels of one image.
"""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float

from ..arrays import InputShape, checked_images
from ..errors import ShiftError
from .shift_values import (
    FixedShape,
    Values,
    array_values,
    channel_values,
    checkerboard_values,
    constant_values,
    finite_values,
    picture_values,
    read_array,
    read_picture,
    targeted_values,
)

if TYPE_CHECKING:
    from ..network import Network


@dataclass(frozen=True)
class Shift:
    """A vector m in the shape of one image. Two shifts are equal where their spellings are.

    Parameters
    ----------
    spec
        The spelling on the command line. Values that were made in memory have a checksum in the place of a file's
        name: such a spelling tells shifts apart, but `parse` cannot read it back.
    draw
        The values for an input shape.
    """

    spec: str
    draw: Callable[[FixedShape], Float[np.ndarray, "..."]] = field(repr=False, compare=False)

    def values(self, input_shape: InputShape) -> Values:
        """Values of m for one image of this shape, in the images' own units; a new array each time.

        Raises
        ------
        ShiftError
            When the shift does not fit the shape, or the shape is not fixed.
        """
        shape = tuple(size for size in input_shape if size is not None)
        if len(shape) != len(input_shape):
            raise ShiftError(
                f"an input of any size, {tuple(input_shape)}",
                f"a fixed shape for the shift {self.spec}",
                "Give the shape of your images, images.shape[1:].",
            )
        return finite_values(self.draw(shape), self.spec)

    def __add__(self, other: "Shift") -> "Shift":
        """Shift by both, m_1 + m_2."""
        if not isinstance(other, Shift):
            return NotImplemented
        return Shift(f"{self.spec}+{other.spec}", partial(_sum_values, (self, other)))


def constant(value: float) -> Shift:
    """One number in every pixel and channel."""
    number = _number(value, "constant")
    return Shift(f"constant:{_spelled(number)}", partial(constant_values, number))


def per_channel(values: Sequence[float]) -> Shift:
    """One number per channel, the same in every pixel; as many as the image's last axis has entries."""
    numbers = tuple(_number(value, "channel") for value in np.ravel(values))
    if not numbers:
        raise ShiftError("no channel's value", "one number per channel", "Write for instance channel:0.1,0.2,0.3.")
    return Shift(f"channel:{','.join(map(_spelled, numbers))}", partial(channel_values, numbers))


def checkerboard(cell: int = 4, amplitude: float = 1.0) -> Shift:
    """Squares of `cell` x `cell` pixels, `+amplitude` and `-amplitude` in turn; the top left one is `+amplitude`.

    m[i, j] = amplitude * (-1)^(floor(i / cell) + floor(j / cell)), in all channels. Its values add up to zero over any
    two neighbouring squares, so that no constant reference can follow it. The shape is [h, w] or [h, w, c].
    """
    if isinstance(cell, bool) or int(cell) != cell or cell < 1:
        raise ShiftError(f"checkerboard cell {cell!r}", "a whole number of pixels from 1", "Write checkerboard:4.")
    number = _number(amplitude, "checkerboard")
    spec = f"checkerboard:{int(cell)}" + ("" if number == 1.0 else f":{_spelled(number)}")
    return Shift(spec, partial(checkerboard_values, int(cell), number))


def image(path: str | Path, strength: float = 1.0) -> Shift:
    """Picture from a file, stretched to the input's size; values in [0, 1] times `strength`.

    One channel is read as grey, three as red, green, blue; any other number of channels gets the grey picture in each.
    Transparent parts are zero. The file is read once, here.
    """
    number = _number(strength, "image")
    spec = f"image:{path}"
    if number != 1.0 or _tail_number(str(path)) is not None:
        spec += f":{_spelled(number)}"
    return Shift(spec, partial(picture_values, read_picture(Path(path)), number))


def array(values: "str | Path | Float[np.ndarray, '...']") -> Shift:
    """Values of an array, or of an `.npy` file with one, that broadcasts to one image by NumPy's rules."""
    if isinstance(values, str | Path):
        content, spec = read_array(Path(values)), f"array:{values}"
    else:
        content = np.array(values)
        spec = f"array:{_checksum(content)}" if content.dtype.kind in "fiub" else "array"
    return Shift(spec, partial(array_values, finite_values(content, spec), spec))


def targeted(
    network: "Network",
    image: Float[np.ndarray, "*input"],
    picture: "str | Path | Float[np.ndarray, '...']",
    *,
    target: int | None = None,
    clip: float = 0.3,
    strength: float = 1.0,
) -> Shift:
    """Shift that makes gradient times input show a picture: m = s / grad f(x) - x, clipped to [-clip, clip].

    The twin's gradient at x + m is the network's at x, so its gradient times input is grad f(x) * (x + m) = s wherever
    nothing is clipped. A pixel cannot show more than about clip * |grad f(x)|, so s is scaled to that:

        s = strength * clip * q * picture,   q = the 0.9 quantile of |grad f(x)| over the pixels where it is not zero.

    With strength 1 a full bright pixel whose gradient is q or more shows exactly s, one with a smaller gradient as much
    as the clip allows; where the picture is dark and x is at most clip, the map is zero.
    A zero gradient gives no shift.

    Parameters
    ----------
    network
        The network that is attacked; the shift fits its twin and this image only.
    image
        One image in the network's shape, without the batch axis.
    picture
        What shall be seen: an array that broadcasts to the image, or a picture file; values in [0, 1], or signed.
    target
        The explained logit; by default the network's top logit.
    clip
        The largest shift of any pixel, in the image's units; 0.3 as in the paper.
    strength
        Larger values fill the picture up to the clip everywhere, smaller ones are evener and fainter.

    Raises
    ------
    ShiftError
        When the picture does not fit, or clip is not positive.

    Source: Kindermans, Hooker et al. (2017), section on the targeted attack; the scale of s is this program's.
    """
    from ..methods import explain

    if not clip > 0:
        raise ShiftError(f"clip {clip}", "a positive number", "The paper takes 0.3.")
    x = checked_images(np.asarray(image)[np.newaxis], network.input_shape).astype(np.float64)
    gradient = explain(network, x, "gradient", targets=None if target is None else np.array([target]))
    drawn = _image_or_array(picture)
    seen = drawn.values(x.shape[1:]).astype(np.float64)
    values = targeted_values(gradient[0].astype(np.float64), x[0], seen, clip, strength)
    spec = f"targeted:{drawn.spec.partition(':')[2]}#{_checksum(values)}"
    return Shift(spec, partial(array_values, finite_values(values, spec), spec))


def parse(spec: str) -> Shift:
    """Shift that a spelling means; `SPELLINGS` lists them, `+` joins several.

    Raises
    ------
    ShiftError
        For a spelling that is none, with the list of the right ones.
    """
    first, *others = [_parse_one(part) for part in _JOIN.split(spec.strip())]
    for other in others:
        first += other
    return first


def as_shift(shift: object) -> Shift:
    """Shift as it is; a spelling of the command line, a number, or an array that broadcasts to one image as a shift."""
    if isinstance(shift, Shift):
        return shift
    if isinstance(shift, str):
        return parse(shift)
    values = np.asarray(shift)
    return constant(values.item()) if values.ndim == 0 and values.dtype.kind in "fiub" else array(values)


SPELLINGS = (
    "constant:VALUE",
    "channel:VALUE,VALUE,...",
    "checkerboard[:CELL[:AMPLITUDE]]",
    "image:FILE[:STRENGTH]",
    "array:FILE.npy",
)


def _parse_one(spec: str) -> Shift:
    kind, _, rest = spec.partition(":")
    if kind not in _READERS:
        raise _unknown(spec)
    try:
        return _READERS[kind](rest)
    except (TypeError, ValueError) as error:  # a word where a number belongs, or a number too many or too few
        raise _unknown(spec) from error


def _unknown(spec: str) -> ShiftError:
    remedy = "Write for instance constant:-1 or checkerboard:4:0.5."
    if spec.startswith("targeted"):
        remedy = (
            "A targeted shift is made for one image: save shifts.targeted(...).values(...), then use array:FILE.npy."
        )
    return ShiftError(f"shift {spec!r}", f"one of {', '.join(SPELLINGS)}, or several joined by +", remedy)


def _read_constant(rest: str) -> Shift:
    return constant(float(rest))


def _read_channels(rest: str) -> Shift:
    return per_channel([float(part) for part in rest.split(",")])


def _read_checkerboard(rest: str) -> Shift:
    cell, _, amplitude = rest.partition(":")
    return checkerboard(int(cell or 4), float(amplitude or 1.0))


def _read_image(rest: str) -> Shift:
    strength = _tail_number(rest)
    return image(rest) if strength is None else image(rest.rpartition(":")[0], strength)


_READERS: Mapping[str, Callable[[str], Shift]] = MappingProxyType(
    {
        "constant": _read_constant,
        "channel": _read_channels,
        "checkerboard": _read_checkerboard,
        "image": _read_image,
        "array": array,
    }
)

# A plus sign joins two shifts only in front of another kind: "constant:+1" and "image:a+b.png" are one shift each.
_JOIN = re.compile(r"\+(?=(?:constant|channel|image|array):|checkerboard(?:$|[:+]))")


def _sum_values(parts: tuple[Shift, Shift], shape: FixedShape) -> Float[np.ndarray, "..."]:
    first, second = (part.values(shape).astype(np.float64) for part in parts)
    return first + second


def _number(value: float, kind: str) -> float:
    number = float(value)
    finite_values(np.array(number), f"{kind}:{number}")
    return number


def _spelled(number: float) -> str:
    return repr(number).removesuffix(".0")


def _tail_number(text: str) -> float | None:
    """Read the number behind the last colon, if there is one."""
    _, colon, tail = text.rpartition(":")
    try:
        return float(tail) if colon else None
    except ValueError:
        return None


def _checksum(values: np.ndarray) -> str:
    return hashlib.sha256(f"{values.dtype} {values.shape}".encode() + values.tobytes()).hexdigest()[:12]


def _image_or_array(picture: "str | Path | Float[np.ndarray, '...']") -> Shift:
    if isinstance(picture, str | Path) and Path(picture).suffix != ".npy":
        return image(picture)
    return array(picture)
