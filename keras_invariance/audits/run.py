"""Running an audit: shards of images in float32, some images again in float64, then a verdict on every question.

How many tests there are matters: among a hundred questions some would look invariant by chance. A sensitive verdict
needs no correction, since it is shown by an image whose float64 maps differ. That a method is invariant is a claim
about images that were not seen; its test is that of the hypothesis "at least 1 % of such images are explained
differently", whose p-value for k known or unclear violations among n images is P(X <= k), X ~ Binomial(n, 0.01), and
the p-values of all questions are corrected by Holm's method (Holm, 1979). The exact interval of each rate stands
beside it.
"""

import csv
import io
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..confirmation import EXACT, Kinds, kinds, spread, violation_interval
from ..verdicts import TwinCheck, Verdict, decision
from .folder import TWIN, Exact, Folder, key_of, scores_of
from .pairs import Subject, scored
from .plan import SHARD, Plan, Question, planned

if TYPE_CHECKING:
    from ..datasets import Dataset
    from ..network import Network

RATE = 0.01
"""The rate of violations that an invariant verdict is tested against."""


@dataclass(frozen=True)
class Progress:
    """What is being done now, and how far the whole is."""

    name: str
    done: int
    total: int


@dataclass(frozen=True, eq=False)
class Result:
    """The verdict on one question, with the numbers that led to it.

    Attributes
    ----------
    question
        What was asked.
    verdict, reason
        The verdict, and its ground in one line.
    images, violations, unclear, zero
        Images that the verdict rests on; those explained differently; those that are neither; those with zero maps.
    rate_low, rate_high
        Clopper-Pearson bounds of the rate of violations; each by itself holds with 95 % confidence.
    p_value, p_holm
        Of the hypothesis that at least 1 % of images are explained differently, alone and among all questions.
    median_relative_l2, worst_relative_l2
        Of all images in float32.
    confirmed, worst_float64
        How many images were explained again in float64, and the largest relative L2 there.
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
    rate_low: float
    rate_high: float
    p_value: float
    p_holm: float
    median_relative_l2: float
    worst_relative_l2: float
    confirmed: int
    worst_float64: float
    twin: TwinCheck

    def as_row(self) -> dict[str, Any]:
        """The result as one flat row."""
        own = {field.name: getattr(self, field.name) for field in fields(self)[1:-1]}
        twin = {f"twin_{name}": value for name, value in vars(self.twin).items()}
        return {**vars(self.question), **own, **twin}


def audit(  # noqa: PLR0913  what is audited, on what, and how
    network: "Network",
    data: "Dataset",
    out: str | Path,
    *,
    shifts: Sequence[str],
    methods: Sequence[str],
    options: Mapping[str, Any] | None = None,
    seed: int = 0,
    shard: int = SHARD,
) -> Iterator[Progress | Result]:
    """Audit a network over a data set; yields what is being done, and the verdicts as they come.

    The folder gets `audit.json`, the shards, `findings.parquet` (a row per image and question), `summary.csv` and
    `report.html`. Asked for again with the same plan, it goes on where it was stopped.

    Parameters
    ----------
    network
        Network 1.
    data
        Its images, in its own encoding; they are streamed.
    out
        The folder.
    shifts
        Spelled as for `ki.shifts.parse`.
    methods
        Names of `ki.METHODS`. Those that the network or the options do not admit are reported with the reason.
    options
        "METHOD.OPTION" -> value.
    seed
        Draws the noise of the methods that need some.
    shard
        How many images are written, and lost by an interruption, at a time.

    Raises
    ------
    AuditError
        The data or the folder do not fit.
    OutputError
        The folder cannot be written.
    ShiftError, MethodError
        A shift, method or option is wrong.

    Source: Kindermans, Hooker et al. (2017); Clopper & Pearson (1934); Holm (1979).
    """
    from .report import write_report

    plan = planned(network, data, shifts, methods, options=options or {}, seed=seed, shard=shard)
    folder, subject = Folder.begun(Path(out), plan), Subject(plan, network)
    yield from _screened(folder, subject, data)
    exact = yield from _confirmed(folder, subject, data)
    results, found = [], {}
    for question in plan.questions:
        result, found[question] = _result(folder, plan, question, exact[question])
        results.append(result)
    results = _corrected(results)
    folder.merge(plan, found, exact)
    folder.write("summary.csv", _table([result.as_row() for result in results]))
    write_report(folder, subject, data, results)
    yield from results


def shard_rows(subject: Subject, images: np.ndarray, first: int) -> list[dict[str, Any]]:
    """A row per image and question of some images; pure, so that any engine may run it."""
    targets = subject.network.targets(images)
    checks = {shift: subject.check(shift, images, targets) for shift in subject.shifts}
    rows: list[dict[str, Any]] = []
    for question in subject.plan.questions:
        twin = dict(zip(TWIN, vars(checks[question.shift]).values(), strict=True))
        for row in scored(subject.pair(question, images, targets), "float32").as_rows():
            at = int(row["image"])
            asked = {"image": first + at, "target": int(targets[at]), **vars(question)}
            rows.append({**row, **asked, **twin})
    return rows


def _screened(folder: Folder, subject: Subject, data: "Dataset") -> Iterator[Progress]:
    plan = subject.plan
    for shard in plan.shards:
        yield Progress("Screening in float32", shard.start, plan.images)
        if not folder.has(shard):
            folder.write_shard(shard, shard_rows(subject, data[shard.start : shard.stop].images, shard.start))


def _confirmed(folder: Folder, subject: Subject, data: "Dataset") -> Generator[Progress, None, dict[Question, Exact]]:
    """Explain some images of each question again in float64, spread evenly from the largest difference to the least."""
    plan, known = subject.plan, folder.confirmed
    for done, question in enumerate(plan.questions):
        yield Progress("Confirming in float64", done, len(plan.questions))
        if key_of(question) in known:
            continue
        table = folder.column(plan, question)
        chosen = np.sort(spread(scores_of(table)))
        targets = table.column("target").to_numpy()[chosen].astype(np.int32)
        images = [data[int(at) : int(at) + 1].images for at in chosen]
        found = np.zeros(0)
        if images:
            found = scored(subject.pair(question, np.concatenate(images), targets).dithered(), "float64").relative_l2
        known[key_of(question)] = {str(at): float(d) for at, d in zip(chosen, found, strict=True)}
        folder.write("confirmed.json", _json(known))
    return {one: {int(at): d for at, d in known[key_of(one)].items()} for one in plan.questions}


def _result(folder: Folder, plan: Plan, question: Question, exact: Exact) -> tuple[Result, Kinds]:
    table = folder.column(plan, question)
    scores, places = scores_of(table), np.array(sorted(exact), dtype=np.int64)
    distances = np.array([exact[int(at)] for at in places], dtype=np.float64)
    twin = TwinCheck(*(float(np.max(table.column(name).to_numpy())) for name in TWIN))
    found = kinds(scores, places, distances, EXACT)
    verdict, reason = decision(found, scores.relative_l2, places, distances)
    if not twin.holds:
        explained = f"rounding explains {twin.tolerance_float32:.1e}"
        verdict, reason = "void", f"the twin's logits differ by {twin.float32:.1e}, {explained}"
    violations, unclear, zero = (int(np.sum(found == kind)) for kind in ("different", "unclear", "zero"))
    images = len(found) - zero
    low, high = violation_interval(found)
    result = Result(
        question=question,
        verdict=verdict,
        reason=reason,
        images=images,
        violations=violations,
        unclear=unclear,
        zero=zero,
        rate_low=low,
        rate_high=high,
        p_value=_p_value(violations + unclear, images),
        p_holm=1.0,
        median_relative_l2=float(np.nanmedian(scores.relative_l2)) if images else float("nan"),
        worst_relative_l2=float(np.nanmax(scores.relative_l2)) if images else float("nan"),
        confirmed=len(places),
        worst_float64=float(distances.max()) if len(places) else float("nan"),
        twin=twin,
    )
    return result, found


def _p_value(violations: int, images: int) -> float:
    """P(X <= k) for X ~ Binomial(n, 1 %): how surprising so few violations are if the rate is at least that."""
    from scipy.stats import binom

    return float(binom.cdf(violations, images, RATE)) if images else 1.0


def _corrected(results: Sequence[Result]) -> list[Result]:
    """The results with the p-values of all of them corrected by Holm's method."""
    order = sorted(range(len(results)), key=lambda at: results[at].p_value)
    corrected, largest = [1.0] * len(results), 0.0
    for rank, at in enumerate(order):
        largest = max(largest, min(1.0, (len(results) - rank) * results[at].p_value))
        corrected[at] = largest
    return [Result(**{**vars(one), "p_holm": p}) for one, p in zip(results, corrected, strict=True)]


def _table(rows: Sequence[Mapping[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]) if rows else [], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _json(content: object) -> str:
    import json

    return json.dumps(content, indent=1, allow_nan=False) + "\n"
