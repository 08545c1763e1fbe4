"""Places that a command writes to: found to be good before the work begins, and errors of writing in one line."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile

from ..errors import DataError


def check_writable(path: Path) -> None:
    """Make the folders above `path`, and see that a file or a SavedModel may take its place.

    Raises
    ------
    DataError
        If the system refuses to write there, or if there is a folder that is no SavedModel.
    """
    if path.is_dir() and not (path / "saved_model.pb").exists() and any(path.iterdir()):
        raise DataError(f"{path}, a folder with other files in it", "a new name", "Choose another --out.")
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        TemporaryFile(dir=path.parent).close()


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Around what writes to `path` and does nothing else: the system's refusal becomes one line.

    Raises
    ------
    DataError
        If the system refuses.
    """
    try:
        yield
    except OSError as error:
        raise DataError(
            f"{path}, which cannot be written ({error.strerror or error})",
            "a place that can be written to",
            "Choose another --out.",
        ) from error
