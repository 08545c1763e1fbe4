"""Claims: what the paper says, which measurements decide it, and what came out.

A claim is one sentence of the paper, or several that say the same. It is decided on the paper's own network by the
evidence that its `decided_by` names; the same questions asked of other networks, and those of `below`, stand beside it
and decide nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import isnan
from typing import Literal

from .cases import Answer, Case, ShiftKind
from .rows import Holds, Row
from .words import counted, difference, listed, number

DECIDING = "mnist_mlp"
"""The network that decides: the paper's own, 3 x 1024 ReLU."""

Question = tuple[Case, str, str]
"""A case, the kind of pair that it is asked of, and what was subtracted before."""
Outcome = Literal["agree", "differ", "undecided", "not testable"]


@dataclass(frozen=True)
class Verdict:
    """Evidence: the verdict on a case, and which one the claim says it is."""

    case: Case
    kind: ShiftKind
    expected: Answer
    normalised: str = ""

    @property
    def question(self) -> Question:
        """What is asked; a row with the same question answers it, on whatever network."""
        return self.case.unseeded, self.kind, self.normalised


@dataclass(frozen=True)
class Quantity:
    """Evidence: a measured number, and the bounds between which the claim says it lies.

    Parameters
    ----------
    name
        What was measured, in words; the key of `Measured.quantities`.
    at_least, at_most
        The bounds; none for a number that only stands beside.
    network
        The network that it was measured on.
    """

    name: str
    at_least: float = float("-inf")
    at_most: float = float("inf")
    network: str = DECIDING

    @property
    def bounds(self) -> str:
        """The bounds for a reader."""
        low = f"at least {number(self.at_least)}" if self.at_least > float("-inf") else ""
        high = f"at most {number(self.at_most)}" if self.at_most < float("inf") else ""
        return " and ".join(filter(None, (low, high)))


Evidence = Verdict | Quantity


@dataclass(frozen=True)
class Claim:
    """One thing that the paper says.

    Parameters
    ----------
    name
        A short name that stays, such as "ig-black".
    section
        Where the paper says it.
    says
        What it says, in our words or in quoted ones.
    decided_by
        The evidence that decides; none for a claim that cannot be tested here.
    below
        Evidence that belongs beside it and decides nothing: other estimators, other readings.
    need
        How much of the evidence must agree; all of it by default.
    rests_on
        The reading on which the outcome rests, where the paper leaves room for several.
    why
        The mechanism, true whatever comes out; for a claim that cannot be tested, what stands in the way.
    counted
        False for what is shown beside the paper's claims and not counted with them.
    """

    name: str
    section: str
    says: str
    decided_by: tuple[Evidence, ...] = ()
    below: tuple[Evidence, ...] = ()
    need: int | None = None
    rests_on: str = ""
    why: str = ""
    counted: bool = True


@dataclass(frozen=True)
class Measured:
    """Everything that was measured: rows, and numbers by name."""

    rows: Sequence[Row]
    quantities: Mapping[str, float] = field(default_factory=dict)

    @cached_property
    def answers(self) -> Mapping[Question, Sequence[Row]]:
        """The rows by what they answer."""
        found: dict[Question, list[Row]] = {}
        for row in self.rows:
            found.setdefault(asked(row), []).append(row)
        return found


@dataclass(frozen=True)
class Answered:
    """A piece of evidence, measured: what was asked, where, what came out, and whether the claim says so."""

    question: str
    place: str
    measured: str
    holds: Holds

    @property
    def line(self) -> str:
        """Question and answer in one line."""
        return f"{self.question}: {self.measured}"


@dataclass(frozen=True)
class Result:
    """A claim with what became of it."""

    claim: Claim
    outcome: Outcome
    deciding: tuple[Answered, ...] = ()
    below: tuple[Answered, ...] = ()

    def flat(self) -> dict[str, object]:
        """Names and values, for CSV."""
        claim = self.claim
        return {
            "claim": claim.name,
            "section": claim.section,
            "says": claim.says,
            "outcome": self.outcome,
            "counted": claim.counted,
            "rests_on": claim.rests_on,
            "measured": "; ".join(f"{answered.line} [{answered.place}]" for answered in self.deciding),
            "why": claim.why,
        }


