"""`ki.plot`: what stands in which cell, one scale for a row, every kind of input, and what is refused."""

import numpy as np
import pytest
from matplotlib import pyplot

import keras_invariance as ki
from keras_invariance.errors import ImageError
from keras_invariance.reports.heatmap import heatmap, picture, shared_limit

RANDOM = np.random.default_rng(0)
IMAGES = RANDOM.random((2, 5, 4, 1))
MAPS = {"one": RANDOM.normal(size=IMAGES.shape), "ten times": 10 * RANDOM.normal(size=IMAGES.shape)}


def shown(axes) -> np.ndarray:
    (image,) = axes.get_images()
    return np.asarray(image.get_array())


def test_a_row_is_an_image_and_a_column_an_explanation():
    figure = ki.plot(MAPS, IMAGES, labels=["a", "b"])
    cells = np.array(figure.axes).reshape(2, 3)
    assert [axes.get_title() for axes in cells[0]] == ["image", "one", "ten times"]
    assert [axes.get_ylabel() for axes in cells[:, 0]] == ["a", "b"]
    np.testing.assert_array_equal(shown(cells[1, 0]), picture(IMAGES[1]))


def test_a_row_has_one_scale_unless_each_map_shall_have_its_own():
    both = shared_limit((MAPS["one"][0], MAPS["ten times"][0]))
    together, apart = ki.plot(MAPS), ki.plot(MAPS, shared=False)
    np.testing.assert_array_equal(shown(together.axes[0]), heatmap(MAPS["one"][0], both))
    np.testing.assert_array_equal(shown(apart.axes[0]), heatmap(MAPS["one"][0]))
    assert (shown(together.axes[0]) != shown(apart.axes[0])).any()


@pytest.mark.parametrize("shape", [(30, 2), (60,), (9,), (6, 5), (6, 5, 3)])
def test_signals_tables_and_pictures_are_drawn(shape, tmp_path):
    values = RANDOM.normal(size=(2, *shape))
    figure = ki.plot(values, values)
    assert len(figure.axes) == 4
    figure.savefig(tmp_path / "plot.png")
    assert (tmp_path / "plot.png").stat().st_size > 1000


def test_bars_have_the_height_of_the_map():
    values = np.array([[1.0, -2.0, 0.5]])
    (axes,) = ki.plot(values).axes
    assert [bar.get_height() for bar in axes.patches] == values[0].tolist()


def test_no_window_and_no_figure_stays_open():
    before = pyplot.get_fignums()
    ki.plot(MAPS)
    assert pyplot.get_fignums() == before


@pytest.mark.parametrize(
    ("maps", "told", "words"),
    [
        (MAPS["one"], {"images": IMAGES[:1]}, r"maps \(2, 5, 4, 1\), images \(1, 5, 4, 1\).*of one shape"),
        (np.zeros((2, 3, 4, 5, 1)), {}, r"\(2, 3, 4, 5, 1\).*pictures.*Plot a slice"),
        (np.zeros((0, 4, 4, 1)), {}, r"\(0, 4, 4, 1\).*at least one map"),
        ({}, {}, "no maps"),
        (MAPS["one"], {"labels": ["a"]}, r"1 labels.*2 images"),
    ],
)
def test_what_does_not_belong_together_is_refused(maps, told, words):
    with pytest.raises(ImageError, match=words):
        ki.plot(maps, **told)
