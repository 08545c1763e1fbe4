"""The question that the window asks: which network, which images, which shift, and explained by which methods.

Questions are values: they are compared, kept in the history, written into sessions, and sent to the engine whole, so
that an engine that was started again answers the same.
"""

from dataclasses import dataclass
from typing import Any, ClassVar, Literal, TypeAlias

import numpy as np

from keras_invariance.application import METHODS, REQUIRED, is_name

ShiftKind: TypeAlias = Literal["constant", "channel", "checkerboard", "image", "drawing", "targeted"]
Reference: TypeAlias = Literal["", "zero", "black", "transformed"]
Estimator: TypeAlias = Literal["positive", "published", "linear"]

MOST_PINNED = 4
"""How many samples stand beside the chosen one at most."""


@dataclass(frozen=True)
class Painting:
    """A picture as a value: float32 numbers in the shape of one image.

    Attributes
    ----------
    shape
        Its shape.
    content
        Its numbers, float32 in little endian.
    """

    shape: tuple[int, ...]
    content: bytes

    __pydantic_config__: ClassVar[dict[str, Any]] = {"ser_json_bytes": "base64", "val_json_bytes": "base64"}  # sessions

    def __post_init__(self) -> None:
        """Refuse content that does not fill the shape."""
        if len(self.content) != 4 * int(np.prod(self.shape)) or not all(size > 0 for size in self.shape):
            raise ValueError(f"{len(self.content)} bytes for a painting of shape {self.shape}")

    @classmethod
    def of(cls, values: np.ndarray) -> "Painting":
        """The painting of an array."""
        return cls(tuple(values.shape), np.ascontiguousarray(values, "<f4").tobytes())

    @property
    def values(self) -> np.ndarray:
        """A new array, float32."""
        return np.frombuffer(self.content, "<f4").reshape(self.shape).astype(np.float32)


@dataclass(frozen=True)
class ShiftForm:
    """The shift as it is edited: the kind in force, and what was entered for the others, which is not lost.

    Attributes
    ----------
    kind
        Which of the following counts.
    constant
        One number for every pixel.
    channels
        One number per channel.
    cell, amplitude
        Of the checkerboard.
    path, strength
        A picture file, and what its values in [0, 1] are multiplied by.
    drawing
        What was drawn by hand; None is an empty sheet.
    aim
        What the explanation shall show, values in [0, 1]; None is the cat.
    fooled
        The method whose map shall show it.
    clip
        The largest change of any pixel by an aimed shift.
    """

    kind: ShiftKind = "constant"
    constant: float = -1.0
    channels: tuple[float, ...] = ()
    cell: int = 4
    amplitude: float = 1.0
    path: str = ""
    strength: float = 1.0
    drawing: Painting | None = None
    aim: Painting | None = None
    fooled: str = "gradient-times-input"
    clip: float = 0.3

    @property
    def spec(self) -> str | None:
        """Its spelling on the command line; None for what has to be written into a file first."""
        if self.kind == "constant":
            return f"constant:{self.constant:g}"
        if self.kind == "channel":
            return "channel:" + ",".join(f"{value:g}" for value in self.channels or (0.0,))
        if self.kind == "checkerboard":
            return f"checkerboard:{self.cell}:{self.amplitude:g}"
        return f"image:{self.path}:{self.strength:g}" if self.kind == "image" else None

    @property
    def words(self) -> str:
        """The shift for a reader."""
        if self.kind == "targeted":
            shown = "a cat" if self.aim is None else "a drawing"
            return f"aimed at {self.fooled}: show {shown}, within \N{PLUS-MINUS SIGN}{self.clip:g}"
        return self.spec or "a drawing"


@dataclass(frozen=True)
class Row:
    """One method with its options.

    Attributes
    ----------
    method
        A name of the catalogue, of an installed package's, or `package.module:function`.
    options
        Those that differ from the method's defaults, by name.
    reference
        Of integrated gradients; empty for other methods.
    estimator
        Of the patterns that pattern methods use.
    refitted
        Whether the twin has patterns that were fitted to its own, shifted images.
    named
        Whether the user named this function in this window: one that a session names is not imported.
    """

    method: str
    options: tuple[tuple[str, bool | float | int | str], ...] = ()
    reference: Reference = ""
    estimator: Estimator = "positive"
    refitted: bool = False
    named: bool = False

    def __post_init__(self) -> None:
        """Refuse a method that is none."""
        if not is_name(self.method):
            raise ValueError(f"the method {self.method!r}, expected one of {', '.join(METHODS)}")

    @property
    def foreign(self) -> bool:
        """Whether it is somebody else's, which the engine imports and the window never does."""
        return self.method not in METHODS

    @property
    def needs_patterns(self) -> bool:
        """Whether patterns have to be fitted first."""
        return not self.foreign and METHODS[self.method].options.get("patterns") == REQUIRED

    @property
    def reference_option(self) -> str:
        """The option that `reference` stands for: what an image is compared with, or what hides its pixels."""
        return "reference" if self.foreign else METHODS[self.method].reference

    @property
    def needs_bounds(self) -> bool:
        """Whether it has to know the least and the largest value of a pixel."""
        return not self.foreign and METHODS[self.method].options.get("low") == REQUIRED

    @property
    def slow(self) -> bool:
        """Whether it takes many passes; of somebody else's nothing is known, so that it comes last."""
        if self.foreign:
            return True
        method = METHODS[self.method]
        return method.slow or bool({"steps", "samples", "background"} & set(method.options))

    @property
    def details(self) -> str:
        """What is chosen, in one line; empty where all is as usual."""
        parts: list[str] = [self.reference] if self.reference else []
        parts += [
            f"{name} {value:g}" if isinstance(value, float) else f"{name} {value}" for name, value in self.options
        ]
        if self.needs_patterns:
            parts.append(f"{self.estimator} patterns, {'refitted' if self.refitted else 'carried over'}")
        return ", ".join(parts)


ROWS = (
    Row("gradient"),
    Row("gradient-times-input"),
    Row("guided-backprop"),
    Row("lrp-z"),
    Row("lrp-alpha1-beta0"),
    Row("deep-taylor"),
    Row("integrated-gradients", (("steps", 32),), "zero"),
    Row("integrated-gradients", (("steps", 32),), "black"),
    Row("smoothgrad", (("samples", 16),)),
)
"""The rows of a new window."""


@dataclass(frozen=True)
class Question:
    """All that decides which maps are shown.

    Attributes
    ----------
    model, data
        A path or a shipped network; a data set's spelling.
    sample
        The chosen image's place in the data set.
    pinned
        Other images that stand beside it.
    target
        The explained logit; None is the one that network 1 ranks first.
    shift
        m.
    rows
        The methods, in their order.
    trusted
        Whether the model's file may run the Python that it carries.
    """

    model: str = "mnist_mlp"
    data: str = "mnist/test"
    sample: int = 0
    pinned: tuple[int, ...] = ()
    target: int | None = None
    shift: ShiftForm = ShiftForm()
    rows: tuple[Row, ...] = ROWS
    trusted: bool = False

    def __post_init__(self) -> None:
        """Refuse places before the first image and too many of them."""
        if self.sample < 0 or any(place < 0 for place in self.pinned) or len(self.pinned) > MOST_PINNED:
            raise ValueError(f"samples {(self.sample, *self.pinned)}, expected at most {1 + MOST_PINNED} from 0")

    @property
    def samples(self) -> tuple[int, ...]:
        """The images that are explained: the pinned ones, then the chosen one where it is not among them."""
        return self.pinned if self.sample in self.pinned else (*self.pinned, self.sample)
