"""MNIST, embedded: 60 000 training and 10 000 test images of handwritten digits, 28 x 28 pixels, values in [0, 1].

The files are the original IDX files, gzipped. Yann LeCun, Corinna Cortes, Christopher J.C. Burges; CC BY-SA 3.0.
Source: LeCun, Bottou, Bengio, Haffner, "Gradient-based learning applied to document recognition" (1998).
"""

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from jaxtyping import UInt8

from ..errors import DataError
from .dataset import Batch, Dataset, Encoding, Labels

SPLITS = {"train": 60_000, "test": 10_000}
ENCODING = Encoding(low=0.0, high=1.0, scale=255.0)
CLASSES = tuple("0123456789")

# MD5 of each IDX file as published, uncompressed: the identity of the content, and what the tests compare with.
CHECKSUMS = {
    "train-images": "6bbc9ace898e44ae57da46a324031adb",
    "train-labels": "a25bea736e30d166cdddb491f175f624",
    "test-images": "2646ac647ad5339dbf082846283269ea",
    "test-labels": "27ae3e4e09519cfbb04c329615203637",
}
_HEADERS = {"images": 16, "labels": 8}  # bytes in front of the numbers


def load_mnist(name: str) -> Dataset:
    """The embedded images as `mnist/train` or `mnist/test`; (28, 28, 1), nothing is decoded before it is needed.

    Raises
    ------
    DataError
        For another split.
    """
    split = name.removeprefix("mnist/")
    if split not in SPLITS:
        raise DataError(f"the data set {name!r}", "mnist/train or mnist/test", "Name the split after a slash.")
    return Dataset.whole(name, _Mnist(split), ENCODING, CLASSES)


def idx_bytes(part: str) -> bytes:
    """An embedded IDX file, uncompressed, header included; `part` is a key of `CHECKSUMS`."""
    return gzip.decompress(Path(__file__).with_name(f"mnist-{part}.gz").read_bytes())


@dataclass(frozen=True)
class _Mnist:
    """One split, decoded to bytes at first use."""

    split: str
    shape = (28, 28, 1)

    @property
    def count(self) -> int:
        return SPLITS[self.split]

    @cached_property
    def _pixels(self) -> UInt8[np.ndarray, "n 28 28 1"]:
        return self._numbers("images").reshape(-1, *self.shape)

    @cached_property
    def _classes(self) -> UInt8[np.ndarray, " n"]:
        return self._numbers("labels")

    def _numbers(self, kind: str) -> UInt8[np.ndarray, " n"]:
        return np.frombuffer(idx_bytes(f"{self.split}-{kind}"), np.uint8, offset=_HEADERS[kind])

    def stream(self, rows: range, size: int) -> Iterator[Batch]:
        for start in range(0, len(rows), size):
            batch = rows[start : start + size]
            here = slice(batch.start, batch.stop, batch.step)
            yield self._pixels[here] / np.float32(255), self._classes[here].astype(np.int64)

    def labels(self, rows: range) -> Labels:
        return self._classes[rows.start : rows.stop : rows.step].astype(np.int64)

    def digest(self) -> str:
        return CHECKSUMS[f"{self.split}-images"]
