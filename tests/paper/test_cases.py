"""What the paper claims."""

import pytest

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
    pattern_cases,
    plain_cases,
)


@pytest.mark.parametrize(
    ("case", "constant", "checkerboard"),
    [
        (GRADIENT, "invariant", "invariant"),
        (GUIDED, "invariant", "invariant"),
        (TIMES_INPUT, "sensitive", "sensitive"),
        (LRP, "sensitive", "sensitive"),
        (IG_ZERO, "sensitive", "sensitive"),
        (IG_BLACK, "invariant", "sensitive"),
        (IG_TRANSFORMED, "", ""),
        (Case("lrp-epsilon"), "", ""),
        (Case("lrp-z", options=(("bias", "ignore"),)), "", ""),
        (pattern_case("pattern-net", "published", "refitted"), "invariant", "invariant"),
        (pattern_case("pattern-attribution", "positive", "carried over"), "invariant", "invariant"),
        (pattern_case("pattern-net", "published", "refitted", "image"), "", ""),
        (Case("smoothgrad", options=(("base", "gradient"),)), "invariant", "invariant"),
        (Case("smoothgrad", options=(("base", "gradient-times-input"),)), "sensitive", "sensitive"),
    ],
)
def test_claims_are_those_of_the_paper(case, constant, checkerboard):
    assert (case.claim("constant"), case.claim("checkerboard")) == (constant, checkerboard)


def test_names_say_what_sets_a_case_apart():
    assert IG_ZERO.name == "integrated gradients (zero reference)"
    assert pattern_case("pattern-net", "linear", "refitted", "image").name == "PatternNet (linear, refitted, centred)"
    assert Case("smoothgrad", options=(("base", "gradient"),)).name == "SmoothGrad of gradient"
    assert Case("lrp-z", options=(("bias", "ignore"),)).name == "LRP, bias ignored"


def test_cases_differ_and_know_their_methods():
    from keras_invariance.analyzers import METHODS

    cases = (*plain_cases(0), *pattern_cases(("neuron", "image")))
    assert len(set(cases)) == len(cases) == len({case.name for case in cases})
    assert {case.method for case in cases} <= set(METHODS)


def test_the_seed_reaches_smoothgrad_alone():
    changed = [case.method for case, other in zip(plain_cases(0), plain_cases(1), strict=True) if case != other]
    assert changed == ["smoothgrad", "smoothgrad"]
