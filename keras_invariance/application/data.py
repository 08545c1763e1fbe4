"""Data by name, brought to a network's input size where they can be."""

from pathlib import Path
from typing import TYPE_CHECKING

from ..datasets.catalogue import KINDS, fitted
from ..datasets.npz import npz_splits
from ..datasets.reshaped import reshaped
from ..errors import DataError

if TYPE_CHECKING:
    from ..datasets import Dataset


def open_data(name: str, input_shape: tuple[int, ...]) -> "Dataset":
    """The data set of that name; its pictures, if it has any, get the size and channels of `input_shape`.

    Axes of length 1 are added or left out where the network has others: a signal [t, 1] of an .npz file stays one.

    Raises
    ------
    DataError
        For a name of no kind, and for data that are missing, damaged, or of another shape.
    """
    pictured = len(input_shape) == 3 and input_shape[-1] in (1, 3)
    dataset = reshaped(fitted(name, input_shape if pictured else None), tuple(input_shape))
    if pictured and dataset.shape != tuple(input_shape):
        raise DataError(
            f"{name}, whose images have the shape {dataset.shape}",
            f"the network's, {tuple(input_shape)}; only pictures and TensorFlow Datasets are brought to a size",
            "Open data of that shape, or a network that reads these.",
        )
    return dataset


def data_splits(path: str | Path) -> tuple[str, ...]:
    """The splits of an `.npz` file as Keras saves them, such as "test" and "train": `FILE.npz/test` names one.

    There are none where the images lie in it without one, or where it holds no images.

    Raises
    ------
    DataError
        For a file that is missing or damaged.
    """
    return npz_splits(Path(path))


def data_spellings() -> tuple[str, ...]:
    """How data of each kind are named."""
    return tuple(kind.spelling for kind in KINDS.values())
