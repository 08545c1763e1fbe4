"""Writing of files so that a reader meets the old one or the new one, never half of one."""

import os
from pathlib import Path

from ..errors import OutputError

SCRATCH = ".beam-"
"""How the names of folders begin in which an engine's workers hand over what they made."""


def result_folder(out: Path) -> Path:
    """The folder for results, made if it is not there.

    Raises
    ------
    OutputError
        Where a file has that name, or the folder cannot be made.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            came=f"{out} ({error.strerror})",
            expected="a folder that exists or can be made",
            remedy="Choose another folder with --out, or move what is in the way.",
        ) from error
    return out


def write_bytes(path: Path, content: bytes | memoryview) -> None:
    """Write to a temporary name in the same folder, then take the place of `path` in one step."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(content)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def write_result(path: Path, content: str | bytes) -> None:
    """Write a result whole or not at all, text as UTF-8.

    Raises
    ------
    OutputError
        The system refuses it.
    """
    try:
        write_bytes(path, content.encode("utf-8") if isinstance(content, str) else content)
    except OSError as error:
        raise refused(path, error) from error


def refused(path: Path, error: OSError) -> OutputError:
    """The error that the system does not let a result be written."""
    return OutputError(
        f"{path}, which cannot be written ({error.strerror or error})",
        "room and the right to write there",
        "What was written before is whole: make room, and run the same again.",
    )


def write_text(path: Path, content: str) -> None:
    """Write text as UTF-8 with plain line ends on every system; see `write_bytes`."""
    write_bytes(path, content.encode("utf-8"))
