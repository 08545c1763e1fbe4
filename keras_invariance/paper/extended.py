"""The paper's question of every method of the catalogue: which explanations survive a shift of the input, and why.

An audit of the shipped convolutional network, which every method but those of attention can explain, under the paper's
three kinds of shift; its folder, `extended/`, is that of an audit and is resumed as one.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ..datasets import load
from ..judging.invariance import Progress, Question, Result, audit
from ..judging.invariance.invariance import LAYOUT
from ..methods.catalogue import BUILT_IN
from ..models import path
from ..network import load_network
from ..reports.files import write_text
from ..reports.page import page
from ..reports.tables import csv_of
from ..runs import RunFolder
from .cases import Answer
from .experiment import Step
from .mechanisms import Mechanism, mechanism
from .subjects import CNN, FITTED_ON
from .words import counted, listed, number

SHIFTS: Mapping[str, str] = MappingProxyType(
    {
        "constant:-1": "constant shift of \N{MINUS SIGN}1",
        "checkerboard:4": "checkerboard of \N{PLUS-MINUS SIGN}1",
        "target:cat": "cat within \N{PLUS-MINUS SIGN}0.3",
    }
)
"""Each kind of shift -> how it is told."""

BACKGROUND = "mnist/train[:8]"
OPTIONS: Mapping[str, Any] = MappingProxyType(
    {
        "deep-shap.background": BACKGROUND,
        "expected-gradients.background": BACKGROUND,
        "expected-gradients.samples": 16,
        "integrated-gradients.steps": 32,
        "rise.masks": 200,
        **{f"{name}.samples": 128 for name in ("lime", "kernel-shap")},
        "blur-integrated-gradients.steps": 32,
        **{f"{name}.samples": 16 for name in ("smoothgrad", "smoothgrad-squared", "vargrad")},
    }
)
"""Fewer samples than by default: whether two networks agree does not hang on how many."""

IMAGES = 16


@dataclass(frozen=True)
class Line:
    """An explanation: its mechanism, and the result under each of `SHIFTS` under which it was asked."""

    explanation: str
    family: str
    about: str
    mechanism: Mechanism | None
    results: tuple[Result | None, ...]

    @property
    def expected(self) -> tuple[Answer, ...]:
        """What follows from the mechanism; empty where there is none."""
        return ("", "", "") if self.mechanism is None else self.mechanism.answers

    @property
    def by_shift(self) -> Mapping[str, Result]:
        """The results of the shifts under which it was asked."""
        return {shift: result for shift, result in zip(SHIFTS, self.results, strict=True) if result is not None}

    @property
    def asked(self) -> list[str]:
        """The shifts under which it was asked."""
        return list(self.by_shift)

    @property
    def survived(self) -> list[str]:
        """The shifts under which the verdict is "invariant"."""
        return [shift for shift, result in self.by_shift.items() if result.verdict == "invariant"]

    @property
    def differing(self) -> list[str]:
        """The shifts under which the verdict is not what follows from the mechanism."""
        expected = dict(zip(SHIFTS, self.expected, strict=True))
        return [shift for shift, result in self.by_shift.items() if expected[shift] not in ("", result.verdict)]


def every_method(
    out: Path, *, methods: Sequence[str] = tuple(BUILT_IN), images: int = IMAGES, seed: int = 0
) -> Iterator[Step]:
    """Ask every method of the package; a step is yielded as it is done.

    The folder gets `extended.html`, `extended.csv` and the audit's own folder `extended/`.

    Parameters
    ----------
    out
        The folder; it is made.
    methods
        Their names, by default all of the package's.
    images
        How many test images each verdict rests on.
    seed
        Draws the noise of the methods that need some.

    Raises
    ------
    OutputError, AuditError
        The folder cannot be made, or `extended/` in it is another audit's.
    """
    network, data = load_network(path(CNN)), load(f"mnist/test[:{images}]")
    steps = audit(
        network,
        data,
        Path(out) / "extended",
        shifts=tuple(SHIFTS),
        methods=methods,
        options={name: value for name, value in OPTIONS.items() if name.partition(".")[0] in methods},
        patterns_data=load(f"mnist/train[:{FITTED_ON[CNN]}]"),
        seed=seed,
    )
    results: list[Result] = []
    for step in steps:
        if isinstance(step, Progress):
            yield Step(f"every method: {step.name.lower()}", step.done, step.total)
        else:
            results.append(step)
    plan = RunFolder(Path(out) / "extended", LAYOUT).plan
    _write(Path(out), lines(results), plan)


def lines(results: Sequence[Result]) -> list[Line]:
    """The results as lines, in the order of the catalogue."""
    found: dict[Question, dict[str, Result]] = {}
    for one in results:
        found.setdefault(_asked(one.question), {})[one.question.shift] = one
    names = list(BUILT_IN)
    ordered = sorted(found, key=lambda question: names.index(question.method))
    return [
        Line(
            question.name,
            BUILT_IN[question.method].family,
            BUILT_IN[question.method].about,
            mechanism(question),
            tuple(found[question].get(shift) for shift in SHIFTS),
        )
        for question in ordered
    ]


def sentences(found: Sequence[Line]) -> list[str]:
    """What came out, in sentences made of the verdicts."""
    constant, *_ = SHIFTS
    always = [line for line in found if line.survived == line.asked]
    once = [line for line in found if line not in always and constant in line.survived]
    never = [line for line in found if not line.survived]
    told = [
        f"{len(always)} of {counted(len(found), 'explanation')} survive every shift: {_listed(always)}.",
        f"{len(once)} survive a constant and not every other shift: {_listed(once)}.",
        f"{len(never)} survive none: {_listed(never)}.",
    ]
    if differing := [f"{line.explanation} ({listed(line.differing)})" for line in found if line.differing]:
        told.append(f"The verdict is not what the mechanism says for {listed(differing)}.")
    return told


def _listed(found: Sequence[Line]) -> str:
    return listed([line.explanation for line in found])


def _asked(question: Question) -> Question:
    """The question under whatever shift."""
    return Question("", question.method, question.reference, question.estimator, question.fit)


def _write(out: Path, found: Sequence[Line], plan: Mapping[str, Any]) -> None:
    rows = [
        {
            "explanation": line.explanation,
            "family": line.family,
            "shift": shift,
            "expected": dict(zip(SHIFTS, line.expected, strict=True))[shift],
            "verdict": result.verdict,
            "median_relative_l2": result.median_relative_l2,
            "worst_float64": result.worst_float64,
            "differ": result.violations,
            "images": result.images,
            "why": line.mechanism.why if line.mechanism else "",
        }
        for line in found
        for shift, result in line.by_shift.items()
    ]
    write_text(out / "extended.csv", csv_of(rows))
    values = {
        "sentences": sentences(found),
        "families": list(dict.fromkeys(line.family for line in found)),
        "lines": found,
        "shifts": SHIFTS,
        "not_run": plan["not_run"],
        "images": plan["images"],
        "network": plan["network"],
        "options": ", ".join(f"{name} = {value}" for name, value in plan["options"].items()),
        "versions": ", ".join(f"{name} {text}" for name, text in plan["versions"].items()),
        "number": number,
    }
    write_text(out / "extended.html", page(__package__, "extended.html", values))
