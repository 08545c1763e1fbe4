"""Files that appear whole or not at all."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import DataError


@contextmanager
def replaced(path: Path) -> Iterator[Path]:
    """A path beside `path` to write to; it takes the place of `path` once the block has ended well.

    The folders above are made. A file replaces a file, a folder replaces a folder of the program's own making only:
    an existing folder that is not a SavedModel is left alone.

    Raises
    ------
    DataError
        If the system refuses to write there, or something else is in the way.
    """
    _check_free(path)
    partial = path.with_name(f".{os.getpid()}-{path.name}")
    with _writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.touch()  # a place that refuses is found before the work, not after it
        partial.unlink()
    try:
        yield partial
        with _writing(path):
            if partial.is_dir() and path.is_dir():
                shutil.rmtree(path)
            partial.replace(path)
    finally:
        if partial.is_dir():
            shutil.rmtree(partial)
        partial.unlink(missing_ok=True)


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise DataError(
            f"{path}, which cannot be written ({error.strerror})",
            "a place that can be written to",
            "Choose another --out.",
        ) from error


def _check_free(path: Path) -> None:
    if path.is_dir() and not (path / "saved_model.pb").exists() and any(path.iterdir()):
        raise DataError(f"{path}, a folder with other files in it", "a new name", "Choose another --out.")
