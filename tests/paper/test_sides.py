"""Pairs: both encodings, what each network is told, and the remedy."""

from dataclasses import replace

import numpy as np
import pytest

from keras_invariance.paper.cases import (
    IG_BLACK,
    IG_DATA_BLACK,
    IG_MEAN,
    IG_TRANSFORMED,
    IG_UNSHIFTED_BLACK,
    IG_ZERO,
    TIMES_INPUT,
    pattern_case,
)
from keras_invariance.paper.measure import measured, measured_apart
from keras_invariance.paper.sides import on_grid, own_shift_pairs, shifted_pair

SLOPE = on_grid(np.linspace(-1, 1, 784).reshape(28, 28, 1))


@pytest.fixture(scope="module")
def pair(side):
    return shifted_pair(side, SLOPE, "small", "a slope", "checkerboard")


def no_patterns(*_):
    raise AssertionError("no case here has patterns")


def test_sums_on_the_grid_are_exact():
    # 0.1 is not a float32; its neighbour on the grid, 410 / 4096, is, and so is what is left of it after a shift.
    values = on_grid(np.array([0.1, 0.7]))
    np.testing.assert_array_equal(values * 4096, [410, 2867])
    np.testing.assert_array_equal((values - np.float32(1)) + np.float32(1), values)


def test_both_networks_answer_alike(pair, originals):
    first, second = pair.images(originals)
    np.testing.assert_array_equal(second - first, np.broadcast_to(SLOPE, first.shape))
    np.testing.assert_allclose(pair.first.network(first), pair.second.network(second), atol=1e-5)


def test_references_follow_the_case(pair):
    assert pair.options(IG_ZERO, no_patterns)[1]["reference"] == "zero"
    assert pair.options(IG_BLACK, no_patterns)[0]["reference"] == "black"
    first, second = pair.options(IG_TRANSFORMED, no_patterns)
    assert first["reference"] == "zero"
    np.testing.assert_array_equal(second["reference"], SLOPE)
    first, second = pair.options(IG_MEAN, no_patterns)
    np.testing.assert_array_equal(second["reference"] - first["reference"], SLOPE)


def test_black_of_the_data_set_is_one_number_found_after_the_shift_or_before_it(side):
    """Pixels reach down to 0.25; the slope's least value is -1."""
    dark = replace(side, darkest=np.full_like(SLOPE, 0.25))
    pair = shifted_pair(dark, SLOPE, "small", "a slope", "checkerboard")
    for case, blacks in ((IG_DATA_BLACK, (0.25, -0.75)), (IG_UNSHIFTED_BLACK, (0.25, 0.25))):
        for told, black in zip(pair.options(case, no_patterns), blacks, strict=True):
            np.testing.assert_array_equal(told["reference"], np.full_like(SLOPE, black))


@pytest.mark.parametrize(("fit", "numbers"), [("carried over", [1, 1]), ("refitted", [1, 2])])
def test_patterns_are_carried_over_or_fitted_anew(pair, fit, numbers):
    case = pattern_case("pattern-net", "positive", fit)
    told = pair.options(case, lambda _pair, _case, number: number)
    assert [each["patterns"] for each in told] == numbers


@pytest.mark.parametrize(("by", "left"), [("mean image", 0.0), ("pixel mean", 1.0)])
def test_normalising_takes_away_what_the_mean_has_the_shape_of(pair, originals, by, left):
    normal = pair.normalise(by)
    first, second = normal.images(originals)
    assert np.abs(second - first).max() == left
    np.testing.assert_allclose(normal.first.network(first), pair.first.network(originals), atol=1e-5)
    np.testing.assert_allclose(normal.second.network(second), pair.first.network(originals), atol=1e-5)


def test_shifts_of_their_own_leave_their_distance_from_the_mean(side):
    shifts = [SLOPE, -SLOPE]
    pairs = own_shift_pairs(side, shifts, np.zeros_like(SLOPE), "small", "two slopes")
    for pair, shift in zip(pairs, shifts, strict=True):
        np.testing.assert_array_equal(pair.difference, shift)
        np.testing.assert_array_equal(pair.normalise("mean image").difference, shift)


def test_a_case_is_measured_and_mended(pair, originals):
    targets = pair.first.network.targets(originals)
    row = measured(pair, TIMES_INPUT, originals, targets, no_patterns)
    assert (row.verdict, row.claim, row.holds, row.violations, row.images) == ("sensitive", "sensitive", "holds", 4, 4)
    assert row.scores["relative_l2"] > 0.1
    mended = measured(pair.normalise("mean image"), TIMES_INPUT, originals, targets, no_patterns)
    assert (mended.verdict, mended.claim, mended.normalised) == ("invariant", "invariant", "mean image")


def test_one_sensitive_pair_makes_the_row_sensitive(side, originals):
    shifts = [np.zeros_like(SLOPE), SLOPE]
    pairs = own_shift_pairs(side, shifts, SLOPE, "small", "one slope")
    targets = side.network.targets(originals)
    row = measured_apart(pairs, TIMES_INPUT, originals[:2], targets[:2], no_patterns)
    assert (row.verdict, row.violations, row.images) == ("sensitive", 1, 1)  # the first is not shifted
    alone = measured_apart(pairs[:1], TIMES_INPUT, originals[:1], targets[:1], no_patterns)
    assert (alone.verdict, alone.violations) == ("void", 0)
