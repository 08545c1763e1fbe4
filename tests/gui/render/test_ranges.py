"""Ranges of the colormap."""

import numpy as np
import pytest

from keras_invariance.gui.model.extents import extent
from keras_invariance.gui.model.look import Scale
from keras_invariance.gui.render.ranges import scales

ROWS = [
    (np.array([[1.0, -2.0]], np.float32), np.array([[3.0, 0.5]], np.float32), np.array([[2.0, 2.5]], np.float32)),
    (np.array([[0.1, -0.2]], np.float32), np.array([[0.3, -0.4]], np.float32), np.array([[0.2, -9.0]], np.float32)),
]
EXTENTS = [extent(row) for row in ROWS]


def end(plane, percentile):
    """The end of one map's range."""
    return scales([extent((plane, plane, plane))], "map", percentile)[0][0].high


def test_a_pair_and_its_difference_share_the_largest_size_of_both_maps():
    first, second = scales(EXTENTS)
    assert first == (Scale(-3.0, 3.0),) * 3
    assert second[0].high == pytest.approx(0.4)


def test_each_map_has_its_own_range_where_that_is_asked_for():
    assert [scale.high for scale in scales(EXTENTS, "map")[0]] == [2.0, 3.0, 2.5]
    assert scales(EXTENTS, "map")[1][2] == Scale(-9.0, 9.0)


def test_a_grid_shares_the_largest_of_all_maps_without_the_differences():
    assert scales(EXTENTS, "grid") == [(Scale(-3.0, 3.0),) * 3] * 2


def test_a_fixed_range_asks_no_map():
    assert scales(EXTENTS, "fixed", limit=0.7) == [(Scale(-0.7, 0.7),) * 3] * 2


@pytest.mark.parametrize("sharing", ["pair", "map", "grid", "fixed"])
def test_every_range_is_symmetric_and_has_an_extent_also_for_maps_of_zeros(sharing):
    zeros = np.zeros((2, 2), np.float32)
    for row in scales([*EXTENTS, extent((zeros, zeros, zeros))], sharing):
        assert all(scale.low == -scale.high < 0 for scale in row)


def test_a_range_moves_with_its_maps():
    ten = [extent(tuple(10 * plane for plane in row)) for row in ROWS]
    assert [row[0].high for row in scales(ten)] == pytest.approx([10 * row[0].high for row in scales(EXTENTS)])


def test_a_percentile_leaves_out_the_largest_sizes():
    sizes = np.arange(1.0, 101.0, dtype=np.float32) * np.where(np.arange(100) % 2, 1, -1)
    assert end(sizes, 100.0) == 100.0
    assert end(sizes, 50.0) == pytest.approx(50.5)
    assert end(np.array([0, 0, 0, 5.0]), 50.0) == 5.0  # more than half are zero: the largest


@pytest.mark.parametrize("percentile", [100.0, 99.0])
def test_what_is_no_number_has_no_say(percentile):
    plane = np.array([np.nan, np.inf, -np.inf, 2.0, -3.0], np.float32)
    assert end(plane, percentile) == pytest.approx(3.0, rel=0.01)
    assert end(np.full(3, np.nan), percentile) == 1.0
    assert end(np.array([]), percentile) == 1.0


def test_no_rows_have_no_ranges():
    assert scales([]) == scales([], "grid") == []
