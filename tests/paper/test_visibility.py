"""How far a picture can be seen in a map."""

import numpy as np
import pytest

from keras_invariance.paper.cases import GRADIENT, LRP
from keras_invariance.paper.visibility import DRAWN, PAPER, STRENGTHS, Strength, likenesses, seen_as, visibility_table

from .test_figures import RAMP


def test_likeness_looks_at_the_blank_pixels_only():
    drawing = RAMP[0]
    original = np.zeros_like(RAMP)
    original[0, :14] = 1.0
    spoilt = RAMP.copy()
    spoilt[0, :14] = -100.0
    assert likenesses((np.zeros_like(RAMP), spoilt), drawing, original) == (0.0, pytest.approx(1.0))
    assert likenesses((RAMP, -RAMP), drawing, np.zeros_like(RAMP)) == (pytest.approx(1.0), pytest.approx(-1.0))


def test_the_figure_has_every_method_of_the_papers():
    methods = [(case.method, case.reference) for case in DRAWN]
    assert methods == [
        ("gradient-times-input", ""),
        ("integrated-gradients", "zero"),
        ("integrated-gradients", "black"),
        ("lrp-z", ""),
        ("pattern-attribution", ""),
    ]


@pytest.mark.parametrize(
    ("value", "text"), [(0.266, "0.27"), (-0.05, "\N{MINUS SIGN}0.05"), (-0.002, "0.00"), (np.nan, "\N{EN DASH}")]
)
def test_visibilities_have_two_decimals(value, text):
    assert seen_as(value) == text


def test_the_papers_bound_is_among_the_strengths():
    assert PAPER.clip == 0.3
    assert PAPER in STRENGTHS
    assert len(set(STRENGTHS)) == len(STRENGTHS)
    assert {strength.clip for strength in STRENGTHS} >= {0.1, 0.2, 0.3}


def test_the_table_stands_by_strength_then_clip_and_tells_network_2():
    seen = {
        Strength(1.0, 3.0): {LRP: (0.0, 0.5)},
        Strength(0.3, 3.0): {LRP: (0.0, 0.6), GRADIENT: (0.1, 0.2)},
        Strength(0.3, 1.0): {LRP: (0.0, 0.7)},
    }
    table = visibility_table(seen)
    columns = (
        ("strength 1", ("\N{PLUS-MINUS SIGN}0.3",)),
        ("strength 3", ("\N{PLUS-MINUS SIGN}0.3", "\N{PLUS-MINUS SIGN}1")),
    )
    assert table.groups == columns
    (lrp, numbers), (gradient, sparse) = table.lines
    assert (lrp, numbers) == (LRP, (0.7, 0.6, 0.5))
    assert gradient == GRADIENT
    np.testing.assert_array_equal(sparse, (np.nan, 0.2, np.nan))
