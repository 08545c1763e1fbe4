"""Figure 5: the shift that is aimed, so that the explanation of a digit shows a cat."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from ..arrays import Images, Maps, Targets
from ..report.grid import Panel, grid_png
from .cases import GRADIENT, GUIDED, IG_BLACK, IG_ZERO, LRP, TIMES_INPUT, Case
from .cat import cat
from .figures import LEGEND, Figure, case_panel, equal_maps, input_panel
from .measure import measured_apart
from .publication import Publication
from .rows import Row
from .sentences import cat_sentences, claim_sentences, equality_sentences, verdict_sentences
from .subjects import BOUND, CLIPS, MLP, Subjects

DRAWN = (GRADIENT, TIMES_INPUT, IG_ZERO, LRP)
_UNBIASED = Case("lrp-z", options=(("bias", "ignore"),))
CASES = {clip: (*DRAWN, GUIDED, IG_BLACK, _UNBIASED) if clip == BOUND else DRAWN for clip in CLIPS}
"""How far the shift may go -> the cases that are judged."""

_TITLE = "A cat in the explanation of a digit"
_ABOUT = (
    "Here the shift m is aimed: for each digit it is chosen so that gradient \N{MULTIPLICATION SIGN} input of "
    "network 2 shows the drawing of a cat, above with no pixel moved by more than 0.3, below by more than 1. Every "
    "digit has a shift, and so a network 2, of its own. The numbers in brackets are the correlations of the drawing "
    "with network 2's map and with network 1's, over the pixels that the digit leaves blank."
)


@dataclass(frozen=True, eq=False)
class Attack:
    """The targeted attack on the shown digits."""

    subjects: Subjects
    publication: Publication

    @property
    def _digits(self) -> tuple[Images, Targets]:
        return self.subjects.shown(MLP)

    def judge(self, clip: float, case: Case) -> None:
        """Judge a case on pairs with a shift for each digit."""
        pairs = self.subjects.own_pairs(clip)
        self.publication.add_row(measured_apart(pairs, case, *self._digits, self.subjects.patterns))

    def draw(self) -> None:
        """Draw figure 5 and measure where the cat shows."""
        originals, targets = self._digits
        bands, sentences = [], []
        for clip in CLIPS:
            maps = {case: self._maps(clip, case) for case in CASES[clip]}
            shown = {case.name: likenesses(both, cat(), originals) for case, both in maps.items()}
            within = f"Within \N{PLUS-MINUS SIGN}{clip:g}"
            self.publication.likeness[within] = shown
            sentences += cat_sentences(within, shown)
            bands.append(self._band(clip, {case: maps[case] for case in DRAWN}))
        rows = self._rows(BOUND)
        sentences += equality_sentences(equal_maps({case: maps[case] for case in DRAWN}))
        sentences += [*verdict_sentences(rows), *claim_sentences(rows)]
        png = grid_png(bands, [str(target) for target in targets], LEGEND)
        self.publication.add_figure(Figure(5, _TITLE, _ABOUT, tuple(sentences), png))

    def _band(self, clip: float, maps: dict[Case, tuple[Maps, Maps]]) -> list[Panel]:
        originals, _ = self._digits
        pairs = zip(self.subjects.own_pairs(clip), originals, strict=True)
        moved = np.stack([pair.images(original)[1] for pair, original in pairs])
        rows = {row.case: row for row in self._rows(clip)}
        inputs = input_panel((originals, moved), ("x", "x + m"), f"Input\n|m| up to {clip:g}")
        return [inputs, *(case_panel(case, both, rows[case]) for case, both in maps.items())]

    def _rows(self, clip: float) -> list[Row]:
        shift = self.subjects.own_pairs(clip)[0].shift
        return [row for row in self.publication.rows if row.shift == shift and not row.normalised]

    def _maps(self, clip: float, case: Case) -> tuple[Maps, Maps]:
        originals, targets = self._digits
        each = [
            pair.maps(case, originals[place : place + 1], targets[place : place + 1], self.subjects.patterns)
            for place, pair in enumerate(self.subjects.own_pairs(clip))
        ]
        return np.concatenate([one for one, _ in each]), np.concatenate([two for _, two in each])


def likenesses(maps: tuple[Maps, Maps], drawing: Float[np.ndarray, "*input"], originals: Images) -> tuple[float, float]:
    """The mean correlation of network 1's maps and of network 2's with a drawing, where the original is blank (0).

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
