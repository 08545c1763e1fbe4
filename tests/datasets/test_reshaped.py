"""Axes of length 1 are added and left out; nothing else is reshaped."""

import numpy as np
import pytest

from keras_invariance.datasets import as_dataset, load
from keras_invariance.datasets.reshaped import reshaped

NUMBERS = np.random.default_rng(0).random((5, 12, 1), np.float32)


@pytest.mark.parametrize("shape", [(12,), (12, 1, 1), (1, 12)])
def test_axes_of_length_1_come_and_go(shape):
    given = as_dataset(NUMBERS, np.arange(5))
    found = reshaped(given, shape)
    assert found.shape == shape
    np.testing.assert_array_equal(found.images, NUMBERS.reshape(5, *shape))
    np.testing.assert_array_equal(found[1:3].labels, [1, 2])
    assert found.fingerprint != given.fingerprint


@pytest.mark.parametrize("shape", [(12, 1), (3, 4), (4, 3, 1), (13,)])
def test_other_shapes_are_left_as_they_are(shape):
    given = as_dataset(NUMBERS)
    assert reshaped(given, shape) is given


@pytest.mark.parametrize("shape", [(5, 7), (5, 20, 1), (5, 4, 4, 1), (2, 3, 4, 4, 1)])
def test_tables_signals_and_volumes_are_read_from_npz_files(shape, tmp_path):
    numbers = np.random.default_rng(0).random(shape, np.float32)
    np.savez(tmp_path / "x.npz", images=numbers)
    found = reshaped(load(tmp_path / "x.npz"), shape[1:])
    assert found.shape == shape[1:]
    np.testing.assert_array_equal(found.images, numbers)
