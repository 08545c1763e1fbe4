"""Data by name for a network: brought to its size where they are pictures, and in words where they do not fit."""

from pathlib import Path

import numpy as np
import pytest

from keras_invariance.application import data_splits, open_data
from keras_invariance.errors import DataError


def test_arrays_of_another_size_say_what_to_do(tmp_path: Path):
    np.savez(tmp_path / "colours.npz", x=np.zeros((3, 32, 32, 3), np.uint8))
    with pytest.raises(DataError, match=r"\(32, 32, 3\).*\(28, 28, 1\).*Open data of that shape") as told:
        open_data(str(tmp_path / "colours.npz"), (28, 28, 1))
    assert "Leave the size out" not in str(told.value)


def test_a_size_in_the_name_is_still_refused():
    with pytest.raises(DataError, match="Leave the size out"):
        open_data("mnist/test@32x32", (28, 28, 1))


def test_splits_are_told(tmp_path: Path):
    np.savez(tmp_path / "keras.npz", x_train=np.zeros((3, 28, 28), np.uint8), x_test=np.zeros((2, 28, 28), np.uint8))
    assert data_splits(tmp_path / "keras.npz") == ("test", "train")
    assert len(open_data(f"{tmp_path / 'keras.npz'}:test", (28, 28, 1))) == 2
