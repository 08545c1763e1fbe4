"""Images from a NumPy `.npz` archive, read through a stream: no array is held whole, nothing is unpickled.

The images are the array `images` or `x`, their labels `labels` or `y`. With splits: `images_train` or `x_train` and so
on, as Keras saves them, named as `FILE.npz/train` or `FILE.npz:train`. Bytes become values in [0, 1]; floating point
numbers are taken as they are.
"""

import hashlib
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import cast

import numpy as np

from ..errors import DataError
from .dataset import Batch, Dataset, Labels
from .pixels import encoded, encoding_of, found_encoding

_KEYS = (("images", "labels"), ("x", "y"))
_HELP = "Save it with np.savez(path, images=images, labels=labels), or x_train, y_train, x_test, y_test."


def load_npz(name: str) -> Dataset:
    """The images of `FILE.npz` or `FILE.npz/SPLIT`, [n, h, w] or [n, h, w, c], with labels [n] where there are any.

    Tables [n, f] and arrays with more axes are taken as they are; an array with two axes a sample counts as grey
    pictures [h, w, 1], and becomes signals [t, c] for a network that reads such (`reshaped`).

    Raises
    ------
    DataError
        For a file that is missing, damaged, or needs pickle; for missing arrays; for wrong shapes and types of number.
    """
    path, split = _file_and_split(name)
    with _archive(path) as archive:
        images_key, labels_key = _keys(archive, path, split)
        images = _array(archive, path, images_key)
        labels = None if labels_key is None else _array(archive, path, labels_key)
        digest = _digest(archive, images_key, labels_key)
    _check_images(images)
    if labels is not None:
        _check_labels(labels, images)
    source = _Npz(images, labels, digest)
    encoding = encoding_of(images.dtype) or found_encoding(source, name)
    return Dataset.whole(name, source, encoding)


def npz_splits(path: Path) -> tuple[str, ...]:
    """The splits that an archive has, "test" of `x_test` and so on; none where its images need no split to be named.

    Raises
    ------
    DataError
        For a file that is missing or damaged.
    """
    with _archive(path) as archive:
        present = _present(archive)
    return () if any(images in present for images, _ in _KEYS) else tuple(_splits(present))


@dataclass(frozen=True)
class _Array:
    """Where an array lies, and what its header says."""

    path: Path
    key: str
    shape: tuple[int, ...]
    dtype: np.dtype

    def rows(self, rows: range, size: int) -> Iterator[np.ndarray]:
        """The array's ascending rows as they are stored, at most `size` at a time."""
        row_bytes = prod(self.shape[1:]) * self.dtype.itemsize
        with _archive(self.path) as archive, _member(archive, self.key) as stream:
            _header(stream)
            position = 0
            for start in range(0, len(rows), size):
                batch = rows[start : start + size]
                _skip(stream, (batch.start - position) * row_bytes)
                position = batch[-1] + 1
                read = _read(stream, (position - batch.start) * row_bytes, self)
                yield read.view(self.dtype).reshape(-1, *self.shape[1:])[:: batch.step]


@dataclass(frozen=True)
class _Npz:
    """The images and labels of one split."""

    array: _Array
    label_array: _Array | None
    content: str

    @property
    def count(self) -> int:
        return self.array.shape[0]

    @property
    def shape(self) -> tuple[int, ...]:
        sizes = self.array.shape[1:]
        return (*sizes, 1) if len(sizes) == 2 else sizes

    def stream(self, rows: range, size: int) -> Iterator[Batch]:
        labels = self.labels(rows)
        for number, images in enumerate(self.array.rows(rows, size)):
            here = slice(number * size, number * size + size)
            yield encoded(images.reshape(-1, *self.shape)), None if labels is None else labels[here]

    def labels(self, rows: range) -> Labels | None:
        if self.label_array is None:
            return None
        parts = [part.astype(np.int64).reshape(-1) for part in self.label_array.rows(rows, 65536)]
        return np.concatenate([np.empty(0, np.int64), *parts])

    def digest(self) -> str:
        return self.content


def _file_and_split(name: str) -> tuple[Path, str | None]:
    spelled = re.fullmatch(r"(?P<path>.*\.npz)(?:[/:](?P<split>\w+))?", name)
    return (Path(spelled["path"]), spelled["split"]) if spelled else (Path(name), None)


@contextmanager
def _archive(path: Path) -> Iterator[zipfile.ZipFile]:
    """Open an archive; whatever is wrong with its bytes, now or while reading, becomes one error."""
    if not path.is_file():
        raise DataError(f"the file {str(path)!r}", "an .npz archive that exists", "Check the path.")
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise DataError(
            came=f"the file {str(path)!r}, which is damaged or no archive ({error})",
            expected="an .npz archive",
            remedy="Copy or save it again.",
        ) from error


