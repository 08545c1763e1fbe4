"""A claim's outcome follows its evidence."""

import pytest

from keras_invariance.paper.cases import GRADIENT, IG_BLACK, IG_ZERO, TIMES_INPUT, pattern_case, smoothed_case
from keras_invariance.paper.claims import (
    Claim,
    Measured,
    Quantity,
    Verdict,
    asked,
    differing_sentences,
    headline,
    resting_sentences,
    result,
)

SAME, OTHER = Verdict(GRADIENT, "constant", "invariant"), Verdict(TIMES_INPUT, "constant", "sensitive")


def claim(*evidence, **more) -> Claim:
    return Claim("name", "3.2", "It is so.", evidence, **more)


def outcome(told: Claim, *rows, **quantities: float) -> str:
    return result(told, Measured(rows, quantities)).outcome


def test_a_claim_agrees_where_all_its_evidence_does(row):
    assert outcome(claim(SAME, OTHER), row(GRADIENT), row(TIMES_INPUT, "sensitive")) == "agree"
    assert outcome(claim(SAME, OTHER), row(GRADIENT), row(TIMES_INPUT, "invariant")) == "differ"


@pytest.mark.parametrize("verdict", ["void", "inconclusive"])
def test_what_is_open_decides_nothing(row, verdict):
    assert outcome(claim(SAME), row(GRADIENT, verdict)) == "undecided"
    assert outcome(claim(SAME, OTHER), row(GRADIENT, verdict), row(TIMES_INPUT, "invariant")) == "differ"


def test_what_was_not_measured_yet_is_undecided(row):
    assert outcome(claim(SAME)) == "undecided"
    assert outcome(claim(SAME, OTHER), row(GRADIENT)) == "undecided"
    assert outcome(claim(Quantity("size", at_most=1))) == "undecided"
    assert outcome(claim(Quantity("size", at_most=1)), size=float("nan")) == "undecided"


def test_a_claim_without_evidence_cannot_be_tested(row):
    assert outcome(claim(why="People would have to look."), row(GRADIENT)) == "not testable"


@pytest.mark.parametrize(("value", "expected"), [(0.4, "differ"), (0.5, "agree"), (0.9, "agree"), (1.1, "differ")])
def test_a_number_agrees_within_its_bounds(value, expected):
    assert outcome(claim(Quantity("size", at_least=0.5, at_most=1.0)), size=value) == expected


def test_a_claim_about_most_needs_as_many_as_it_says(row):
    most = claim(SAME, OTHER, Verdict(IG_ZERO, "constant", "sensitive"), need=2)
    held, other = row(GRADIENT), row(TIMES_INPUT, "sensitive")
    assert outcome(most, held, other, row(IG_ZERO)) == "agree"
    assert outcome(most, held, row(TIMES_INPUT), row(IG_ZERO)) == "differ"
    assert outcome(most, held) == "undecided"


def test_other_networks_and_what_stands_below_decide_nothing(row):
    told = claim(SAME, below=(OTHER, Quantity("size")))
    rows = [row(GRADIENT), row(GRADIENT, "sensitive", network="mnist_cnn"), row(TIMES_INPUT, "invariant")]
    found = result(told, Measured(rows, {"size": 2.0}))
    assert found.outcome == "agree"
    assert [answered.line for answered in found.deciding] == ["gradient: invariant, 0"]
    assert [(answered.place, answered.holds) for answered in found.below] == [
        ("mnist_cnn, constant shift", "fails"),
        ("mnist_mlp, constant shift", "fails"),
        ("mnist_mlp", ""),
    ]


def test_a_row_answers_its_own_question_only(row):
    assert SAME.question == asked(row(GRADIENT))
    assert SAME.question != asked(row(GRADIENT, kind="checkerboard"))
    assert SAME.question != asked(row(GRADIENT, normalised="mean image"))
    assert SAME.question != asked(row(IG_BLACK))
    assert Verdict(smoothed_case("gradient", 0), "constant", "invariant").question == asked(
        row(smoothed_case("gradient", 7))
    )


def test_the_headline_counts_claims_and_not_rows(row):
    rows = [row(GRADIENT), row(GRADIENT, network="mnist_cnn"), row(TIMES_INPUT, "invariant", 0.1)]
    claims = [claim(SAME), claim(OTHER), claim(), claim(Quantity("size", at_most=1)), claim(SAME, counted=False)]
    results = [result(each, Measured(rows)) for each in claims]
    assert headline(results) == "4 claims: 1 agrees, 1 differs, 1 is undecided, 1 cannot be tested here."
    assert differing_sentences(results) == [
        "\N{SECTION SIGN}3.2: It is so. Measured: gradient \N{MULTIPLICATION SIGN} input: invariant, 0.10."
    ]
    resting = result(claim(OTHER, rests_on="a reading"), Measured(rows))
    assert ". Measured, resting on a reading: gradient" in differing_sentences([resting])[0]
    assert headline(results[:1] * 2) == "2 claims: 2 agree."


def test_readings_on_which_several_agreeing_claims_rest_are_told(row):
    measured = Measured([row(GRADIENT), row(TIMES_INPUT, "invariant")])
    claims = [
        *[claim(SAME, rests_on="a reading")] * 2,
        claim(SAME, rests_on="another"),
        claim(OTHER, rests_on="a third"),
    ]
    found = [result(each, measured) for each in claims]
    assert resting_sentences(found) == ["2 of those that agree rest on a reading."]


def test_a_line_of_the_table_says_where_it_was_measured_and_on_what_it_rests(row):
    refitted = pattern_case("pattern-net", "published", "refitted")
    told = claim(Verdict(refitted, "constant", "invariant"), rests_on="the formula as printed")
    flat = result(told, Measured([row(refitted, "sensitive", 1.8)])).flat()
    assert flat["outcome"] == "differ"
    assert flat["rests_on"] == "the formula as printed"
    assert flat["measured"] == "PatternNet (published, refitted): sensitive, 1.8 [mnist_mlp, constant shift]"
