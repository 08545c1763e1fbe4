"""The cat."""

import numpy as np

from keras_invariance.encodings.cat import cat, drawn_cat


def test_the_shipped_cat_is_the_drawn_one():
    # Pillow may round the edge of a line differently from one release to the next.
    assert np.abs(np.asarray(drawn_cat(), float) / 255 - cat()[..., 0]).mean() < 0.02


def test_the_cat_is_lines_on_nothing():
    image = cat()
    assert image.shape == (28, 28, 1)
    assert image.dtype == np.float32
    assert (image.min(), image.max()) == (0.0, 1.0)
    assert 0.1 < image.mean() < 0.4


def test_the_cat_has_two_ears_and_two_eyes():
    image = cat()[..., 0]
    ears, eyes = image[2], image[13, 6:22]
    for line in (ears, eyes):
        bright = np.flatnonzero(np.diff((line > 0.5).astype(int)) == 1)
        assert len(bright) == 2
