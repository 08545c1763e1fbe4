"""Confirming what somebody else's function found: in float64 where it computes so, else in float32, dithered.

A stranger cannot take network 1's decisions over, so that ties and kinks are its own in both networks: its images are
dithered. One that is given a float64 network and returns float32's numbers, or refuses, computes in float32 only, and
so does one, somewhere inside, whose maps differ by no more than rounding its images to float32 makes of them. Then
nothing removes rounding, and what is small enough to be rounding counts as that.
"""

from dataclasses import replace

import numpy as np
from jaxtyping import Int

from ..arrays import Maps
from ..errors import ExplainerError
from .confirmation import EXACT, FITTED, STAYS, Limits
from .pairs import COARSE_DITHER, Pair
from .scores import compare

SINGLE = Limits(FITTED.rounding, FITTED.real)
"""For explainers that compute in float32 only, as for patterns of float32: a smaller sensitivity cannot be seen."""


def confirmed_maps(pair: Pair, keys: Int[np.ndarray, " n"] | None = None) -> tuple[tuple[Maps, Maps], Limits]:
    """Both networks' maps as they are confirmed, and what counts as rounding in them.

    Raises
    ------
    ExplainerError
        Somebody else's function fails in float32 too.
    """
    if not pair.foreign:
        return pair.confirming().maps("float64", keys), EXACT
    try:
        maps = pair.confirming().maps("float64", keys)
    except ExplainerError:
        maps = None
    if maps is not None and not all(is_single(one) for one in maps) and not _single_inside(pair, maps, keys):
        return maps, EXACT
    first, second = pair.confirming(COARSE_DITHER).maps("float32", keys)
    return (first.astype(np.float64), second.astype(np.float64)), SINGLE


def _single_inside(pair: Pair, maps: tuple[Maps, Maps], keys: Int[np.ndarray, " n"] | None) -> bool:
    """Whether the maps differ by no more than they do when their images are rounded to float32, or are rounded there.

    Asked only where it matters, for maps that are neither equal nor apart by more than float32's rounding.
    """
    apart = compare(*maps, not_finite="apart").relative_l2
    if not np.any((apart > EXACT.rounding) & (apart < SINGLE.rounding)):
        return False
    first, second = (images.astype(np.float32).astype(np.float64) for images in pair.confirming().images)
    rounded = replace(pair, images=(first, second)).maps("float64", keys)
    moved = [compare(*both, not_finite="apart").relative_l2 for both in zip(maps, rounded, strict=True)]
    return not np.any(moved) or bool(np.nanmax(apart) <= STAYS * np.nanmax(moved))


def is_single(maps: Maps) -> bool:
    """Whether every number is one of float32's."""
    with np.errstate(over="ignore"):
        return bool(np.array_equal(maps, maps.astype(np.float32), equal_nan=True))


def told(limits: Limits) -> str:
    """What a reason says of the limits; nothing of the usual ones."""
    if limits is not SINGLE:
        return ""
    known = f"up to {limits.rounding:.0e} is rounding and more than {limits.real:.0e} is real"
    return f"; it computes in float32, where {known}"
