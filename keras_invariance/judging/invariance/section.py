"""What a page tells of the invariance test: the verdicts, the distributions of the differences, and pairs of maps."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float

from ...arrays import Targets
from ...encodings.targeted import TargetedShift
from ...errors import ExplainerError
from ...network.targets import described, place_of
from ...reports.kinds import kind_of
from ...reports.page import data_uri, page
from ..explanation_test import Section
from ..page import shared_facts
from .findings import Findings, scores_of
from .pattern_notes import pattern_notes
from .plots import MARKS, Shown, distribution_png, maps_png
from .results import RATE, Result
from .subject import Portion, Subject, released

if TYPE_CHECKING:
    from ...datasets import Dataset

_DISTRIBUTION = (
    "The relative L2 distance of the two maps of every image, in float32: median, quartiles, 5 % and 95 %. Rounding "
    "alone moves maps too; which differences are real is told by float64 (cross: the largest there, of the images "
    "that were explained again)."
)
_NOT_SHOWN = "Maps of inputs of this shape are not drawn; their numbers are in findings.parquet."


def section(found: Findings, subject: Subject, data: "Dataset", results: Sequence[Result]) -> Section:
    """The verdicts of a finished audit as values for its page, and its pictures."""
    pictures: dict[str, bytes] = {}
    shown = []
    for number, shift in enumerate(subject.plan.shifts, start=1):
        own = [result for result in results if result.question.shift == shift and result.verdict != "failed"]
        for name, png, caption in _pictures(found, subject, data, own) if own else ():
            pictures[f"{name}_{number}"] = png
            shown.append({"shift": shift, "picture": data_uri(png), "caption": caption})
    return Section(page(__package__, "section.html", _values(subject, results, shown)), pictures)


def _pictures(
    found: Findings, subject: Subject, data: "Dataset", results: Sequence[Result]
) -> Iterator[tuple[str, bytes, str]]:
    """Name, picture and caption for one shift."""
    columns = (scores_of(found.column(result.question)) for result in results)
    distances = [column.relative_l2.astype(np.float32) for column in columns]  # a plot needs no more digits
    yield "distribution", distribution_png(results, distances), _DISTRIBUTION
    if kind_of(subject.network.input_shape):
        places = _worst_and_typical(distances)
        targets = found.column(results[0].question).column("target").to_numpy()[list(places)]
        yield "maps", _maps(subject, data, results, places, targets), _caption(places)


def _caption(places: tuple[int, int]) -> str:
    return (
        f"Network 1 and its twin explain the image on which the methods differ most (image {places[0]}) and a typical "
        f"one (image {places[1]})."
    )


def _values(subject: Subject, results: Sequence[Result], pictures: Sequence[Mapping[str, str]]) -> dict[str, object]:
    plan = subject.plan
    shifts = list(plan.shifts)
    explanations = list(dict.fromkeys(question.name for question in plan.questions))
    matrix = {name: {one.question.shift: one for one in results if one.question.name == name} for name in explanations}
    counts = {shift: Counter(one.verdict for one in results if one.question.shift == shift) for shift in shifts}
    return {
        "plan": plan,
        "shifts": {shift: _about(subject.targeted[shift]) for shift in shifts},
        "counts": counts,
        "bounds": {shift: _bound(results, shift) for shift in shifts},
        "overflowing": {shift: ", ".join(_overflowing(results, shift)) for shift in shifts},
        "matrix": matrix,
        "results": results,
        "twins": {one.question.shift: one for one in results},
        "failed": [one for one in results if one.verdict == "failed"],
        "pictures": pictures,
        "not_shown": "" if kind_of(subject.network.input_shape) else _NOT_SHOWN,
        "patterns": pattern_notes(subject, results),
        "explained": described(plan.target),
        "marks": MARKS,
        "short": short,
        "rate": RATE,
        "enough": int(np.ceil(np.log(0.05) / np.log(1 - RATE))),
    }


def short(number: float) -> str:
    """A number with two digits; zero as it is, none as a dash."""
    return "\N{EN DASH}" if np.isnan(number) else "0" if number == 0 else f"{number:.1e}"


def _bound(results: Sequence[Result], shift: str) -> str:
    """The highest upper bound of the rate of violations among the invariant explanations; empty where there is none."""
    rates = [one.rate_high for one in results if one.question.shift == shift and one.verdict == "invariant"]
    return f"{100 * max(rates):.2g} %" if rates else ""


def _overflowing(results: Sequence[Result], shift: str) -> list[str]:
    """The explanations that have NaN or infinite values for some images; those that failed have no values at all."""
    of_shift = [one for one in results if one.question.shift == shift and one.verdict != "failed"]
    return [one.question.name for one in of_shift if one.not_finite]


def _about(own: TargetedShift | None) -> str:
    if own is None:
        return ""
    return (
        f"Each image has a shift of its own, at most {own.clip:g} in any pixel, that makes gradient times input of its "
        "twin show the picture."
    )


def facts(found: Findings, subject: Subject, data: "Dataset") -> dict[str, str]:
    """What was audited, and where."""
    plan, machine = subject.plan, found.folder.begun_by.get("machine") or {}
    told = shared_facts(asdict(plan), subject.network)
    told |= {
        "Images": f"{plan.images} of {plan.data}, {data.encoding.text}; fingerprint {plan.data_fingerprint}",
        "Shifts": ", ".join(f"{spec} ({numbers})" for spec, numbers in plan.shifts.items()),
        "Seed": f"{plan.seed}",
        "Machine": ", ".join(f"{name}: {value}" for name, value in machine.items()),
    }
    if plan.explainers:
        told["Explainers"] = "; ".join(f"{name}: {place}" for name, place in plan.explainers.items())
    if plan.patterns is not None:
        fitted = plan.patterns
        told["Patterns"] = f"fitted to {fitted.images} images of {fitted.data}; fingerprint {fitted.fingerprint}"
    return told


def _worst_and_typical(distances: Sequence[Float[np.ndarray, " n"]]) -> tuple[int, int]:
    """The image that differs most, summed over explanations as shares of each one's largest, and the middle one."""
    shares = [np.nan_to_num(d) / (np.nanmax(d, initial=0.0) or 1.0) for d in distances]
    order = np.argsort(-np.sum(shares, axis=0), kind="stable")
    return int(order[0]), int(order[len(order) // 2])


def _maps(
    subject: Subject, data: "Dataset", found: Sequence[Result], places: tuple[int, int], targets: Targets
) -> bytes:
    images = np.concatenate([data[at : at + 1].images for at in places])
    portions = list(subject.portions(found[0].question.shift, images, np.array(places), targets))
    moved = np.concatenate([one.images + one.m.astype(np.float32) for one in portions])
    pairs = []
    for result in released(found):
        with suppress(ExplainerError):  # a stranger's may fail at any time
            pairs.append((result, _both(subject, result, portions)))
    names = data.classes or ()
    labels = [names[target] if target < len(names) else place_of(subject.network, target) for target in targets]
    return maps_png(Shown((images, moved), pairs, labels))


def _both(
    subject: Subject, result: Result, portions: Sequence[Portion]
) -> tuple[Float[np.ndarray, "n *input"], Float[np.ndarray, "n *input"]]:
    # As the verdict was confirmed: what is shown is what was judged.
    each = [subject.confirmed_maps(result.question, portion) for portion in portions]
    return np.concatenate([first for first, _ in each]), np.concatenate([second for _, second in each])
