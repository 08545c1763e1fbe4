"""Figure 5: the shift that is aimed, so that the explanation of a digit shows a cat."""

from dataclasses import dataclass

import numpy as np

from ..arrays import Images, Maps, Targets
from ..encodings.cat import cat
from ..reports.grid import Panel, grid_png
from .cases import GRADIENT, GUIDED, Case
from .figures import LEGEND, Figure, case_panel, equal_maps, input_panel
from .measure import measured, measured_apart
from .publication import Publication
from .rows import Row
from .sentences import cat_sentences, equality_sentences, reading_sentences, verdict_sentences
from .subjects import MLP, Subjects
from .visibility import DRAWN, FAR, PAPER, READINGS, REFITTED, WATCHED, Strength, likenesses, seen_as

_UNBIASED = Case("lrp-z", options=(("bias", "ignore"),))
CASES = {PAPER: (GRADIENT, GUIDED, *DRAWN, *READINGS, *REFITTED, _UNBIASED), FAR: DRAWN}
"""How strong the attack is -> the cases that are judged."""
_BANDS = ((PAPER, DRAWN), (PAPER, (GRADIENT, READINGS[1], *REFITTED)), (FAR, DRAWN))

_TITLE = "A cat in the explanation of a digit"
_ABOUT = (
    "Here the shift m is aimed: for each digit it is chosen so that gradient \N{MULTIPLICATION SIGN} input of "
    "network 2 shows the drawing of a cat. First line: the methods of the paper's figure, no pixel moved by more than "
    "0.3. Second line, the same shift: the gradient, the black reference as it was before the shift, and "
    "PatternAttribution with patterns fitted anew for network 2. Third line: no pixel moved by more than 1. Every "
    "digit has a shift, and so a network 2, of its own. The number below a verdict is the correlation of the drawing "
    "with network 2's map over the pixels that the digit leaves blank, the mean over the digits."
)


@dataclass(frozen=True, eq=False)
class Attack:
    """The targeted attack on the shown digits."""

    subjects: Subjects
    publication: Publication

    @property
    def _digits(self) -> tuple[Images, Targets]:
        return self.subjects.shown(MLP)

    def judge(self, strength: Strength, case: Case) -> None:
        """Judge a case on pairs with a shift for each digit."""
        pairs = self.subjects.own_pairs(strength)
        self.publication.add_row(measured_apart(pairs, case, *self._digits, self.subjects.patterns))

    def judge_others(self, case: Case) -> None:
        """Judge a case on the images that the first digit's shift was not aimed at."""
        pair, originals, targets = self.subjects.at_another
        self.publication.add_row(measured(pair, case, originals, targets, self.subjects.patterns))

    def look(self, strength: Strength) -> None:
        """Measure how far the cat can be seen."""
        cases = dict.fromkeys((*WATCHED, *CASES.get(strength, ())))
        seen = {case: likenesses(self._maps(strength, case), cat(), self._digits[0]) for case in cases}
        self.publication.add_visibility(strength, seen)

    def draw(self) -> None:
        """Draw figure 5."""
        _, targets = self._digits
        sentences = []
        for strength in CASES:
            seen = self.publication.visibility[strength]
            sentences += cat_sentences(strength.name, {case.name: pair for case, pair in seen.items()})
        sentences += reading_sentences(self.publication.visibility[PAPER])
        rows = self._rows(PAPER)
        sentences += equality_sentences(equal_maps({case: self._maps(PAPER, case) for case in DRAWN}))
        sentences += verdict_sentences(list(rows.values()))
        bands = [self._band(strength, cases) for strength, cases in _BANDS]
        png = grid_png(bands, [str(target) for target in targets], LEGEND)
        self.publication.add_figure(Figure(5, _TITLE, _ABOUT, tuple(sentences), png))

    def _band(self, strength: Strength, cases: tuple[Case, ...]) -> list[Panel]:
        originals, _ = self._digits
        pairs = zip(self.subjects.own_pairs(strength), originals, strict=True)
        moved = np.stack([pair.images(original)[1] for pair, original in pairs])
        rows, seen = self._rows(strength), self.publication.visibility[strength]
        inputs = input_panel((originals, moved), ("x", "x + m"), f"Input\n|m| up to {strength.clip:g}")
        panels = [
            case_panel(
                case,
                self._maps(strength, case),
                rows[case],
                f"\ncat {seen_as(seen[case][1])}",
            )
            for case in cases
        ]
        return [inputs, *panels]

    def _rows(self, strength: Strength) -> dict[Case, Row]:
        shift = self.subjects.own_pairs(strength)[0].shift
        return {row.case: row for row in self.publication.rows if row.shift == shift and not row.normalised}

    def _maps(self, strength: Strength, case: Case) -> tuple[Maps, Maps]:
        originals, targets = self._digits
        each = [
            pair.maps(case, originals[place : place + 1], targets[place : place + 1], self.subjects.patterns)
            for place, pair in enumerate(self.subjects.own_pairs(strength))
        ]
        return np.concatenate([one for one, _ in each]), np.concatenate([two for _, two in each])
