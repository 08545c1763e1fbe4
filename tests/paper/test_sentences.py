"""Sentences follow the numbers: another verdict gives another text."""

import pytest

from keras_invariance.paper.cases import GRADIENT, IG_BLACK, TIMES_INPUT, pattern_case
from keras_invariance.paper.sentences import (
    cat_sentences,
    claim_sentences,
    equality_sentences,
    estimator_sentences,
    headlines,
    listed,
    number,
    reference_sentences,
    remedy_sentences,
    verdict_sentences,
)

PUBLISHED = pattern_case("pattern-net", "published", "refitted")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (1.7249, "1.7"),
        (0.0456, "0.046"),
        (0.9999999, "1.0"),
        (-0.5, "\N{MINUS SIGN}0.50"),
        (123.4, "120"),
        (2.51e-7, "3 \N{MULTIPLICATION SIGN} 10⁻⁷"),
        (9.96e-8, "1 \N{MULTIPLICATION SIGN} 10⁻⁷"),
        (6.0e23, "6 \N{MULTIPLICATION SIGN} 10²³"),
        (float("nan"), "\N{EN DASH}"),
    ],
)
def test_numbers_have_two_digits(value, text):
    assert number(value).replace("\u00a0", " ") == text


def test_lists_read_as_english():
    assert listed([]) == "none"
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert listed(["a, x", "b", "c"]) == "a, x; b and c"


def test_verdicts_are_told_with_their_differences(row):
    told = verdict_sentences([row(), row(TIMES_INPUT, "sensitive", 1.6), row(IG_BLACK, "void")])
    assert told == [
        "The same maps for both networks, to the last bit: gradient.",
        "Different maps, by a median relative difference of: gradient \N{MULTIPLICATION SIGN} input 1.6.",
        "Void: integrated gradients (black reference).",
    ]
    assert "0.020 at the median" in verdict_sentences([row(apart=0.02)])[0]


def test_a_claim_that_fails_is_told_with_its_numbers(row):
    assert claim_sentences([row()]) == ["The paper's claim holds."]
    assert claim_sentences([row(), row()]) == ["All 2 of the paper's claims here hold."]
    told = claim_sentences([row(), row(PUBLISHED, "sensitive", 1.7)])
    assert told[0] == "Of the paper's 2 claims here, 1 holds."
    assert "PatternNet (published, refitted), constant shift: claimed invariant, measured sensitive" in told[1]
    assert "1.7, 10 of 10 images" in told[1]
    assert claim_sentences([row(verdict="void")])[1].endswith("claimed invariant, measured void.")
    assert claim_sentences([row(claim="")]) == []


def test_the_headline_counts_and_names_what_differs(row):
    assert headlines([row(), row(claim="")]) == ["mnist_mlp: 1 of 1 measurement agree with the paper."]
    rows = [row(), row(PUBLISHED, "sensitive"), row(IG_BLACK, "void"), row(network="mnist_cnn")]
    assert headlines(rows) == [
        (
            "mnist_mlp: 1 of 3 measurements agree with the paper, 1 does not: "
            "PatternNet with published patterns (refitted) under the constant shift; 1 undecided."
        ),
        "mnist_cnn: 1 of 1 measurement agree with the paper.",
    ]


def test_estimators_are_told_by_where_they_are_invariant(row):
    everywhere = [row(PUBLISHED), row(PUBLISHED, shift="checkerboard")]
    assert estimator_sentences([row(), *everywhere]) == [
        "Published, refitted: invariant for all 2 networks and shifts."
    ]
    mixed = [row(PUBLISHED), row(PUBLISHED, "sensitive", shift="checkerboard")]
    where = "invariant for mnist_mlp under the constant shift; sensitive for mnist_mlp under the checkerboard"
    assert estimator_sentences(mixed) == [f"Published, refitted: {where}."]


def test_a_remedy_repairs_what_was_sensitive_and_is_not(row):
    ill = [row(TIMES_INPUT, "sensitive", 1.6), row(IG_BLACK, "sensitive", 1.5), row(GRADIENT)]
    after = [
        row(TIMES_INPUT, normalised="mean image"),
        row(IG_BLACK, "sensitive", 1.4, normalised="mean image"),
        row(GRADIENT, normalised="mean image"),
    ]
    repaired = "gradient \N{MULTIPLICATION SIGN} input"
    left = "integrated gradients (black reference) (sensitive, 1.4)"
    told = f"Constant shift: subtracting the mean image repairs {repaired} but does not repair {left}."
    assert remedy_sentences([*ill, *after]) == [told]
    nothing = remedy_sentences([row(GRADIENT), row(GRADIENT, normalised="mean image")])
    assert nothing == ["Constant shift: subtracting the mean image has nothing to repair."]


def test_the_cat_shows_where_the_correlation_says_so():
    told = cat_sentences("Within 1", {"gradient": (0.1, 0.2), "LRP": (0.0, 0.8)})
    assert told == [
        "Within 1, the cat shows in network 2's LRP (0.80; network 1: 0).",
        "Within 1, it does not show in gradient (0.20).",
    ]


def test_equal_methods_and_references_are_told():
    assert equality_sentences([("a", "b", 0.0), ("a", "c", 2e-6)]) == [
        "A and b give the same maps, to the last bit.",
        "A and c give the same maps, up to 2\u00a0\N{MULTIPLICATION SIGN}\u00a010⁻⁶.",
    ]
    assert reference_sentences({("a", "b"): 0.5, ("a", "c"): -0.25}) == [
        "Mean cosine similarity of the maps of an image: from \N{MINUS SIGN}0.25 (a and c) to 0.50 (a and b)."
    ]
