"""The kinds of data set, how each is spelled, and `load`, which reads any of them."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from ..errors import DataError
from .dataset import Dataset
from .image_folder import load_folder, load_pictures
from .mnist import load_mnist
from .npz import load_npz
from .photographs import load_photographs
from .pixels import Size
from .tfds import load_tfds


@dataclass(frozen=True)
class Kind:
    """A kind of data set.

    Attributes
    ----------
    spelling
        How one is named.
    about
        What it is, in one line.
    pattern
        The regular expression that its names match whole.
    load
        Reads the data set of a name; a size, where one is asked for, is what pictures are brought to.
    """

    spelling: str
    about: str
    pattern: str
    load: Callable[[str, Size | None], Dataset]


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "mnist": Kind(
            spelling="mnist/train, mnist/test",
            about="handwritten digits, 28 x 28 grey pixels, embedded",
            pattern=r"mnist(/.*)?",
            load=lambda name, _: load_mnist(name),
        ),
        "photographs": Kind(
            spelling="photographs, photographs/cat",
            about="five photographs, 224 x 224 pixels in colour, embedded",
            pattern=r"photographs(/.*)?",
            load=load_photographs,
        ),
        "tfds": Kind(
            spelling="tfds:NAME/SPLIT",
            about="TensorFlow Datasets, downloaded at first use",
            pattern=r"tfds:.*",
            load=load_tfds,
        ),
        "npz": Kind(
            spelling="FILE.npz, FILE.npz/SPLIT, FILE.npz:SPLIT",
            about="arrays images and labels, or x and y; with a split, x_SPLIT and y_SPLIT",
            pattern=r".*\.npz([/:]\w+)?",
            load=lambda name, _: load_npz(name),
        ),
        "pictures": Kind(
            spelling="pictures:FILE|FILE|...",
            about="picture files, one after the other",
            pattern=r"pictures:.*",
            load=load_pictures,
        ),
        "folder": Kind(
            spelling="folder:PATH, or the path of a folder",
            about="picture files; folders in it are the classes",
            pattern=r"folder:.*",
            load=load_folder,
        ),
    }
)
"""Kind -> how it is spelled and loaded."""

# Rows after a tfds: name are part of its split, which TensorFlow Datasets reads by itself.
_NAME = re.compile(r"(?P<kind>tfds:[^@]*|.+?)(?P<part>\[-?\d*:-?\d*(:\d*)?\])?(@(?P<size>\d+(x\d+)+))?")


def load(name: str | Path, *, size: Size | None = None) -> Dataset:
    """The data set of a name: `mnist/test`, `tfds:NAME/SPLIT`, `FILE.npz`, `folder:PATH` or the path of a folder.

    Any name may be followed by rows and a size: `mnist/test[:100]`, `folder:photos@224x224`, `folder:x[:9]@96x96x3`.

    Parameters
    ----------
    name
        The spelling; `KINDS` lists them.
    size
        (height, width) or (height, width, channels) that pictures are brought to: scaled to cover it, cut centrally.

    Raises
    ------
    DataError
        For a name of no kind, and for data that are missing, damaged, or do not have the asked size.
    """
    dataset = fitted(name, size)
    _check_shape(dataset, size)
    return dataset


def fitted(name: str | Path, size: Size | None) -> Dataset:
    """The data set of a name, its pictures brought to a size; what is no picture keeps its own unless its name has one.

    Raises
    ------
    DataError
        As for `load`.
    """
    spelled = _NAME.fullmatch(str(name))
    if spelled is None:
        raise _unknown(str(name))
    asked = tuple(map(int, spelled["size"].split("x"))) if spelled["size"] else None
    dataset = _kind(spelled["kind"]).load(spelled["kind"], asked or size)
    _check_shape(dataset, asked)
    return dataset[_slice(spelled["part"])] if spelled["part"] else dataset


def _kind(name: str) -> Kind:
    for kind in KINDS.values():
        if re.fullmatch(kind.pattern, name):
            return kind
    if Path(name).expanduser().is_dir():
        return KINDS["folder"]
    raise _unknown(name)


def _unknown(name: str) -> DataError:
    return DataError(
        came=f"the data set {name!r}, which is no folder either",
        expected=f"one of {'; '.join(kind.spelling for kind in KINDS.values())}",
        remedy="Check the spelling, or the path.",
    )


def _slice(part: str) -> slice:
    return slice(*(int(number) if number else None for number in part.strip("[]").split(":")))


def _check_shape(dataset: Dataset, size: Size | None) -> None:
    if size is not None and dataset.shape[: len(size)] != tuple(size):
        raise DataError(
            came=f"the size {'x'.join(map(str, size))} for {dataset.name}, whose images have the shape {dataset.shape}",
            expected="that shape; only photographs, pictures of a folder and TensorFlow Datasets are brought to a size",
            remedy="Leave the size out.",
        )
