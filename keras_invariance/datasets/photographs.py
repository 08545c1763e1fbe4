"""Five photographs, embedded: 224 x 224 pixels in colour, values in [0, 1], for networks that know ImageNet's classes.

They are scikit-image's sample pictures, cut square at their centre and scaled down. Nobody has labelled them by
ImageNet's classes, so they have no labels; `classes` names the outputs of a network that was trained on ImageNet.

    cat           Chelsea; Stefan van der Walt, CC0
    coffee        an espresso at Pikolo; Rachel Michetti, CC0
    rocket        the launch of DSCOVR on a Falcon 9; SpaceX, public domain
    photographer  a man with a camera on a tripod, in grey; Lav Varshney, CC0
    astronaut     Eileen Collins; NASA, public domain
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import PIL.Image

from ..errors import DataError
from .dataset import Batch, Dataset
from .pixels import BYTES, Size, check_size, picture_values

NAMES = ("cat", "coffee", "rocket", "photographer", "astronaut")
"""The photographs, in their order."""

SIDE = 224
_FOLDER = Path(__file__).parent


def load_photographs(name: str, size: Size | None = None) -> Dataset:
    """All of them as `photographs`, or one as `photographs/cat`; `size` brings them to another size.

    Raises
    ------
    DataError
        For a name that is not one of `NAMES`.
    """
    _, _, one = name.partition("/")
    if one not in ("", *NAMES):
        raise DataError(
            came=f"the data set {name!r}",
            expected=f"photographs, or photographs/ and one of {', '.join(NAMES)}",
            remedy="Check the spelling.",
        )
    size = (SIDE, SIDE, 3) if size is None else size
    check_size(size)
    source = _Photographs((one,) if one else NAMES, (size[0], size[1], (*size, 3)[2]))
    return Dataset.whole(name, source, BYTES, imagenet_classes())


def imagenet_classes() -> tuple[str, ...]:
    """ImageNet's 1000 classes, in the order in which networks number them; each with all its names."""
    return tuple((_FOLDER / "imagenet-classes.txt").read_text(encoding="utf-8").splitlines())


def photograph_file(name: str) -> Path:
    """The picture file of a photograph."""
    return _FOLDER / f"photograph-{name}.png"


@dataclass(frozen=True)
class _Photographs:
    """Some of the photographs, read when they are needed."""

    names: tuple[str, ...]
    shape: tuple[int, int, int]

    @property
    def count(self) -> int:
        return len(self.names)

    def stream(self, rows: range, size: int) -> Iterator[Batch]:
        for start in range(0, len(rows), size):
            batch = rows[start : start + size]
            yield np.stack([_values(self.names[row], self.shape) for row in batch]), None

    def labels(self, rows: range) -> None:  # noqa: ARG002  a source is asked for them
        return None

    def digest(self) -> str:
        content = hashlib.sha256(repr((self.shape, self.names)).encode())
        for name in self.names:
            content.update(photograph_file(name).read_bytes())
        return content.hexdigest()


def _values(name: str, shape: tuple[int, int, int]) -> np.ndarray:
    with PIL.Image.open(photograph_file(name)) as picture:
        return picture_values(picture, *shape)