def _keys(archive: zipfile.ZipFile, path: Path, split: str | None) -> tuple[str, str | None]:
    """The names of the array of images and of the array of labels."""
    present = _present(archive)
    ending = "" if split is None else f"_{split}"
    for images, labels in _KEYS:
        if images + ending in present:
            return images + ending, labels + ending if labels + ending in present else None
    splits = _splits(present)
    remedy = f"Choose a split: {', '.join(f'{path}/{name}' for name in splits)}." if splits else _HELP
    raise DataError(
        came=f"the arrays {', '.join(sorted(present)) or 'none'} in {str(path)!r}",
        expected=f"one named {' or '.join(images + ending for images, _ in _KEYS)}",
        remedy=remedy,
    )


def _present(archive: zipfile.ZipFile) -> set[str]:
    return {name.removesuffix(".npy") for name in archive.namelist() if name.endswith(".npy")}


def _splits(present: set[str]) -> list[str]:
    return sorted({key.split("_", 1)[1] for key in present if key.startswith(("images_", "x_"))})


def _array(archive: zipfile.ZipFile, path: Path, key: str) -> _Array:
    with _member(archive, key) as stream:
        try:
            shape, fortran, dtype = _header(stream)
        except ValueError as error:
            raise DataError(f"the array {key!r} of {str(path)!r} ({error})", "a NumPy array", _HELP) from error
    if dtype.hasobject:
        raise DataError(
            came=f"the array {key!r} of {str(path)!r}, which holds Python objects and needs pickle to read",
            expected="an array of numbers; pickled files can run any code and are not read",
            remedy="Stack the images to one array of one shape, np.stack(images), and save that.",
        )
    if fortran and len(shape) > 1:
        raise DataError(
            came=f"the array {key!r} of {str(path)!r} in Fortran order",
            expected="C order, in which images lie one after the other",
            remedy="Save np.ascontiguousarray(images).",
        )
    return _Array(path, key, shape, dtype)


def _member(archive: zipfile.ZipFile, key: str) -> zipfile.ZipExtFile:
    return cast(zipfile.ZipExtFile, archive.open(f"{key}.npy"))


def _header(stream: zipfile.ZipExtFile) -> tuple[tuple[int, ...], bool, np.dtype]:
    major, _ = np.lib.format.read_magic(stream)
    read = np.lib.format.read_array_header_1_0 if major == 1 else np.lib.format.read_array_header_2_0
    return read(stream)


def _skip(stream: zipfile.ZipExtFile, count: int) -> None:
    while count > 0:
        count -= len(stream.read(min(count, 1 << 20)) or b"\0" * count)


def _read(stream: zipfile.ZipExtFile, count: int, array: _Array) -> np.ndarray:
    content = stream.read(count)
    if len(content) < count:
        raise DataError(
            came=f"the array {array.key!r} of {str(array.path)!r}, which ends {count - len(content)} bytes early",
            expected=f"all of its shape {array.shape}",
            remedy="Copy or save it again.",
        )
    return np.frombuffer(content, np.uint8)


def _check_images(array: _Array) -> None:
    if len(array.shape) < 2 or 0 in array.shape:
        raise DataError(
            came=f"the array {array.key!r} of shape {array.shape} in {str(array.path)!r}",
            expected="images of shape [n, h, w] or [n, h, w, c], tables [n, f] or signals [n, t, c], at least one",
            remedy="Reshape it, channels last.",
        )
    if array.dtype != np.uint8 and array.dtype.kind != "f":
        raise DataError(
            came=f"the array {array.key!r} of {array.dtype} in {str(array.path)!r}",
            expected="bytes (uint8, which become values in [0, 1]) or floating point numbers (taken as they are)",
            remedy="Convert it to one of them.",
        )


def _check_labels(labels: _Array, images: _Array) -> None:
    if labels.shape not in (images.shape[:1], (images.shape[0], 1)) or labels.dtype.kind not in "iu":
        raise DataError(
            came=f"the array {labels.key!r} of {labels.dtype}, shape {labels.shape}, in {str(labels.path)!r}",
            expected=f"one whole number per image, shape ({images.shape[0]},)",
            remedy="For one-hot rows, save labels.argmax(axis=1).",
        )


def _digest(archive: zipfile.ZipFile, *keys: str | None) -> str:
    """From the checksums in the archive's directory, so that no array is read for it."""
    entries = [archive.getinfo(f"{key}.npy") for key in keys if key is not None]
    return hashlib.sha256(repr([(entry.file_size, entry.CRC) for entry in entries]).encode()).hexdigest()
