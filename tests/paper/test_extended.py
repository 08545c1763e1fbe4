"""The paper's question of every method: mechanisms for all of them, lines, sentences, and the page."""

import csv
from pathlib import Path
from types import SimpleNamespace

import pytest

from keras_invariance.judging.invariance import Question
from keras_invariance.judging.invariance.questions import ESTIMATORS, questions
from keras_invariance.methods.catalogue import BUILT_IN
from keras_invariance.paper import every_method
from keras_invariance.paper.extended import SHIFTS, Line, lines, sentences
from keras_invariance.paper.mechanisms import mechanism

BOTH = ("gradient", "integrated-gradients", "score-cam", "attention-rollout", "pattern-net")


def result(question: Question, verdict: str) -> SimpleNamespace:
    return SimpleNamespace(question=question, verdict=verdict)


def line(name: str, *verdicts: str) -> Line:
    asked = zip(SHIFTS, verdicts, strict=True)
    found = [result(Question(shift, name), verdict) if verdict else None for shift, verdict in asked]
    return Line(name, "gradient", "", mechanism(Question("", name)), tuple(found))


def test_every_explanation_of_the_catalogue_has_a_mechanism():
    asked = questions(list(SHIFTS), tuple(BUILT_IN), ESTIMATORS, {})
    assert [one.name for one in asked if mechanism(one) is None] == []
    assert mechanism(Question("", "somebody's")) is None


def test_what_survives_is_told_and_what_differs_from_the_mechanism():
    found = [
        line("gradient", "invariant", "invariant", "invariant"),
        line("lrp-flat", "invariant", "invariant", ""),
        line("blur-integrated-gradients", "invariant", "sensitive", "sensitive"),
        line("vargrad", "invariant", "inconclusive", "invariant"),
        line("lrp-z", "sensitive", "sensitive", "sensitive"),
        line("grad-cam", "sensitive", "", "sensitive"),
    ]
    apart = "vargrad (checkerboard:4) and grad-cam (constant:-1 and target:cat)"
    assert sentences(found) == [
        "2 of 6 explanations survive every shift: gradient and lrp-flat.",
        "2 survive a constant and not every other shift: blur-integrated-gradients and vargrad.",
        "2 survive none: lrp-z and grad-cam.",
        f"The verdict is not what the mechanism says for {apart}.",
    ]


def test_lines_stand_in_the_catalogues_order_with_each_shift_in_its_place():
    asked = [
        Question("target:cat", "grad-cam"),
        Question("constant:-1", "grad-cam"),
        Question("checkerboard:4", "deeplift", "zero"),
    ]
    found = lines([result(question, "invariant") for question in asked])
    assert [one.explanation for one in found] == ["deeplift (zero)", "grad-cam"]
    assert [[one is not None for one in each.results] for each in found] == [[False, True, False], [True, False, True]]


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[object]]:
    out = tmp_path_factory.mktemp("extended")
    return out, list(every_method(out, methods=BOTH, images=4))


def test_the_page_and_the_table_tell_each_verdict(asked: tuple[Path, list[object]]):
    out, steps = asked
    with (out / "extended.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 3 * (1 + 3 + 1) + 3 * 3 + 2 * 3  # patterns carried over, and refitted under two shifts
    assert [row for row in rows if row["verdict"] != row["expected"]] == []
    page = (out / "extended.html").read_text("utf-8")
    assert f"<b>{len({row['explanation'] for row in rows})} explanations</b>" in page
    assert "not as said" not in page
    assert "attention-rollout" in page[page.index("Not asked") :]
    assert (out / "extended" / "report.html").exists()
    assert steps[-1].name == "every method: writing the report"


def test_it_is_resumed_where_it_stopped(asked: tuple[Path, list[object]]):
    out, _ = asked
    before = (out / "extended.csv").read_bytes()
    (out / "extended.csv").unlink()
    steps = [step.name for step in every_method(out, methods=BOTH, images=4)]
    assert "every method: screening in float32" not in steps
    assert (out / "extended.csv").read_bytes() == before


@pytest.mark.slow
def test_every_verdict_is_what_its_mechanism_says(tmp_path: Path):
    list(every_method(tmp_path, images=6))
    with (tmp_path / "extended.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["explanation"], row["shift"]) for row in rows if row["verdict"] != row["expected"]] == []
