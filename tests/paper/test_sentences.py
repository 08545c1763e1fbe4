"""Sentences follow the numbers: another verdict gives another text."""

from keras_invariance.paper.cases import GRADIENT, IG_BLACK, IG_UNSHIFTED_BLACK, TIMES_INPUT, pattern_case
from keras_invariance.paper.sentences import (
    cat_sentences,
    equality_sentences,
    estimator_sentences,
    reading_sentences,
    reference_sentences,
    remedy_sentences,
    verdict_sentences,
)

PUBLISHED = pattern_case("pattern-net", "published", "refitted")


def test_verdicts_are_told_with_their_differences(row):
    told = verdict_sentences([row(), row(TIMES_INPUT, "sensitive", 1.6), row(IG_BLACK, "void")])
    assert told == [
        "The same maps for both networks, to the last bit: gradient.",
        "Different maps, by a median relative difference of: gradient \N{MULTIPLICATION SIGN} input 1.6.",
        "Void: integrated gradients (black reference).",
    ]
    assert "0.020 at the median" in verdict_sentences([row(apart=0.02)])[0]


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


def test_the_reading_in_which_the_cat_shows_is_named():
    seen = {IG_BLACK: (0.0, 0.27), IG_UNSHIFTED_BLACK: (0.0, 0.6)}
    (told,) = reading_sentences(seen)
    assert "found after the shift in each image 0.27; found before the shift 0.60" in told
    assert told.endswith("So the cat shows with black found before the shift.")
    assert reading_sentences({IG_BLACK: (0.0, 0.27)})[0].endswith("So the cat shows in no reading.")
    assert reading_sentences({}) == []


def test_equal_methods_and_references_are_told():
    assert equality_sentences([("a", "b", 0.0), ("a", "c", 2e-6)]) == [
        "A and b give the same maps, to the last bit.",
        "A and c give the same maps, up to 2\u00a0\N{MULTIPLICATION SIGN}\u00a010⁻⁶.",
    ]
    assert reference_sentences({("a", "b"): 0.5, ("a", "c"): -0.25}) == [
        "Mean cosine similarity of the maps of an image: from \N{MINUS SIGN}0.25 (a and c) to 0.50 (a and b)."
    ]