def result(claim: Claim, measured: Measured) -> Result:
    """What became of a claim: not testable without evidence, undecided while a part is open that could decide it."""
    deciding = [answered for evidence in claim.decided_by for answered in _asked(evidence, measured, decides=True)]
    below = [answered for evidence in claim.decided_by for answered in _asked(evidence, measured, decides=False)]
    for evidence in claim.below:
        below += [*_asked(evidence, measured, decides=True), *_asked(evidence, measured, decides=False)]
    return Result(claim, _outcome(claim, deciding), tuple(deciding), tuple(below))


def _outcome(claim: Claim, deciding: Sequence[Answered]) -> Outcome:
    if not claim.decided_by:
        return "not testable"
    count = len(claim.decided_by)
    need = count if claim.need is None else claim.need
    held, failed = (sum(answered.holds == which for answered in deciding) for which in ("holds", "fails"))
    if held >= need:
        return "agree"
    return "differ" if failed > count - need else "undecided"


def _asked(evidence: Evidence, measured: Measured, *, decides: bool) -> list[Answered]:
    """What was measured of a piece of evidence, on the deciding network or on the others."""
    if isinstance(evidence, Quantity):
        return _quantity(evidence, measured) if decides else []
    return [
        Answered(row.case.name, place(row), _told(row), _holds(row, evidence))
        for row in measured.answers.get(evidence.question, ())
        if (row.network == DECIDING) == decides
    ]


def asked(row: Row) -> Question:
    """What a row answers."""
    return row.case.unseeded, row.kind, row.normalised


def place(row: Row) -> str:
    """Where a row was measured: the network, the shift, what was subtracted."""
    return f"{row.network}, {row.shift}" + (f", less the {row.normalised}" if row.normalised else "")


def _told(row: Row) -> str:
    return f"{row.verdict}, {number(difference(row))}"


def _holds(row: Row, evidence: Verdict) -> Holds:
    if row.verdict not in ("invariant", "sensitive"):
        return "open"
    return "holds" if row.verdict == evidence.expected else "fails"


def _quantity(evidence: Quantity, measured: Measured) -> list[Answered]:
    value = measured.quantities.get(evidence.name, float("nan"))
    if isnan(value):
        return []
    holds: Holds = "holds" if evidence.at_least <= value <= evidence.at_most else "fails"
    told = number(value) + (f" (bound: {evidence.bounds})" if evidence.bounds else "")
    return [Answered(evidence.name, evidence.network, told, holds if evidence.bounds else "")]


def headline(results: Sequence[Result]) -> str:
    """How many claims there are and what became of them: "18 claims: 15 agree, 3 differ."."""
    outcomes = [each.outcome for each in results if each.claim.counted]
    words: tuple[tuple[Outcome, str, str], ...] = (
        ("agree", "agrees", "agree"),
        ("differ", "differs", "differ"),
        ("undecided", "is undecided", "are undecided"),
        ("not testable", "cannot be tested here", "cannot be tested here"),
    )
    counts = [(outcomes.count(outcome), one, many) for outcome, one, many in words]
    parts = [f"{count} {one if count == 1 else many}" for count, one, many in counts if count]
    return f"{counted(len(outcomes), 'claim')}: {', '.join(parts)}."


def differing_sentences(results: Sequence[Result]) -> list[str]:
    """For each counted claim that differs: what the paper says and what was measured against it."""
    return [
        f"\N{SECTION SIGN}{each.claim.section}: {each.claim.says} Measured"
        f"{f', resting on {each.claim.rests_on}' if each.claim.rests_on else ''}: "
        f"{listed([answered.line for answered in each.deciding if answered.holds == 'fails'])}."
        for each in results
        if each.claim.counted and each.outcome == "differ"
    ]


def resting_sentences(results: Sequence[Result]) -> list[str]:
    """On which reading several of the counted claims that agree rest, with how many they are."""
    readings = [each.claim.rests_on for each in results if each.claim.counted and each.outcome == "agree"]
    counts = {reading: readings.count(reading) for reading in dict.fromkeys(readings) if reading}
    return [f"{count} of those that agree rest on {reading}." for reading, count in counts.items() if count > 1]
