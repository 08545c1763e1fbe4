"""The embedded MNIST is the published one, and comes as [0, 1]."""

import hashlib
import subprocess
import sys

import numpy as np
import pytest

from keras_invariance.datasets import load
from keras_invariance.datasets.mnist import CHECKSUMS, SPLITS, idx_bytes
from keras_invariance.errors import DataError


@pytest.mark.parametrize("part", CHECKSUMS)
def test_the_embedded_files_are_the_published_ones(part):
    assert hashlib.md5(idx_bytes(part), usedforsecurity=False).hexdigest() == CHECKSUMS[part]


@pytest.mark.parametrize("split", SPLITS)
def test_images_and_labels_equal_the_idx_files(split):
    dataset = load(f"mnist/{split}")
    pixels = np.frombuffer(idx_bytes(f"{split}-images")[16:], np.uint8).reshape(-1, 28, 28, 1)
    assert dataset.images.shape == (SPLITS[split], 28, 28, 1)
    assert dataset.images.dtype == np.float32
    np.testing.assert_array_equal(dataset.images[::97], (pixels[::97] / 255.0).astype(np.float32))
    assert (dataset.images.min(), dataset.images.max()) == (0.0, 1.0)
    assert bytes(dataset.labels.astype(np.uint8)) == idx_bytes(f"{split}-labels")[8:]
    assert dataset.labels.dtype == np.int64


def test_the_encoding_is_shown_in_one_line():
    assert load("mnist/test").encoding.text == "values in [0, 1], stored / 255"


def test_the_splits_have_fingerprints_of_their_own():
    assert load("mnist/train").fingerprint != load("mnist/test").fingerprint


@pytest.mark.parametrize("name", ["mnist", "mnist/validation"])
def test_another_split_is_an_error_that_lists_the_right_ones(name):
    with pytest.raises(DataError, match=rf"{name}.*mnist/train or mnist/test.*Name the split"):
        load(name)


def test_reading_it_does_not_import_tensorflow():
    code = "import sys, keras_invariance.datasets as d; d.load('mnist/test').images; print('tensorflow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
