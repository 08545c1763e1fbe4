"""Images from picture files: those of a folder, in the order of their paths, its folders as classes; or named ones."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import PIL.ExifTags
import PIL.Image
import PIL.ImageOps
from jaxtyping import Float32

from ..errors import DataError
from .dataset import Batch, Dataset, Labels
from .pixels import BYTES, COLOUR_MODES, DEEP_GREY_MODES, GREY_MODES, Size, check_size, picture_values

ENDINGS = frozenset({".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff", ".webp", ".ppm", ".pgm"})
_ROTATED = frozenset({5, 6, 7, 8})  # values of the EXIF orientation under which height and width change places


def load_folder(name: str, size: Size | None = None) -> Dataset:
    """The pictures below `folder:PATH`, in [0, 1], in colour if any of them is; `size` brings them to one size.

    Labels are the numbers of the first folders below PATH, in the order of their names. Pictures are turned upright as
    their EXIF data say, and transparency is ignored.

    Raises
    ------
    DataError
        For a folder that is missing or holds no pictures, for pictures beside folders of classes, for files that are no
        pictures or are cut off, and for different sizes when no `size` is asked for.
    """
    folder = Path(name.removeprefix("folder:")).expanduser()
    files = _files(folder)
    classes, labels = _classes(folder, files)
    return Dataset.whole(name, _Folder(folder, files, labels, _shape(folder, files, size)), BYTES, classes)


def load_pictures(name: str, size: Size | None = None) -> Dataset:
    """The picture files `pictures:FILE|FILE|...`, in that order, in [0, 1]; otherwise as `load_folder`.

    Raises
    ------
    DataError
        For a file that is missing, no picture, or cut off, and for different sizes when no `size` is asked for.
    """
    files = tuple(Path(part).expanduser() for part in name.removeprefix("pictures:").split("|"))
    for file in files:
        if not file.is_file():
            raise DataError(f"the picture {str(file)!r}", "a file that exists", "Check the path.")
    folder = Path(os.path.commonpath([file.absolute().parent for file in files]))
    files = tuple(file.absolute() for file in files)
    return Dataset.whole(name, _Folder(folder, files, None, _shape(folder, files, size)), BYTES, None)


@dataclass(frozen=True, eq=False)
class _Folder:
    """Picture files, read when they are needed."""

    folder: Path
    files: tuple[Path, ...]
    classes: Labels | None
    shape: tuple[int, int, int]

    @property
    def count(self) -> int:
        return len(self.files)

    def stream(self, rows: range, size: int) -> Iterator[Batch]:
        for start in range(0, len(rows), size):
            batch = rows[start : start + size]
            yield np.stack([_values(self.files[row], self.shape) for row in batch]), self.labels(batch)

    def labels(self, rows: range) -> Labels | None:
        return None if self.classes is None else self.classes[rows.start : rows.stop : rows.step]

    def digest(self) -> str:
        content = hashlib.sha256(repr(self.shape).encode())
        for file in self.files:
            content.update(file.relative_to(self.folder).as_posix().encode() + b"\0")
            content.update(hashlib.sha256(file.read_bytes()).digest())
        return content.hexdigest()


def _files(folder: Path) -> tuple[Path, ...]:
    if not folder.is_dir():
        raise DataError(f"the folder {str(folder)!r}", "a folder that exists", "Check the path.")
    found = [
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in ENDINGS and not path.name.startswith(".") and path.is_file()
    ]
    if not found:
        raise DataError(
            came=f"the folder {str(folder)!r} without a picture",
            expected=f"files that end in {', '.join(sorted(ENDINGS))}",
            remedy="Name the folder that holds the pictures, or the one above their classes.",
        )
    return tuple(sorted(found, key=lambda path: path.relative_to(folder).parts))


def _classes(folder: Path, files: tuple[Path, ...]) -> tuple[tuple[str, ...] | None, Labels | None]:
    """The names of the folders below, and each picture's number among them."""
    parents = [file.relative_to(folder).parts[:-1] for file in files]
    if not any(parents):
        return None, None
    if not all(parents):
        loose = files[parents.index(())].name
        raise DataError(
            came=f"the picture {loose!r} beside folders of pictures in {str(folder)!r}",
            expected="either pictures alone or a folder for each class",
            remedy="Move it into the folder of its class.",
        )
    names = sorted({parent[0] for parent in parents})
    return tuple(names), np.array([names.index(parent[0]) for parent in parents], np.int64)


def _shape(folder: Path, files: tuple[Path, ...], size: Size | None) -> tuple[int, int, int]:
    """One image's shape: the size that is asked for, or the one that all files have."""
    heads = [_head(file) for file in files]
    if size is None:
        size = _common_size(folder, files, heads)
    check_size(size)
    channels = size[2] if len(size) == 3 else 3 if any(mode in COLOUR_MODES for _, mode in heads) else 1
    return size[0], size[1], channels


def _head(file: Path) -> tuple[tuple[int, int], str]:
    """A picture's (height, width) when upright, and its mode, from the file's first bytes."""
    with _picture(file) as picture:
        width, height = picture.size
        rotated = picture.getexif().get(PIL.ExifTags.Base.Orientation, 1) in _ROTATED
        return ((width, height) if rotated else (height, width)), picture.mode


def _common_size(folder: Path, files: tuple[Path, ...], heads: list[tuple[tuple[int, int], str]]) -> Size:
    size = heads[0][0]
    for file, (other, _) in zip(files, heads, strict=True):
        if other != size:
            raise DataError(
                came=f"{files[0].name} of {_spelled(size)} and {file.name} of {_spelled(other)} in {str(folder)!r}",
                expected="pictures of one height and width",
                remedy=f"Ask for a size: folder:{folder}@{_spelled(size)}.",
            )
    return size


def _values(file: Path, shape: tuple[int, int, int]) -> Float32[np.ndarray, "h w c"]:
    with _picture(file) as picture:
        return picture_values(PIL.ImageOps.exif_transpose(picture), *shape)


@contextmanager
def _picture(file: Path) -> Iterator[PIL.Image.Image]:
    """Open a picture; whatever is wrong with its bytes, now or while they are read, becomes one error."""
    try:
        with PIL.Image.open(file) as picture:
            if picture.mode not in GREY_MODES | DEEP_GREY_MODES | COLOUR_MODES:
                raise DataError(
                    came=f"the picture {str(file)!r} of mode {picture.mode}",
                    expected="8 or 16 bits per pixel and channel",
                    remedy="Save it as PNG, or collect the arrays in an .npz file.",
                )
            yield picture
    except (
        OSError,
        SyntaxError,
        ValueError,
        PIL.Image.DecompressionBombError,
    ) as error:  # what Pillow's decoders raise
        raise DataError(
            came=f"the file {str(file)!r} of {file.stat().st_size} bytes, which cannot be read ({error})",
            expected="a whole picture",
            remedy="Replace it or take it out of the folder.",
        ) from error


def _spelled(size: Size) -> str:
    return "x".join(map(str, size))
