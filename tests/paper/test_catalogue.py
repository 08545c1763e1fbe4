"""The claims of the paper, as data."""

import pytest

from keras_invariance.paper import attack, remedy, subjects
from keras_invariance.paper.cases import (
    GRADIENT,
    GUIDED,
    IG_BLACK,
    IG_TRANSFORMED,
    IG_ZERO,
    LRP,
    TIMES_INPUT,
    Case,
    pattern_case,
    plain_cases,
    smoothed_case,
)
from keras_invariance.paper.catalogue import CLAIMS, bearing, said_of
from keras_invariance.paper.claims import Quantity, Verdict
from keras_invariance.paper.experiment import Study
from keras_invariance.paper.publication import Publication

EVIDENCE = [(claim, each) for claim in CLAIMS for each in (*claim.decided_by, *claim.below)]


@pytest.mark.parametrize(
    ("case", "constant", "checkerboard"),
    [
        (GRADIENT, "invariant", "invariant"),
        (GUIDED, "invariant", "invariant"),
        (Case("deconvnet"), "invariant", "invariant"),
        (TIMES_INPUT, "sensitive", "sensitive"),
        (LRP, "sensitive", "sensitive"),
        (IG_ZERO, "sensitive", "sensitive"),
        (IG_BLACK, "invariant", "sensitive"),
        (IG_TRANSFORMED, "invariant", "invariant"),
        (Case("lrp-epsilon"), "", ""),
        (pattern_case("pattern-net", "published", "refitted"), "invariant", "invariant"),
        (pattern_case("pattern-attribution", "positive", "carried over"), "invariant", "invariant"),
        (pattern_case("pattern-attribution", "published", "carried over"), "invariant", "invariant"),
    ],
)
def test_what_is_said_of_a_row_is_what_the_claims_expect(row, case, constant, checkerboard):
    assert [said_of(row(case, kind=kind)) for kind in ("constant", "checkerboard")] == [constant, checkerboard]


def test_smoothgrad_is_ours_and_not_counted(row):
    smoothed = row(smoothed_case("gradient", 3))
    assert smoothed.claim == ""
    assert [CLAIMS[number - 1].name for number in bearing(smoothed)] == ["smoothgrad"]
    assert [claim.name for claim in CLAIMS if not claim.counted] == ["smoothgrad"]


def test_claims_have_a_name_each_and_a_reason_where_nothing_is_measured():
    names = [claim.name for claim in CLAIMS]
    assert len(set(names)) == len(names)
    assert all(claim.section[0] in "34" for claim in CLAIMS)
    assert all(claim.why for claim in CLAIMS if not claim.decided_by)


def test_no_two_claims_expect_different_answers_to_one_question():
    expected: dict[tuple, set[str]] = {}
    for _, evidence in EVIDENCE:
        if isinstance(evidence, Verdict):
            asked = evidence.case.unseeded, evidence.kind, evidence.normalised
            expected.setdefault(asked, set()).add(evidence.expected)
    assert [asked for asked, answers in expected.items() if len(answers) > 1] == []


def test_what_rests_on_an_estimator_says_so():
    for claim in CLAIMS:
        patterned = [each for each in claim.decided_by if isinstance(each, Verdict) and each.case.estimator]
        if patterned:
            fits = {each.case.fit for each in patterned}
            assert ("anew" in claim.rests_on) == (fits == {"refitted"}), claim.name
            assert ("fitted once" in claim.rests_on) == (fits == {"carried over"}), claim.name


def test_every_claim_is_about_something_that_is_measured(tmp_path):
    """The rows of a run, from its list of tasks: what is judged under each kind of pair."""
    study = Study(subjects.Subjects(5), Publication(tmp_path, 5, 0))
    names = " | ".join(task.name for task in study.tasks())
    judged = {"targeted": attack.CASES[attack.PAPER], "targeted at another": (TIMES_INPUT,)}
    for claim, evidence in EVIDENCE:
        if isinstance(evidence, Quantity):
            continue
        if evidence.normalised:
            cures = (*remedy.CASES, remedy.PATTERN_CASE)
            assert evidence.case in cures, claim.name
        elif evidence.kind in judged:
            assert evidence.case in judged[evidence.kind], claim.name
        elif evidence.kind == "other weights":
            assert f"other weights: {evidence.case.name}" in names
        else:
            assert f"mnist_mlp, {evidence.kind}: {evidence.case.name}" in names, claim.name
    assert {case.name for case in plain_cases(0)} <= {name.partition(": ")[2] for name in names.split(" | ")}
