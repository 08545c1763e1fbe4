"""The table: one row per explanation, shift and network, with what the paper claims and what was measured."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from io import StringIO
from typing import Literal

from .cases import Answer, Case

Holds = Literal["holds", "fails", "open", ""]


@dataclass(frozen=True)
class Row:
    """One measured answer.

    Parameters
    ----------
    network
        The name of network 1.
    shift
        The shift for a reader, such as "constant shift".
    case
        What was compared.
    claim
        What the paper says of it; empty where it says nothing.
    verdict
        "invariant", "sensitive", "inconclusive" or "void".
    images
        How many images the verdict rests on.
    violations
        How many of them differ between the two networks.
    interval
        The rate of violations, 95 % Clopper-Pearson.
    scores
        Score -> median over the images, in float32; and "worst_relative_l2", "float64_relative_l2".
    reason
        The verdict's ground in one line.
    normalised
        What was subtracted from the data before: nothing, "pixel mean" or "mean image".
    kind
        Which kind of pair, as `cases.ShiftKind` has them.
    """

    network: str
    shift: str
    case: Case
    claim: Answer
    verdict: str
    images: int
    violations: int
    interval: tuple[float, float]
    scores: Mapping[str, float] = field(default_factory=dict)
    reason: str = ""
    normalised: str = ""
    kind: str = "constant"

    @property
    def holds(self) -> Holds:
        """Whether the paper's claim is what was measured; "open" where the verdict is neither."""
        if not self.claim:
            return ""
        if self.verdict not in ("invariant", "sensitive"):
            return "open"
        return "holds" if self.claim == self.verdict else "fails"

    def flat(self) -> dict[str, object]:
        """The row as names and values, for CSV and JSON; numbers are as measured."""
        case = asdict(self.case)
        patterned = bool(self.case.estimator)
        return {
            "network": self.network,
            "shift": self.shift,
            "normalised": self.normalised,
            "method": case["method"],
            "options": " ".join(f"{name}={value}" for name, value in self.case.options),
            "reference": case["reference"],
            "estimator": case["estimator"],
            "patterns": case["fit"],
            "centre": case["centre"] if patterned else "",
            "claim": self.claim,
            "verdict": self.verdict,
            "claim_holds": self.holds,
            "images": self.images,
            "violations": self.violations,
            "rate_low": self.interval[0],
            "rate_high": self.interval[1],
            **self.scores,
            "reason": self.reason,
        }


def csv_text(flat: Sequence[Mapping[str, object]]) -> str:
    """Names and values as CSV with a header; empty text for no lines."""
    if not flat:
        return ""
    columns = list(dict.fromkeys(name for row in flat for name in row))
    buffer = StringIO()
    writer = csv.DictWriter(buffer, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(flat)
    return buffer.getvalue()
