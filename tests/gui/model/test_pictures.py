"""Pictures of both inputs: on one range, so that the shift is seen."""

import numpy as np
import pytest

from keras_invariance.gui.model.pictures import input_pictures, pair_planes

X = np.linspace(0.0, 1.0, 16, dtype=np.float32).reshape(4, 4, 1)


@pytest.mark.parametrize("m", [-1.0, -0.1, 0.25, 2.0])
def test_a_constant_shift_is_seen_in_the_inputs(m):
    found = input_pictures(X, np.full_like(X, m))
    first, second = (one.astype(float) for one in found.inputs)
    low, high = found.limits
    assert (low, high) == (pytest.approx(min(0, m)), pytest.approx(max(1, 1 + m)))
    np.testing.assert_allclose(second - first, 255 * m / (high - low), atol=1.01)


def test_a_small_shift_does_not_look_like_a_large_one():
    small, large = (input_pictures(X, np.full_like(X, m)) for m in (-0.01, -1.0))
    assert small.reach == large.reach == 1.0
    assert small.shift.min() > 230  # nearly white
    assert large.shift[..., 0].max() < 20  # as blue as it gets
    assert small.extents[2] == pytest.approx((-0.01, -0.01))


def test_without_a_shift_both_inputs_are_the_same_picture():
    found = input_pictures(X, np.zeros_like(X))
    np.testing.assert_array_equal(*found.inputs)
    assert found.limits == found.extents[0] == (0.0, 1.0)


@pytest.mark.parametrize("shape", [(5,), (16, 2), (3, 4, 2)])
def test_inputs_of_any_shape_are_pictures(shape):
    x = np.arange(np.prod(shape), dtype=np.float32).reshape(shape)
    found = input_pictures(x, np.ones_like(x))
    assert found.inputs[0].shape == found.inputs[1].shape == found.shift.shape
    assert found.inputs[0].shape[-1] == 3


def test_an_image_of_one_value_has_a_picture():
    flat = np.zeros((2, 2, 1), np.float32)
    assert input_pictures(flat, flat).reach == 1.0
    assert not input_pictures(flat, flat).inputs[0].any()


@pytest.mark.parametrize(("shape", "drawn"), [((20, 4), (20, 4)), ((400, 4), (4, 400)), ((20, 1), (1, 20))])
def test_one_number_for_each_place_of_a_signal_stands_beside_all_its_channels(shape, drawn):
    first = np.arange(shape[0], dtype=np.float32)[:, np.newaxis]
    planes = pair_planes(first, first + 1, shape)
    other = pair_planes(np.zeros(shape), np.zeros(shape))
    assert {one.shape for one in (*planes, *other)} == {drawn}
    np.testing.assert_array_equal(np.unique(planes[0]), first[:, 0])
    np.testing.assert_array_equal(planes[2], 1)
