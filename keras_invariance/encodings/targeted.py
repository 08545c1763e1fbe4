"""Targeted shifts: one for each image, so that its twin's gradient times input shows a picture."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float

from ..arrays import Image
from ..errors import ShiftError
from . import shifts
from .cat import CAT

if TYPE_CHECKING:
    from ..network import Network

KINDS = ("target", "targeted")
CLIP = 0.3
"""The largest shift of a pixel, as in the paper."""
SPELLING = "target:FILE[:CLIP], target:cat for the paper's"


@dataclass(frozen=True)
class TargetedShift:
    """A picture that each image's own shift paints into its explanation, and how far a pixel may be moved for it."""

    picture: Path
    clip: float = CLIP

    def picture_for(self, input_shape: tuple[int, ...]) -> Float[np.ndarray, "*input"]:
        """The picture in the shape of an image; raises a `ShiftError` where it cannot be read or does not fit."""
        read = shifts.array if self.picture.suffix == ".npy" else shifts.image
        return read(self.picture).values(input_shape)

    def values(self, network: "Network", image: Image, target: int) -> Float[np.ndarray, "*input"]:
        """m for one image, float64; made from its gradient alone, whatever other images are computed beside it."""
        picture = self.picture_for(network.input_shape)
        shift = shifts.targeted(network, image, picture, target=target, clip=self.clip)
        return np.asarray(shift.values(network.input_shape), np.float64)


def targeted_shift(spec: str) -> TargetedShift | None:
    """The targeted shift that a spelling means; None for a shift that all images share.

    Raises
    ------
    ShiftError
        For a target without a picture, or with a clip that is not positive.
    """
    kind, _, rest = spec.partition(":")
    if kind not in KINDS:
        return None
    name, _, tail = rest.rpartition(":")
    try:
        clip = float(tail) if name else CLIP
    except ValueError:  # a colon in a file's name
        name, clip = "", CLIP
    name = name or rest
    if not (name and clip > 0 and np.isfinite(clip)):
        raise ShiftError(f"shift {spec!r}", SPELLING, "For instance target:cat.png, or target:cat.png:0.5.")
    return TargetedShift(CAT if name == "cat" and not Path(name).exists() else Path(name), clip)
