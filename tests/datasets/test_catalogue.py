"""Names of data sets: each kind is found by its spelling; rows and a size may follow."""

import numpy as np
import pytest

from keras_invariance.datasets import KINDS, load
from keras_invariance.errors import DataError


def test_every_kind_is_listed_and_the_list_is_read_only():
    assert list(KINDS) == ["mnist", "photographs", "tfds", "npz", "pictures", "folder"]
    with pytest.raises(TypeError):
        KINDS["more"] = KINDS["mnist"]


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("mnist/test", range(10_000)),
        ("mnist/test[:100]", range(100)),
        ("mnist/test[10:20]", range(10, 20)),
        ("mnist/test[-5:]", range(9_995, 10_000)),
        ("mnist/test[::1000]", range(0, 10_000, 1000)),
    ],
)
def test_rows_may_follow_a_name(name, rows):
    dataset = load(name)
    assert dataset.rows == rows
    assert dataset.name == name


def test_rows_may_follow_a_file(tmp_path):
    np.savez(tmp_path / "some.npz", images=np.zeros((9, 3, 3), np.uint8))
    assert len(load(f"{tmp_path}/some.npz[:4]")) == 4


@pytest.mark.parametrize("name", ["", "mnits/test", "photos/none", "images.npy"])
def test_a_name_of_no_kind_is_an_error_that_lists_the_kinds(name):
    with pytest.raises(DataError, match=rf"'{name}'.*mnist/train.*tfds:NAME/SPLIT.*FILE\.npz.*folder:PATH.*spelling"):
        load(name)


def test_a_size_that_is_theirs_already_changes_nothing():
    assert load("mnist/test", size=(28, 28, 1)).fingerprint == load("mnist/test").fingerprint


@pytest.mark.parametrize("name", ["mnist/test@32x32", "mnist/test@28x28x3"])
def test_a_size_for_what_is_not_resized_is_an_error(name):
    with pytest.raises(DataError, match=r"size .* for mnist/test.*\(28, 28, 1\).*Leave the size out"):
        load(name)
