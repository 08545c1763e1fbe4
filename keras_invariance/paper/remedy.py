"""The remedy that the paper proposes: normalise the data before attribution, and see which verdicts it repairs."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from .cases import IG_BLACK, IG_ZERO, LRP, TIMES_INPUT, Case, pattern_case
from .measure import measured, measured_apart
from .pairs import Normaliser, Pair
from .rows import Row
from .subjects import BOUND, MLP, SHOWN, Moved, Subjects

NORMALISERS: tuple[Normaliser, ...] = ("pixel mean", "mean image")
CASES = (TIMES_INPUT, IG_ZERO, IG_BLACK, LRP)
PATTERN_CASE = pattern_case("pattern-attribution", "published", "refitted")

Disease = Moved | Literal["own"]
"""What is wrong with the encoding: a shift that all images share, or one that each image has for itself."""


@dataclass(frozen=True, eq=False)
class Remedy:
    """One normalisation of one kind of shift, on the multilayer perceptron."""

    subjects: Subjects
    disease: Disease
    by: Normaliser

    @property
    def cases(self) -> tuple[Case, ...]:
        """The cases that it is tried on; patterns are fitted to data less their mean image only."""
        if self.disease == "own":
            return TIMES_INPUT, IG_ZERO, LRP
        return (*CASES, PATTERN_CASE) if self.by == "mean image" else CASES

    @cached_property
    def _pairs(self) -> list[Pair]:
        if self.disease == "own":
            return [pair.normalise(self.by) for pair in self.subjects.own_pairs(BOUND)]
        return [self.subjects.pair(MLP, self.disease).normalise(self.by)]

    def row(self, case: Case) -> Row:
        """The case judged on normalised data."""
        subjects = self.subjects
        if self.disease == "own":
            originals, targets = subjects.originals[:SHOWN], subjects.targets(MLP)[:SHOWN]
            return measured_apart(self._pairs, case, originals, targets, subjects.patterns)
        return measured(self._pairs[0], case, subjects.originals, subjects.targets(MLP), subjects.patterns)


def remedies(subjects: Subjects) -> list[Remedy]:
    """Every normalisation of every kind of shift."""
    diseases: tuple[Disease, ...] = ("constant", "checkerboard", "own")
    return [Remedy(subjects, disease, by) for disease in diseases for by in NORMALISERS]


@dataclass(frozen=True)
class Line:
    """One case before and after each normalisation, column by column; None where it was not measured."""

    title: str
    variant: str
    rows: tuple[Row | None, ...]


def comparison(rows: Sequence[Row]) -> tuple[list[tuple[str, str]], list[Line]]:
    """Columns (shift, what is subtracted) and lines (cases) of the table before and after."""
    treated = [row for row in rows if row.normalised]
    shifts = dict.fromkeys(row.shift for row in treated)
    places = [(shift, by) for shift in shifts for by in ("", *NORMALISERS)]
    found = {(row.shift, row.normalised, row.case): row for row in rows if row.network == MLP}
    cases = dict.fromkeys(row.case for row in treated)
    lines = [Line(case.title, case.variant, tuple(found.get((*place, case)) for place in places)) for case in cases]
    columns = [(shift, f"less the {by}" if by else "as it is") for shift, by in places]
    return columns, lines
