"""Data by name, brought to a network's input size where they can be."""

from typing import TYPE_CHECKING

from ..datasets import load
from ..datasets.catalogue import KINDS
from ..datasets.reshaped import reshaped

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
    return reshaped(load(name, size=input_shape if pictured else None), tuple(input_shape))


def data_spellings() -> tuple[str, ...]:
    """How data of each kind are named."""
    return tuple(kind.spelling for kind in KINDS.values())
