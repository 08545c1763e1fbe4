"""Results: the verdict on every question of an audit, with the numbers that led to it.

How many tests there are matters: among a hundred questions some would look invariant by chance. A sensitive verdict
needs no correction, since it is shown by an image whose float64 maps differ. That a method is invariant is a claim
about images that were not seen; its test is that of the hypothesis "at least 1 % of such images are explained
differently", whose p-value for k known or unclear violations among n images is P(X <= k), X ~ Binomial(n, 0.01), and
the p-values of all questions are corrected by Holm's method (Holm, 1979). The exact interval of each rate stands
beside it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from ...comparison.confirmation import EXACT, Limits, judged, kinds, violation_interval
from ...comparison.pairs import TwinCheck
from ...comparison.strangers import SINGLE
from ...comparison.strangers import told as limits_told
from ...comparison.verdicts import Verdict, decision
from .findings import TWIN, Codes, Exact, Findings, codes_of, scores_of
from .questions import Question

RATE = 0.01
"""The rate of violations that an invariant verdict is tested against."""


@dataclass(frozen=True, eq=False)
class Result:
    """The verdict on one question, with the numbers that led to it.

    Attributes
    ----------
    question
        What was asked.
    verdict, reason
        The verdict, and its ground in one line.
    images, violations, unclear, zero, not_finite
        Images that the verdict rests on; those explained differently; those that are neither; those apart, because both
        maps are zero, or one has NaN or infinite values.
    rate_low, rate_high
        Clopper-Pearson bounds of the rate of violations; each by itself holds with 95 % confidence.
    p_value, p_holm
        Of the hypothesis that at least 1 % of images are explained differently, alone and among all questions.
    median_relative_l2, worst_relative_l2
        Of all images in float32.
    confirmed, worst_float64
        How many images were explained again in float64, and the largest relative L2 there.
    median_gate_flips, most_gate_flips
        How many ReLU gates differ between both networks for an image in float32.
    twin
        How far the two networks agree, at worst.
    """

    question: Question
    verdict: Verdict
    reason: str
    images: int
    violations: int
    unclear: int
    zero: int
    not_finite: int
    rate_low: float
    rate_high: float
    p_value: float
    p_holm: float
    median_relative_l2: float
    worst_relative_l2: float
    confirmed: int
    worst_float64: float
    median_gate_flips: float
    most_gate_flips: int
    twin: TwinCheck

    def as_row(self) -> dict[str, Any]:
        """The result as one flat row."""
        own = {field.name: getattr(self, field.name) for field in fields(self)[1:-1]}
        twin = {f"twin_{name}": value for name, value in vars(self.twin).items()}
        return {**vars(self.question), **own, **twin}


def results(rows: Findings, exact: Mapping[Question, Exact]) -> tuple[list[Result], dict[Question, Codes]]:
    """The verdict on every question from its rows and from what became of some images in float64, and all kinds."""
    failures, single = rows.failures, rows.single
    found = {
        question: _result(
            rows, question, exact[question], limits=SINGLE if question in single else EXACT, said=failures.get(question)
        )
        for question in rows.plan.questions
    }
    return corrected([result for result, _ in found.values()]), {one: codes for one, (_, codes) in found.items()}


def _result(
    rows: Findings, question: Question, exact: Exact, *, limits: Limits, said: str | None
) -> tuple[Result, Codes]:
    table = rows.column(question)
    scores, places = scores_of(table), np.array(sorted(exact), dtype=np.int64)
    distances = np.array([exact[int(at)] for at in places], dtype=np.float64)
    twin = TwinCheck(*(float(np.max(table.column(name).to_numpy())) for name in TWIN))
    flips = table.column("gate_flips").to_numpy()
    found = kinds(scores, places, distances, limits)
    verdict, reason = decision(found, scores.relative_l2, places, distances)
    reason += limits_told(limits)
    if said is not None:
        verdict, reason = "failed", said
    if not twin.holds:
        verdict, reason = "void", _void(twin)
    counted = ("different", "unclear", "zero", "not finite")
    violations, unclear, zero, not_finite = (int(np.sum(found == kind)) for kind in counted)
    images = judged(found)
    low, high = violation_interval(found)
    result = Result(
        question=question,
        verdict=verdict,
        reason=reason,
        images=images,
        violations=violations,
        unclear=unclear,
        zero=zero,
        not_finite=not_finite,
        rate_low=low,
        rate_high=high,
        p_value=p_value(violations + unclear, images),
        p_holm=1.0,
        median_relative_l2=float(np.nanmedian(scores.relative_l2)) if images else float("nan"),
        worst_relative_l2=float(np.nanmax(scores.relative_l2)) if images else float("nan"),
        confirmed=len(places),
        worst_float64=float(np.fmax.reduce(distances, initial=np.nan)),
        median_gate_flips=float(np.median(flips)),
        most_gate_flips=int(flips.max()),
        twin=twin,
    )
    return result, codes_of(found)


def _void(twin: TwinCheck) -> str:
    differ = f"the twin's logits differ by {twin.float32:.1e} in float32 and {twin.float64:.1e} in float64"
    explained = f"rounding explains {twin.tolerance_float32:.1e} and {twin.tolerance_float64:.1e}"
    agree = twin.float64 <= twin.tolerance_float64
    beside = "; in float64 they agree: this network rounds more than most, try a smaller shift" if agree else ""
    return f"{differ}, {explained}{beside}"


def p_value(violations: int, images: int) -> float:
    """P(X <= k) for X ~ Binomial(n, 1 %): how surprising so few violations are if the rate is at least that."""
    from scipy.stats import binom

    return float(binom.cdf(violations, images, RATE)) if images else 1.0


def corrected(results: Sequence[Result]) -> list[Result]:
    """The results with the p-values of all of them corrected by Holm's method."""
    order = sorted(range(len(results)), key=lambda at: results[at].p_value)
    adjusted, largest = [1.0] * len(results), 0.0
    for rank, at in enumerate(order):
        largest = max(largest, min(1.0, (len(results) - rank) * results[at].p_value))
        adjusted[at] = largest
    return [replace(one, p_holm=p) for one, p in zip(results, adjusted, strict=True)]
