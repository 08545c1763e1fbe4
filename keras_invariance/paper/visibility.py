"""How far the cat can be seen in an explanation: one number for each method and each strength of the attack.

The number is the correlation of a map with the drawing over the pixels that the original image leaves blank, the mean
over the shown digits: 1 where nothing but the cat is seen, 0 where there is none.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isnan

import numpy as np
from jaxtyping import Float

from ..arrays import Images, Maps
from .cases import (
    GRADIENT,
    GUIDED,
    IG_BLACK,
    IG_DATA_BLACK,
    IG_TRANSFORMED,
    IG_UNSHIFTED_BLACK,
    IG_ZERO,
    LRP,
    TIMES_INPUT,
    Case,
    pattern_case,
)

CAT_SHOWS = 0.5
"""The visibility from which a picture is said to show: it is then a quarter of the map's variance."""

PRINTED = pattern_case("pattern-attribution", "published", "carried over")
"""PatternAttribution by the formula in print, with one set of patterns for both networks."""
REFITTED = tuple(pattern_case("pattern-attribution", fitted, "refitted") for fitted in ("published", "positive"))

DRAWN = (TIMES_INPUT, IG_ZERO, IG_BLACK, LRP, PRINTED)
"""The methods of the paper's figure."""
READINGS = (IG_DATA_BLACK, IG_UNSHIFTED_BLACK, IG_TRANSFORMED)
"""Other readings of what black is for network 2."""
BLACKS = {
    IG_BLACK: "found after the shift in each image",
    IG_DATA_BLACK: "found after the shift in the whole data set",
    IG_UNSHIFTED_BLACK: "found before the shift",
    IG_TRANSFORMED: "moved by the shift as the images are",
}
"""Case -> which black it compares with, in words; before the shift every digit's black is the data set's, 0."""
WATCHED = (GRADIENT, GUIDED, *DRAWN, *READINGS)


@dataclass(frozen=True)
class Strength:
    """How strong a targeted attack is.

    Parameters
    ----------
    clip
        The furthest that it may move a pixel.
    fill
        How brightly the drawing is asked for, the `strength` of `shifts.targeted`: more of it meets the clip.
    """

    clip: float
    fill: float

    @property
    def name(self) -> str:
        """The strength for a reader."""
        return f"within \N{PLUS-MINUS SIGN}{self.clip:g}, strength {self.fill:g}"


PAPER, FAR = Strength(0.3, 3.0), Strength(1.0, 1.0)
"""The paper's bound, and as far as pixels reach."""
STRENGTHS = (
    *(Strength(clip, 3.0) for clip in (0.1, 0.2, 0.3, 0.5, 1.0, 3.0)),
    FAR,
    *(Strength(0.3, fill) for fill in (1.0, 10.0)),
)

Seen = Mapping[Case, tuple[float, float]]
"""Case -> visibility in network 1's maps and in network 2's."""


def cat_in(case: Case) -> str:
    """What is measured of a case under the paper's bound, in words."""
    return f"the cat in {case.name}"


def seen_as(value: float) -> str:
    """A visibility with two decimals; a dash where it was not looked for."""
    return "\N{EN DASH}" if isnan(value) else f"{value:.2f}".replace("-0.00", "0.00").replace("-", "\N{MINUS SIGN}")


def likenesses(maps: tuple[Maps, Maps], drawing: Float[np.ndarray, "*input"], originals: Images) -> tuple[float, float]:
    """The visibility of a drawing in network 1's maps and in network 2's, where the original is blank (0).

    In [-1, 1]; a map without variation there counts as 0.
    """
    first, second = (
        float(
            np.mean(
                [_likeness(one[image == 0], drawing[image == 0]) for one, image in zip(side, originals, strict=True)]
            )
        )
        for side in maps
    )
    return first, second


def _likeness(values: Float[np.ndarray, " p"], drawing: Float[np.ndarray, " p"]) -> float:
    one, two = (np.asarray(each, np.float64) - np.mean(each, dtype=np.float64) for each in (values, drawing))
    size = float(np.linalg.norm(one) * np.linalg.norm(two))
    return float(one @ two) / size if size else 0.0


@dataclass(frozen=True)
class VisibilityTable:
    """Strengths of the attack across, in groups of columns; explanations down, with network 2's numbers."""

    groups: tuple[tuple[str, tuple[str, ...]], ...]
    lines: tuple[tuple[Case, tuple[float, ...]], ...]


def visibility_table(seen: Mapping[Strength, Seen]) -> VisibilityTable:
    """Every watched explanation under every strength that was tried; NaN where it was not looked for."""
    fills = dict.fromkeys(strength.fill for strength in seen)
    columns = [strength for fill in sorted(fills) for strength in _by_clip(seen, fill)]
    groups = tuple(
        (f"strength {fill:g}", tuple(f"\N{PLUS-MINUS SIGN}{strength.clip:g}" for strength in _by_clip(seen, fill)))
        for fill in sorted(fills)
    )
    cases = dict.fromkeys(case for shown in seen.values() for case in shown)
    nothing = (float("nan"), float("nan"))
    lines = tuple((case, tuple(seen[column].get(case, nothing)[1] for column in columns)) for case in cases)
    return VisibilityTable(groups, lines)


def _by_clip(seen: Mapping[Strength, Seen], fill: float) -> Sequence[Strength]:
    return sorted((strength for strength in seen if strength.fill == fill), key=lambda strength: strength.clip)
