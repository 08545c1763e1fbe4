"""A plain array is a data set of its images, as they came."""

import numpy as np
import pytest

from keras_invariance.datasets import as_dataset, load
from keras_invariance.errors import DataError


def test_a_data_set_stays_what_it_is():
    dataset = load("mnist/test")
    assert as_dataset(dataset) is dataset


@pytest.mark.parametrize("dtype", [np.uint8, np.int32, np.float64, np.float32])
@pytest.mark.parametrize("shape", [(6, 3), (6, 4, 4), (6, 4, 4, 3)])
def test_numbers_are_converted_and_not_rescaled(dtype, shape):
    array = (np.arange(np.prod(shape)) % 200).reshape(shape).astype(dtype)
    dataset = as_dataset(array)
    assert dataset.images.dtype == np.float32
    np.testing.assert_array_equal(dataset.images, array.astype(np.float32))
    assert (dataset.encoding.low, dataset.encoding.high) == (array.min(), array.max())
    assert dataset.labels is None


def test_reading_copies_nothing_and_gives_no_way_to_change_the_array():
    array = np.zeros((4, 2), np.float32)
    images, _ = next(as_dataset(array).batches(2))
    assert np.shares_memory(images, array)
    assert array.flags.writeable
    with pytest.raises(ValueError, match="read-only"):
        images[0] = 1


@pytest.mark.parametrize(
    "wrong", ["mnist/test", np.zeros(3), np.zeros((0, 28, 28, 1)), np.array([["a"]]), np.zeros((2, 2), complex), None]
)
def test_what_holds_no_images_is_an_error(wrong):
    with pytest.raises(DataError, match=r"shape \(.*data set, or an array.*load\(name\)"):
        as_dataset(wrong)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_nan_and_infinite_values_are_an_error_that_says_where(bad):
    array = np.zeros((600, 2))
    array[300, 1] = bad
    with pytest.raises(DataError, match=r"NaN or infinite.*images 256 to 511 of array.*repair"):
        as_dataset(array)


@pytest.mark.parametrize("labels", [[1, 2], [[0, 1]] * 3, [0.5, 1.0, 2.0]])
def test_labels_that_are_not_one_whole_number_per_image_are_an_error(labels):
    with pytest.raises(DataError, match=r"labels of .*shape \(3,\).*argmax"):
        as_dataset(np.zeros((3, 4)), labels)
