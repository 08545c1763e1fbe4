"""The embedded photographs are scikit-image's, have the size and range that is promised, and names."""

import numpy as np
import PIL.Image
import PIL.ImageOps
import pytest
import skimage.data

from keras_invariance.datasets import load
from keras_invariance.datasets.photographs import NAMES, imagenet_classes, photograph_file
from keras_invariance.errors import DataError

ORIGINALS = {
    "cat": "chelsea",
    "coffee": "coffee",
    "rocket": "rocket",
    "photographer": "camera",
    "astronaut": "astronaut",
}


def test_there_are_five_in_colour_between_zero_and_one():
    photographs = load("photographs")
    assert photographs.images.shape == (5, 224, 224, 3)
    assert photographs.images.dtype == np.float32
    assert photographs.images.min() == 0
    assert photographs.images.max() == 1
    assert photographs.encoding.text == "values in [0, 1], stored / 255"
    assert photographs.name == "photographs"
    assert photographs.labels is None


@pytest.mark.parametrize("name", NAMES)
def test_each_is_scikit_images_cut_square_and_scaled_down(name):
    picture = PIL.Image.fromarray(getattr(skimage.data, ORIGINALS[name])())
    made = np.asarray(PIL.ImageOps.fit(picture, (224, 224), PIL.Image.Resampling.LANCZOS))
    with PIL.Image.open(photograph_file(name)) as shipped:
        assert np.abs(np.asarray(shipped, np.int16) - made).max() <= 1  # Pillow's rounding may change


@pytest.mark.parametrize("row", range(5))
def test_one_is_had_by_its_name(row):
    alone = load(f"photographs/{NAMES[row]}")
    assert len(alone) == 1
    np.testing.assert_array_equal(alone.images[0], load("photographs").images[row])


def test_rows_and_a_size_may_follow():
    small = load("photographs[1:3]@32x48x1")
    assert small.images.shape == (2, 32, 48, 1)
    assert load("photographs@56x56").images.shape == (5, 56, 56, 3)
    assert small.images[0].std() > 0.05


def test_what_is_in_it_decides_the_fingerprint():
    names = ("photographs", "photographs/cat", "photographs/coffee", "photographs@56x56", "photographs[:2]")
    assert len({load(name).fingerprint for name in names}) == len(names)
    assert load("photographs").fingerprint == load("photographs", size=(224, 224, 3)).fingerprint


def test_the_classes_are_imagenets():
    classes = load("photographs").classes
    assert classes == imagenet_classes()
    assert len(set(classes)) == 1000
    assert (classes[0], classes[285], classes[999]) == (
        "tench, Tinca tinca",
        "Egyptian cat",
        "toilet tissue, toilet paper, bathroom tissue",
    )


@pytest.mark.parametrize("wrong", ["photographs/dog", "photographs/cat/1"])
def test_another_name_is_an_error_that_lists_the_right_ones(wrong):
    with pytest.raises(DataError, match=rf"'{wrong}'.*cat, coffee, rocket, photographer, astronaut.*spelling"):
        load(wrong)


def test_a_size_that_no_picture_has_is_an_error():
    with pytest.raises(DataError, match=r"2x2x2.*1 \(grey\) or 3 \(colour\)"):
        load("photographs@2x2x2")
