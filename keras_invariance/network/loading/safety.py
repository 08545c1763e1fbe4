"""Safety: what is looked at in a Keras file before Keras reads it: its kind, its size, where it leads, what it runs.

Keras' own safe mode stays on besides. Nothing here reads more than a file's directory and its configuration.
"""

import io
import json
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any, NoReturn

import h5py

from ...errors import ModelError
from .error_messages import reason

CONFIGURATION = "config.json"
WEIGHTS = ".h5"
LARGEST_CONFIGURATION = 2**26  # bytes; of ConvNeXtXLarge it is 2**17
# A part of more than this many bytes is a bomb if it is this many times as large as what is stored of it.
LARGE = 2**26
MOST_TIMES = 100


def check_keras_file(path: Path, *, trust: bool) -> None:
    """Look at a `.keras` or HDF5 file before it is read.

    Raises
    ------
    ModelError
        It is damaged or of another kind; or leads to other files; or would take far more memory than its size; or
        carries Python code without being trusted.
    """
    try:
        configuration = _archive(path) if path.suffix.lower() == ".keras" else _hdf5(path)
    except (zipfile.BadZipFile, OSError, EOFError, KeyError, ValueError, RuntimeError) as error:
        raise ModelError(
            f"{str(path)!r}, which Keras cannot read ({reason(error)})",
            "a whole Keras model",
            "Save it again with model.save().",
        ) from error
    if not trust and any(_is_code(part) for part in _parts(configuration)):
        raise ModelError(
            f"{str(path)!r}, which carries Python code in a Lambda layer",
            "a whole Keras model without Python code of its own",
            "If you trust its author, load it with trust=True (--trust-model).",
        )


def _archive(path: Path) -> Any:
    """The configuration in a `.keras` archive whose members are sound."""
    if not zipfile.is_zipfile(path):
        raise ModelError(
            f"{str(path)!r} of {path.stat().st_size} bytes, which is no .keras archive: damaged, or of another kind",
            "a whole Keras model",
            "Save it again with model.save(), or give the file the ending of its own format.",
        )
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            _check_member(path, member)
        if archive.getinfo(CONFIGURATION).file_size > LARGEST_CONFIGURATION:
            _refuse(path, f"whose {CONFIGURATION} is of {archive.getinfo(CONFIGURATION).file_size} bytes")
        for member in archive.infolist():
            if member.filename.endswith(WEIGHTS):
                _check_weights(path, archive, member)
        return _parsed(archive.read(CONFIGURATION))


def _check_member(path: Path, member: zipfile.ZipInfo) -> None:
    name = member.filename
    outside = PurePosixPath(name).is_absolute() or PureWindowsPath(name).anchor
    if outside or ".." in PureWindowsPath(name).parts or stat.S_ISLNK(member.external_attr >> 16):
        _refuse(path, f"whose member {name!r} leads out of the archive")
    if member.file_size > LARGE and member.file_size > MOST_TIMES * member.compress_size:
        _refuse(path, f"whose member {name!r} of {member.compress_size} bytes unpacks to {member.file_size}")


def _check_weights(path: Path, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    stored = member.compress_type == zipfile.ZIP_STORED
    if not stored and member.file_size > LARGE:
        _refuse(path, f"whose member {member.filename!r} is compressed")
    with archive.open(member) as opened, h5py.File(opened if stored else io.BytesIO(opened.read()), "r") as file:
        _check_hdf5(path, file)


def _hdf5(path: Path) -> Any:
    """The configuration in an HDF5 file whose parts are sound; None for weights alone."""
    if not h5py.is_hdf5(path):
        raise OSError(f"no HDF5 file, though of {path.stat().st_size} bytes: damaged, or of another kind")
    with h5py.File(path, "r") as file:
        _check_hdf5(path, file)
        configuration = file.attrs.get("model_config")
    return None if configuration is None else _parsed(configuration)


def _check_hdf5(path: Path, file: h5py.File) -> None:
    # The first thing said ends a visit; an exception must not pass through h5py.
    why = file.visititems_links(_wrong_link) or file.visititems(_wrong_part)
    if why:
        _refuse(path, why)


def _wrong_link(name: str, link: Any) -> str | None:
    leads = isinstance(link, h5py.ExternalLink)
    return f"whose part {name!r} leads to another file, {link.filename!r}" if leads else None


def _wrong_part(name: str, part: object) -> str | None:
    if not isinstance(part, h5py.Dataset):
        return None
    if part.external or part.is_virtual:
        return f"whose part {name!r} is read from other files"
    stored = part.id.get_storage_size()
    bomb = part.nbytes > LARGE and part.nbytes > MOST_TIMES * stored
    return f"whose part {name!r} of {stored} bytes unpacks to {part.nbytes}" if bomb else None


def _parsed(text: str | bytes) -> Any:
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ValueError("a configuration that is nested too deeply") from error


def _parts(configuration: Any) -> Iterator[dict[str, Any]]:
    """Every mapping in a configuration."""
    waiting = [configuration]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            yield part
            waiting.extend(part.values())
        elif isinstance(part, list):
            waiting.extend(part)


def _is_code(part: dict[str, Any]) -> bool:
    """Whether a part of a configuration is a function written out as byte code, by Keras 3 or by Keras 2."""
    return part.get("class_name") == "__lambda__" or part.get("function_type") == "lambda"


def _refuse(path: Path, why: str) -> NoReturn:
    raise ModelError(f"{str(path)!r}, {why}", "a Keras model as model.save() writes it", "Do not use this file.")
