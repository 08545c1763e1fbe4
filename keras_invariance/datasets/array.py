"""A plain array as a data set, so that either may be given wherever images are read."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..errors import DataError
from .dataset import Batch, Dataset, Labels
from .pixels import found_encoding


def as_dataset(images: object, labels: object = None, *, name: str = "array") -> Dataset:
    """A data set as it is; an array [n, ...] as a data set of its images, numbers as they came, converted to float32.

    Nothing is copied: batches are read from the array.

    Raises
    ------
    DataError
        For anything but real numbers with a batch axis in front, for NaN and infinite values, and for labels that are
        not one whole number per image.
    """
    if isinstance(images, Dataset):
        return images
    array = np.asarray(images)
    if array.dtype.kind not in "fiub" or array.ndim < 2 or 0 in array.shape:
        raise DataError(
            came=f"images of {array.dtype}, shape {array.shape}",
            expected="a data set, or an array of real numbers [n, ...] with at least one image",
            remedy="Stack images along a first axis, or load a data set with keras_invariance.datasets.load(name).",
        )
    source = _Array(array, None if labels is None else _checked_labels(labels, len(array)))
    return Dataset.whole(name, source, found_encoding(source, name))


@dataclass(frozen=True, eq=False)
class _Array:
    """Images that are in memory already."""

    array: np.ndarray
    classes: Labels | None

    @property
    def count(self) -> int:
        return len(self.array)

    @property
    def shape(self) -> tuple[int, ...]:
        return self.array.shape[1:]

    def stream(self, rows: range, size: int) -> Iterator[Batch]:
        for start in range(0, len(rows), size):
            batch = rows[start : start + size]
            images = self.array[batch.start : batch.stop : batch.step].astype(np.float32, copy=False).view()
            images.flags.writeable = False  # the caller's own numbers, where no conversion was needed
            yield images, self.labels(batch)

    def labels(self, rows: range) -> Labels | None:
        return None if self.classes is None else self.classes[rows.start : rows.stop : rows.step]

    def digest(self) -> str:
        content = hashlib.sha256(repr((self.array.shape, self.array.dtype.str)).encode())
        content.update(np.ascontiguousarray(self.array).data)
        return content.hexdigest()


def _checked_labels(labels: object, count: int) -> Labels:
    array = np.asarray(labels)
    if array.shape != (count,) or array.dtype.kind not in "iu":
        raise DataError(
            came=f"labels of {array.dtype}, shape {array.shape}",
            expected=f"one whole number per image, shape ({count},)",
            remedy="For one-hot rows, give labels.argmax(axis=1).",
        )
    return array.astype(np.int64)
