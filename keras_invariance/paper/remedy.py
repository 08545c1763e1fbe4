"""The remedy that the paper proposes: normalise the data before attribution, and see which verdicts it repairs."""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from .cases import IG_BLACK, IG_ZERO, LRP, TIMES_INPUT, Case, pattern_case
from .measure import measured, measured_apart
from .rows import Row
from .sides import NORMALISERS, Normaliser, Pair
from .subjects import MLP, Moved, Subjects
from .visibility import PAPER

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
            return [pair.normalise(self.by) for pair in self.subjects.own_pairs(PAPER)]
        return [self.subjects.pair(MLP, self.disease).normalise(self.by)]

    def row(self, case: Case) -> Row:
        """The case judged on normalised data."""
        subjects = self.subjects
        if self.disease == "own":
            return measured_apart(self._pairs, case, *subjects.shown(MLP), subjects.patterns)
        return measured(self._pairs[0], case, *subjects.judged(MLP), subjects.patterns)


def remedies(subjects: Subjects) -> list[Remedy]:
    """Every normalisation of every kind of shift; the stronger one alone where each image has its own."""
    diseases: tuple[Disease, ...] = ("constant", "checkerboard")
    shared = [Remedy(subjects, disease, by) for disease in diseases for by in NORMALISERS]
    return [*shared, Remedy(subjects, "own", "mean image")]
