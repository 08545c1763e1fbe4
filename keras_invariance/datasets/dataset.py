"""A data set: images with labels, streamed in batches, and how its numbers are encoded."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal, Protocol, TypeAlias, runtime_checkable

import numpy as np
from jaxtyping import Int

from ..arrays import Image, Images, is_finite
from ..errors import DataError, ShiftError

Labels: TypeAlias = Int[np.ndarray, " n"]
"""The class of each image."""

Batch: TypeAlias = tuple[Images, Labels | None]
"""Some images, in the data set's order, and their labels where it has any."""


@dataclass(frozen=True)
class Encoding:
    """How the numbers that a network reads come from what is stored: `value = (stored - mean) / scale`.

    Attributes
    ----------
    low, high
        The least and greatest value that a pixel can have after encoding. For numbers that are taken as they came:
        the least and greatest value found.
    mean, scale
        What was subtracted from the stored numbers, and what they were then divided by.
    """

    low: float
    high: float
    mean: float = 0.0
    scale: float = 1.0

    @property
    def text(self) -> str:
        """One line to show: the range, and how a stored number becomes a value."""
        number = f"(stored - {self.mean:g})" if self.mean else "stored"
        how = "as stored" if (self.mean, self.scale) == (0.0, 1.0) else f"{number} / {self.scale:g}"
        return f"values in [{self.low:g}, {self.high:g}], {how}"


@runtime_checkable
class Source(Protocol):
    """Where a data set's images come from: rows that are read in order, a batch at a time."""

    @property
    def count(self) -> int:
        """How many images there are."""

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one image."""

    def stream(self, rows: range, size: int) -> Iterator[Batch]:
        """The images of ascending `rows`, encoded as float32, in batches of at most `size`."""

    def labels(self, rows: range) -> Labels | None:
        """The labels of ascending `rows`, without their images; `None` where there are none."""

    def digest(self) -> str:
        """A hash of the content, the same wherever it is stored."""


@dataclass(frozen=True, eq=False)
class Dataset:
    """Images with labels. Reading is lazy: `batches` streams, `images` holds all of them in memory.

    `dataset[100:200]` is a data set of those rows; nothing is read for it.

    Attributes
    ----------
    name
        The spelling that loads it, where it has one.
    source
        What its images are read from.
    encoding
        How its numbers are encoded.
    rows
        The rows of the source that belong to it, ascending; all of them by default.
    classes
        The names of the classes, by label, where they are known.
    """

    name: str
    source: Source = field(repr=False)
    encoding: Encoding
    rows: range = field(default=range(0), repr=False)
    classes: tuple[str, ...] | None = field(default=None, repr=False)

    @classmethod
    def whole(cls, name: str, source: Source, encoding: Encoding, classes: tuple[str, ...] | None = None) -> "Dataset":
        """All rows of a source."""
        return cls(name, source, encoding, range(source.count), classes)

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, part: object) -> "Dataset":
        if not isinstance(part, slice) or (part.step or 1) < 1:
            raise DataError(
                came=f"{self.name}[{_spelled(part)}]",
                expected="a slice with a positive step, such as dataset[:100] or dataset[::10]",
                remedy="Use dataset.images[...] for single images or for another order.",
            )
        return replace(self, name=f"{self.name}[{_spelled(part)}]", rows=self.rows[part])

    def take(self, count: int) -> "Dataset":
        """The first `count` images."""
        return self[:count]

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of one image."""
        return self.source.shape

    def batches(self, size: int) -> Iterator[Batch]:
        """Stream (images, labels) in order, `size` images at a time: float32 [n, *shape] and int64 [n] or `None`.

        Raises
        ------
        DataError
            For a size below 1, for a file that cannot be read, and for NaN or infinite values.
        """
        if size < 1:
            raise DataError(f"batches of {size} images", "at least 1", "Ask for more, such as dataset.batches(256).")
        return self._checked_batches(size)

    def _checked_batches(self, size: int) -> Iterator[Batch]:
        start = 0
        for images, labels in self.source.stream(self.rows, size) if len(self) else ():
            if not is_finite(images):
                raise DataError(
                    came=f"NaN or infinite values among images {start} to {start + len(images) - 1} of {self.name}",
                    expected="finite numbers",
                    remedy="Leave these images out, or repair them.",
                )
            yield images, labels
            start += len(images)

    @cached_property
    def images(self) -> Images:
        """All images, float32 [n, *shape], read at first use and kept in memory. Where that is too much: `batches`."""
        images = np.empty((len(self), *self.shape), np.float32)
        start = 0
        for batch, _ in self.batches(1024):
            images[start : start + len(batch)] = batch
            start += len(batch)
        return images

    @cached_property
    def labels(self) -> Labels | None:
        """The class of each image, int64 [n], or `None`."""
        return self.source.labels(self.rows)

    @cached_property
    def fingerprint(self) -> str:
        """A hash (hex) of the content, the rows and the encoding; it says whether fitted statistics still apply."""
        parts = (self.source.digest(), self.rows, self.encoding)
        return hashlib.sha256(repr(parts).encode()).hexdigest()

    def shifted(
        self, values: Image | float | np.floating, *, dtype: Literal["float32", "float64"] = "float32"
    ) -> "Dataset":
        """The same data set with `values` added to every image, `x + m`; a number, or what broadcasts to one image.

        Batches come in `dtype`; in float64, x + m and x differ by m to the last bit.

        Raises
        ------
        ShiftError
            For values of another shape.
        """
        shift = np.asarray(values, dtype)
        try:
            shift = np.broadcast_to(shift, self.shape)
        except ValueError as error:
            raise ShiftError(
                came=f"a shift of shape {shift.shape}",
                expected=f"one that broadcasts to {self.shape}",
                remedy="Make it in the shape of one image of the data set, channels last.",
            ) from error
        encoding = replace(self.encoding, **_shifted_range(self.encoding, shift))
        return replace(self, name=f"{self.name}, shifted", source=_Shifted(self.source, shift), encoding=encoding)


@dataclass(frozen=True, eq=False)
class _Shifted:
    """A source with a constant image added to each of its images."""

    source: Source
    shift: Image

    @property
    def count(self) -> int:
        return self.source.count

    @property
    def shape(self) -> tuple[int, ...]:
        return self.source.shape

    def stream(self, rows: range, size: int) -> Iterator[Batch]:
        for images, labels in self.source.stream(rows, size):
            yield images + self.shift, labels

    def labels(self, rows: range) -> Labels | None:
        return self.source.labels(rows)

    def digest(self) -> str:
        return hashlib.sha256(self.source.digest().encode() + self.shift.tobytes()).hexdigest()


def _shifted_range(encoding: Encoding, shift: Image) -> dict[str, float]:
    """What a shift does to an encoding: the range widens, and a shift by one number moves the mean."""
    least, greatest = float(shift.min()), float(shift.max())
    mean = encoding.mean - least * encoding.scale if least == greatest else encoding.mean
    return {"low": encoding.low + least, "high": encoding.high + greatest, "mean": mean}


def _spelled(part: object) -> str:
    if not isinstance(part, slice):
        return repr(part)
    spelled = f"{'' if part.start is None else part.start}:{'' if part.stop is None else part.stop}"
    return spelled if part.step is None else f"{spelled}:{part.step}"
