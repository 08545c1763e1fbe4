"""Data sets whose images get or lose axes of length 1: a signal [t, 1] that was read as a picture [t, 1, 1]."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

from .dataset import Batch, Dataset, Labels, Source


def reshaped(dataset: Dataset, shape: tuple[int, ...]) -> Dataset:
    """The data set with images of this shape, where only axes of length 1 make the difference; else as it is."""
    if dataset.shape == shape or _long(dataset.shape) != _long(shape):
        return dataset
    return replace(dataset, source=_Reshaped(dataset.source, shape))


def _long(shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(size for size in shape if size != 1)


@dataclass(frozen=True, eq=False)
class _Reshaped:
    """A source whose images are read in another shape."""

    source: Source
    shape: tuple[int, ...]

    @property
    def count(self) -> int:
        return self.source.count

    def stream(self, rows: range, size: int) -> Iterator[Batch]:
        for images, labels in self.source.stream(rows, size):
            yield images.reshape(-1, *self.shape), labels

    def labels(self, rows: range) -> Labels | None:
        return self.source.labels(rows)

    def digest(self) -> str:
        return hashlib.sha256(f"{self.source.digest()} {self.shape}".encode()).hexdigest()
