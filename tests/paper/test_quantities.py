"""What a shift leaves in gradient times input, on a small network."""

from dataclasses import replace

import numpy as np
import pytest

from keras_invariance.paper.quantities import BLANK, BOARD, BOARD_SIGNED, CARRIED, board_seen, carried_through
from keras_invariance.paper.sides import on_grid, shifted_pair

STRIPES = np.broadcast_to(np.arange(28) % 2, (28, 28)).reshape(28, 28, 1)


def no_patterns(*_):
    raise AssertionError("no case here has patterns")


@pytest.fixture
def half_blank(originals):
    images = originals.copy()
    images[:, :14] = 0
    return images


def test_the_shift_is_carried_through_and_blank_pixels_get_nothing(side, half_blank):
    pair = shifted_pair(side, on_grid(-np.ones((28, 28, 1))), "small", "constant", "constant")
    found = carried_through(pair, half_blank, side.network.targets(half_blank), no_patterns)
    assert found[CARRIED] < 1e-5
    assert found[BLANK] == 0


def test_a_network_that_does_not_undo_the_shift_gains_something_else(side, half_blank):
    pair = shifted_pair(side, on_grid(-np.ones((28, 28, 1))), "small", "constant", "constant")
    no_twin = replace(pair, second=replace(pair.second, network=side.network))
    found = carried_through(no_twin, half_blank, side.network.targets(half_blank), no_patterns)
    assert found[CARRIED] > 0.01


def test_a_board_of_0_and_1_shows_in_sizes_and_one_of_both_signs_does_not(side, half_blank):
    """Over blank pixels the map is gradient x board: 0 on one half of the stripes; of one size on both if signed."""
    board = shifted_pair(side, on_grid(STRIPES), "small", "stripes", "checkerboard")
    signed = shifted_pair(side, on_grid(2 * STRIPES - 1), "small", "stripes", "checkerboard")
    targets = side.network.targets(half_blank)
    found = board_seen(board, signed, half_blank, targets, no_patterns)
    assert found[BOARD] > 0.5
    assert abs(found[BOARD_SIGNED]) < 0.5
