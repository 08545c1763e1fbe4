"""Which differences are real: hand-worked sortings, the interval against its definition, their laws."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from keras_invariance.comparison.confirmation import FITTED, evenly, judged, kind, kinds, spread, violation_interval
from keras_invariance.comparison.scores import Scores


def screen(relative_l2, zero_maps=None, finite=None):
    values = np.array(relative_l2, dtype=np.float64)
    zero_maps = np.full(len(values), "neither") if zero_maps is None else np.array(zero_maps)
    finite = np.full(len(values), fill_value=True) if finite is None else np.array(finite)
    return Scores(values, values, values, values, values, values, zero_maps, finite)


@pytest.mark.parametrize(
    ("screened", "exact", "expected"),
    [
        (1e-2, 1e-9, "same"),  # gates that flipped: it falls by 1e7
        (1e-6, 3e-15, "same"),
        (1e-8, 5e-11, "same"),  # float32 was lucky: it falls by 200 only, but to rounding
        (0.0, 0.0, "same"),
        (1.2, 1.2, "different"),
        (2.0, 2.0, "different"),
        (1e-3, 1e-4, "different"),  # falls by 10, no more
        (1e-7, 1e-7, "different"),  # a tiny sensitivity is one
        (1e-3, 9e-5, "unclear"),  # falls by 11
        (1e-2, 1e-8, "unclear"),  # falls by 1e6
        (1.0, np.nan, "unclear"),  # the maps are zero in float64
    ],
)
def test_a_difference_is_what_becomes_of_it_in_float64(screened, exact, expected):
    assert kind(screened, exact) == expected


@pytest.mark.parametrize(
    ("exact", "expected"), [(4e-5, "same"), (5e-3, "same"), (5.1e-3, "unclear"), (3e-2, "unclear"), (1.8, "different")]
)
def test_patterns_fitted_apart_have_wider_limits(exact, expected):
    assert kind(exact, exact, FITTED) == expected
    assert kinds(screen([exact]), np.array([0]), np.array([exact]), FITTED).tolist() == [expected]
    assert kind(exact, exact) == "different"


@given(st.floats(1e-9, 2), st.floats(1e-16, 2), st.floats(0.1, 1))
def test_a_larger_float64_difference_is_never_more_like_rounding(screened, exact, factor):
    order = ["same", "unclear", "different"]
    assert order.index(kind(screened, exact * factor)) <= order.index(kind(screened, exact))


def test_places_are_spread_evenly():
    # 0, 4, 8, 12, 16, 20 of 21
    assert evenly(21, 6).tolist() == [0, 4, 8, 12, 16, 20]
    assert evenly(3, 6).tolist() == [0, 1, 2]
    assert evenly(1, 6).tolist() == [0]
    assert evenly(0, 6).tolist() == []
    assert evenly(5, 2).tolist() == [0, 4]


def test_the_largest_and_the_smallest_difference_are_confirmed_and_zero_maps_are_not():
    scores = screen([0.3, np.nan, 0.1, 2.0, 0.2, 0.4], ["neither", "both", "neither", "one", "neither", "neither"])
    # from the largest: 3 (2.0), 5 (0.4), 0 (0.3), 4 (0.2), 2 (0.1)
    assert spread(scores, 3).tolist() == [3, 0, 2]
    assert spread(scores, 9).tolist() == [3, 5, 0, 4, 2]
    assert spread(screen([np.nan], ["both"])).tolist() == []


def test_images_without_finite_maps_are_neither_confirmed_nor_judged():
    scores = screen([0.3, np.nan, 0.1, np.nan], ["neither", "neither", "neither", "both"], [True, False, True, True])
    assert spread(scores).tolist() == [0, 2]
    result = kinds(scores, np.array([0, 2]), np.array([0.3, 0.1]))
    assert result.tolist() == ["different", "not finite", "different", "zero"]
    assert judged(result) == 2
    # both of two images differ: at a rate of 0.05 ** (1 / 2) that is a 5 % chance
    assert violation_interval(result) == (pytest.approx(0.05**0.5), 1.0)


def test_images_between_confirmed_ones_are_sorted_by_them():
    # image 0 (d = 1) and image 2 (0.5) are real, images 4 (1e-3) and 5 (1e-5) were rounding. So 0.6 is different,
    # 1e-4 is the same, and 0.1 lies between the two kinds; image 7 has no maps.
    scores = screen([1.0, 0.6, 0.5, 0.1, 1e-3, 1e-5, 1e-4, np.nan], ["neither"] * 7 + ["both"])
    result = kinds(scores, np.array([0, 2, 4, 5]), np.array([1.0, 0.5, 1e-12, 1e-14]))
    assert result.tolist() == ["different", "different", "different", "unclear", "same", "same", "same", "zero"]


def test_where_rounding_is_as_large_as_what_is_real_the_rest_is_unclear():
    # a difference of 0.3 was rounding and one of 0.1 is real: 0.2 may be either, 0.5 and 0.05 not
    scores = screen([0.3, 0.1, 0.2, 0.5, 0.05])
    result = kinds(scores, np.array([0, 1]), np.array([1e-12, 0.1]))
    assert result.tolist() == ["same", "different", "unclear", "different", "same"]


def test_unclear_confirmations_sort_nothing():
    result = kinds(screen([0.3, 0.2, 0.1]), np.array([0, 2]), np.array([1e-4, 1e-4]))
    assert result.tolist() == ["unclear"] * 3


def counted(different, unclear, same, zero=0):
    return np.repeat(["different", "unclear", "same", "zero"], [different, unclear, same, zero])


def test_no_violation_in_299_images_bounds_the_rate_at_one_percent():
    # 0.99^299 = 0.0495: with a rate of 1 %, 299 images without a violation are a 5 % chance
    low, high = violation_interval(counted(0, 0, 299))
    assert low == 0
    assert high == pytest.approx(1 - 0.05 ** (1 / 299), rel=1e-6)
    assert high < 0.01 < violation_interval(counted(0, 0, 298))[1]


@given(st.integers(0, 12), st.integers(0, 12), st.integers(0, 12))
def test_at_each_bound_the_count_is_a_five_percent_chance(different, unclear, same):
    images = different + unclear + same
    low, high = violation_interval(counted(different, unclear, same, zero=3))
    assert 0 <= low <= high <= 1
    if not images:
        assert (low, high) == (0, 1)
        return
    # P(at least this many | low) = P(at most this many | high) = 5 %
    assert low == 0 if different == 0 else binom.sf(different - 1, images, low) == pytest.approx(0.05, rel=1e-4)
    at_most = different + unclear
    assert high == 1 if at_most == images else binom.cdf(at_most, images, high) == pytest.approx(0.05, rel=1e-4)


def test_unclear_images_widen_the_interval_to_both_sides():
    sure, open_ = violation_interval(counted(5, 0, 15)), violation_interval(counted(3, 4, 13))
    assert open_[0] < sure[0]
    assert open_[1] > sure[1]
    assert violation_interval(counted(0, 20, 0))[1] == 1
