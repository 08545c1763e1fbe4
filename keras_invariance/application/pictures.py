"""Images by name: picture files, `.npy` arrays, samples of a data set."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import numpy as np

from ..arrays import Image, Images, checked_images
from ..datasets.image_folder import ENDINGS
from ..errors import DataError, ImageError
from .data import open_data

_SAMPLE = re.compile(r"(?P<name>.+):(?P<index>\d+)")


@dataclass(frozen=True)
class Picture:
    """One image to explain, and the name that its files get."""

    name: str
    image: Image


def pictures(sources: Sequence[str], input_shape: tuple[int, ...], encoding: tuple[float, float]) -> list[Picture]:
    """The images named by `sources`, in the shape of the network's input.

    Parameters
    ----------
    sources
        Picture files, `.npy` files of one image or a batch, samples such as `mnist/test:5`, data sets.
    input_shape
        The network's: a picture of another size is scaled to cover it and cut at its centre.
    encoding
        What 0 and 1, black and white, of pictures and data sets become. Arrays are taken as they are.

    Raises
    ------
    DataError
        For a source that is missing or cannot be read.
    ImageError
        For one that does not fit the network, or holds NaN or infinite values.
    ShiftError
        For a file that cannot be read: shifts and images are read by the same function.
    """
    distinct: dict[str, Picture] = {}
    for source in sources:
        for picture in _read(source, input_shape, encoding):
            names = (picture.name if number == 1 else f"{picture.name}-{number}" for number in count(1))
            name = next(name for name in names if name not in distinct)
            distinct[name] = Picture(name, picture.image)
    return list(distinct.values())


def parsed_encoding(text: str) -> tuple[float, float]:
    """The two numbers of `low,high`, what black and white stand for.

    Raises
    ------
    ImageError
        For anything but two different numbers.
    """
    try:
        low, high = (float(part) for part in text.split(","))
    except ValueError as error:
        raise _bad_encoding(text) from error
    if not (np.isfinite([low, high]).all() and low != high):
        raise _bad_encoding(text)
    return low, high


def _read(source: str, input_shape: tuple[int, ...], encoding: tuple[float, float]) -> Iterator[Picture]:
    path, sample = Path(source), _SAMPLE.fullmatch(source)
    if path.is_file() and path.suffix == ".npy":
        yield from _array_images(path, input_shape)
    elif path.is_file():
        image = _encoded(_picture_file(path, input_shape), encoding)
        yield Picture(path.stem, checked_images(image[np.newaxis], input_shape)[0])
    elif sample:
        yield from _data_set(sample["name"], int(sample["index"]), input_shape, encoding)
    elif path.suffix.lower() in {".npy", *ENDINGS}:
        raise DataError(
            f"the picture {source!r}, which does not exist",
            "a picture file, an .npy file, or a sample such as mnist/test:5",
            "Check the path.",
        )
    else:
        yield from _data_set(source, None, input_shape, encoding)


def _array_images(path: Path, input_shape: tuple[int, ...]) -> Iterator[Picture]:
    from ..encodings.shift_values import read_array

    images = read_array(path)
    if images.ndim != len(input_shape) + 1:
        yield Picture(path.stem, checked_images(images[np.newaxis], input_shape)[0])
        return
    for index, image in enumerate(checked_images(images, input_shape)):
        yield Picture(f"{path.stem}-{index}", image)


def _picture_file(path: Path, input_shape: tuple[int, ...]) -> Image:
    if len(input_shape) != 3 or input_shape[-1] not in (1, 3):
        raise ImageError(
            f"{path} for a network whose input is {input_shape}",
            "an .npy array of that shape",
            "Write it with np.save.",
        )
    from ..datasets.pixels import picture_values
    from ..encodings.shift_values import read_picture

    return picture_values(read_picture(path), *input_shape)


def _data_set(
    name: str, index: int | None, input_shape: tuple[int, ...], encoding: tuple[float, float]
) -> Iterator[Picture]:
    dataset = open_data(name, input_shape)
    if index is not None and index >= len(dataset):
        raise DataError(f"{name}:{index}", f"a sample from 0 to {len(dataset) - 1}", "Choose one of these.")
    rows = range(len(dataset)) if index is None else [index]
    title = re.sub(r"\W+", "-", name).strip("-")
    for row in rows:
        images = _encoded(dataset[row : row + 1].images, encoding)
        yield Picture(f"{title}-{row}", checked_images(images, input_shape)[0])


def _encoded(images: Images, encoding: tuple[float, float]) -> Images:
    low, high = encoding
    return np.asarray(low + (high - low) * images, dtype=np.float32)


def _bad_encoding(text: str) -> ImageError:
    return ImageError(f"--encoding {text}", "two different numbers, low,high", "For instance --encoding=-1,1.")
