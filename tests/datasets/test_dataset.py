"""A data set streams what it holds, in order, whatever the batch; parts and shifts of it are data sets."""

import numpy as np
import pytest

from keras_invariance.datasets import Encoding, as_dataset, load
from keras_invariance.errors import DataError, ShiftError

IMAGES = np.random.default_rng(0).random((23, 4, 5, 2), np.float32)
LABELS = np.arange(23) % 3


def dataset():
    return as_dataset(IMAGES, LABELS)


@pytest.mark.parametrize("size", [1, 7, 23, 100])
def test_batches_of_any_size_hold_the_same_images_in_order(size):
    batches = list(dataset().batches(size))
    assert all(len(images) <= size for images, _ in batches)
    np.testing.assert_array_equal(np.concatenate([images for images, _ in batches]), IMAGES)
    np.testing.assert_array_equal(np.concatenate([labels for _, labels in batches]), LABELS)


@pytest.mark.parametrize(
    "part", [slice(5), slice(-4, None), slice(2, 20, 3), slice(20, 500), slice(7, 3), slice(None, None, 22)]
)
def test_a_part_is_what_numpy_would_take(part):
    taken = dataset()[part]
    assert len(taken) == len(IMAGES[part])
    np.testing.assert_array_equal(taken.images, IMAGES[part])
    np.testing.assert_array_equal(taken.labels, LABELS[part])
    np.testing.assert_array_equal(taken[1:].images, IMAGES[part][1:])
    np.testing.assert_array_equal(
        np.concatenate([IMAGES[:0], *[images for images, _ in taken.batches(2)]]), IMAGES[part]
    )


def test_take_is_the_first_rows():
    np.testing.assert_array_equal(dataset().take(3).images, IMAGES[:3])


def test_a_part_is_named_after_its_rows():
    assert [dataset()[part].name for part in (slice(5), slice(1, 9), slice(1, None, 2))] == [
        "array[:5]",
        "array[1:9]",
        "array[1::2]",
    ]


@pytest.mark.parametrize("part", [3, slice(None, None, -1), [1, 2]])
def test_a_part_that_is_no_ascending_slice_is_an_error(part):
    with pytest.raises(DataError, match=r"array\[.*slice with a positive step.*dataset\.images"):
        dataset()[part]


def test_no_images_in_a_batch_is_an_error():
    with pytest.raises(DataError, match=r"batches of 0 images.*batches\(256\)"):
        dataset().batches(0)


def test_fingerprints_differ_by_content_rows_and_shift_and_by_nothing_else():
    changed = IMAGES.copy()
    changed[3, 1, 1, 0] += 1e-3
    different = [
        dataset(),
        dataset()[:9],
        as_dataset(changed),
        dataset().shifted(np.float32(-1)),
        as_dataset(IMAGES[1:]),
    ]
    prints = [one.fingerprint for one in different]
    assert len(set(prints)) == len(prints)
    assert dataset().fingerprint == as_dataset(IMAGES.copy(), name="another").fingerprint
    assert dataset()[:9].fingerprint == dataset()[:20][:9].fingerprint


def test_a_shift_is_added_to_every_image():
    shift = np.linspace(-1, 1, 2, dtype=np.float32)  # one number per channel
    shifted = dataset().shifted(shift)
    np.testing.assert_array_equal(shifted.images, IMAGES + shift)
    np.testing.assert_array_equal(shifted[4:6].images, IMAGES[4:6] + shift)
    np.testing.assert_array_equal(shifted.labels, LABELS)
    np.testing.assert_array_equal(dataset().images, IMAGES)


def test_a_shift_may_be_added_in_float64():
    shift = 0.1 + 1e-12
    (shifted, _), *_ = dataset().shifted(shift, dtype="float64").batches(len(IMAGES))
    assert shifted.dtype == np.float64
    np.testing.assert_array_equal(shifted, IMAGES.astype(np.float64) + shift)
    assert dataset().shifted(shift, dtype="float64").fingerprint != dataset().shifted(shift).fingerprint


def test_a_constant_shift_moves_the_encoding():
    # (stored - 255) / 255 = stored / 255 - 1: the paper's second encoding.
    assert load("mnist/test").shifted(np.float32(-1)).encoding == Encoding(-1.0, 0.0, mean=255.0, scale=255.0)
    assert Encoding(-1.0, 0.0, 255.0, 255.0).text == "values in [-1, 0], (stored - 255) / 255"


def test_a_shift_that_varies_widens_the_range():
    shifted = load("mnist/test").shifted(np.linspace(-0.5, 0.25, 28 * 28).reshape(28, 28, 1))
    assert (shifted.encoding.low, shifted.encoding.high) == (-0.5, 1.25)


def test_a_shift_of_another_shape_is_an_error():
    with pytest.raises(ShiftError, match=r"shape \(3,\).*\(4, 5, 2\).*channels last"):
        dataset().shifted(np.zeros(3))
