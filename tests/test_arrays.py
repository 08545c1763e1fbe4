"""The border check of images: what passes unchanged, what is converted, what each error says."""

import numpy as np
import pytest

from keras_invariance.arrays import checked_images, is_finite
from keras_invariance.errors import ImageError

SHAPE = (4, 5, 3)
IMAGES = np.random.default_rng(0).standard_normal((2, *SHAPE)).astype(np.float32)


def test_right_images_pass_without_a_copy():
    assert checked_images(IMAGES, SHAPE) is IMAGES


@pytest.mark.parametrize("dtype", [np.uint8, np.int64, np.float16, np.float64, np.bool_])
def test_real_numbers_of_any_width_are_converted_and_not_rescaled(dtype):
    images = np.full((2, *SHAPE), 1).astype(dtype)
    checked = checked_images(images, SHAPE)
    assert checked.dtype == np.float32
    np.testing.assert_array_equal(checked, 1.0)


def test_float64_keeps_the_last_bits():
    images = np.full((1, *SHAPE), 1 / 3)
    assert checked_images(images, SHAPE, "float64")[0, 0, 0, 0] == 1 / 3
    assert float(checked_images(images, SHAPE)[0, 0, 0, 0]) == pytest.approx(1 / 3, rel=1e-7)
    assert float(checked_images(images, SHAPE)[0, 0, 0, 0]) != 1 / 3


def test_the_result_is_contiguous_and_the_images_are_not_changed():
    images = np.asfortranarray(IMAGES)
    before = images.copy()
    checked = checked_images(images, SHAPE)
    assert checked.flags.c_contiguous
    np.testing.assert_array_equal(images, before)
    np.testing.assert_array_equal(checked, before)


def test_an_unknown_size_takes_any():
    assert checked_images(IMAGES, (None, None, 3)).shape == (2, *SHAPE)
    with pytest.raises(ImageError, match=r"\(n, any, any, 1\)"):
        checked_images(IMAGES, (None, None, 1))


def test_no_images_are_a_batch_too():
    assert checked_images(np.zeros((0, *SHAPE)), SHAPE).shape == (0, *SHAPE)


@pytest.mark.parametrize(
    ("images", "input_shape", "message"),
    [
        (IMAGES[0], SHAPE, r"\(4, 5, 3\); expected \(n, 4, 5, 3\).*batch axis: images\[np.newaxis\]"),
        (np.zeros((2, 4, 5)), (4, 5, 1), r"\(2, 4, 5\).*channel axis: images\[..., np.newaxis\]"),
        (np.zeros((2, 3, 4, 5)), SHAPE, r"\(2, 3, 4, 5\).*channels last: np.moveaxis\(images, 1, -1\)"),
        (np.zeros((2, 60)), SHAPE, r"\(2, 60\).*images.reshape\(-1, 4, 5, 3\)"),
        (np.zeros((2, 9, 9, 3)), SHAPE, r"\(2, 9, 9, 3\).*Crop or resize"),
        (np.float32(3), SHAPE, r"shape \(\); .*Crop or resize"),
        (np.zeros((2, *SHAPE), complex), SHAPE, r"complex128.*np.asarray"),
        (np.full((2, *SHAPE), "a"), SHAPE, r"dtype <U1.*np.asarray"),
        ([np.zeros((4, 5, 3)), np.zeros((4, 4, 3))], SHAPE, r"differ in shape.*one size first"),
    ],
)
def test_an_error_says_what_came_and_the_remedy(images, input_shape, message):
    with pytest.raises(ImageError, match=message):
        checked_images(images, input_shape)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e300])
def test_values_that_are_not_finite_are_counted_and_found(value):
    images = IMAGES.astype(np.float64)
    images[1, 2, 3] = value
    with pytest.raises(ImageError, match=r"3 values .* first in image 1; .*float32\. .*nan_to_num"):
        checked_images(images, SHAPE)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_is_finite_sees_one_bad_value(value):
    array = np.zeros(7)
    assert is_finite(array)
    array[3] = value
    assert not is_finite(array)
    assert is_finite(np.zeros(0))
