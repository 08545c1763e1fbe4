"""A source: how a worker comes by the network and its images, which are too large to be sent to it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ...datasets import Dataset
    from ...network import Network


@dataclass(frozen=True)
class Source:
    """Two functions without arguments; they are pickled to the workers, which call them once.

    Attributes
    ----------
    network
        Loads the network, such as `partial(ki.load_network, "/shared/model.keras")`.
    data
        Loads the data set, such as `partial(ki.datasets.load, "folder:/shared/photos")`.
    """

    network: Callable[[], "Network"]
    data: Callable[[], "Dataset"]
