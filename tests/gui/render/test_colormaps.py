"""Tables of colours."""

import numpy as np
import pytest
from skimage.color import rgb2lab

from keras_invariance.gui.model.look import Look, Scale
from keras_invariance.gui.render.colormaps import NAMES, made, table
from keras_invariance.gui.render.reference import coloured, indices

DIVERGING = ("RdBu_r", "PuOr_r", "BrBG", "coolwarm", "vanimo", "berlin")


def test_the_look_begins_with_a_diverging_one():
    assert Look().colormap == NAMES[0] in DIVERGING


@pytest.mark.parametrize("name", NAMES)
def test_every_table_is_complete_opaque_and_cannot_be_changed(name):
    colours = table(name)
    assert (colours.dtype, colours.shape) == (np.uint8, (256, 4))
    assert (colours[:, 3] == 255).all()
    with pytest.raises(ValueError, match="read-only"):
        colours[0] = 0


@pytest.mark.parametrize("name", NAMES)
def test_every_table_is_matplotlibs(name):
    assert np.array_equal(table(name), made(name))


@pytest.mark.parametrize("name", NAMES)
def test_lightness_goes_one_way_or_for_diverging_ones_two_ways_from_the_middle(name):
    lightness = rgb2lab(table(name)[:, :3] / 255.0)[:, 0]
    halves = [lightness[127::-1], lightness[128:]] if name in DIVERGING else [lightness]
    for half in halves:
        steps = np.diff(half[::8])
        assert (steps > 0).all() or (steps < 0).all()
        assert abs(half[-1] - half[0]) > 25
    if name in DIVERGING:
        assert lightness[0] == pytest.approx(lightness[-1], abs=25)  # neither sign is the louder


def test_a_name_from_elsewhere_gives_the_first():
    assert table("jet") is table(NAMES[0])


def test_the_formula_by_hand():
    # v = 2 (value + 2) / 4 - 1 = -1, -0.5, 0, 0.5, 1; round(127.5 (v + 1)) = 0, 64, 128, 191, 255
    plane = np.array([[-2.0, -1.0, 0.0, 1.0, 2.0]])
    assert indices(plane, Scale(-2, 2), 1.0).tolist() == [[0, 64, 128, 191, 255]]
    # gamma 2: v = -1, -0.25, 0, 0.25, 1; 127.5 (v + 1) = 0, 95.625, 127.5, 159.375, 255
    assert indices(plane, Scale(-2, 2), 2.0).tolist() == [[0, 96, 128, 159, 255]]
    assert indices(np.array([[np.nan, np.inf, -np.inf, 9.0]]), Scale(-2, 2), 1.0).tolist() == [[128, 255, 0, 255]]


def test_colours_over_a_picture_are_mixed_by_the_opacity():
    plane, picture = np.array([[2.0]]), np.array([[[10, 20, 30]]], np.uint8)
    top = table("gray")[255, :3].astype(float)
    mixed = coloured(plane, picture, Scale(-2, 2), Look(colormap="gray", opacity=0.25))
    assert mixed[0, 0].tolist() == np.rint(0.25 * top + 0.75 * picture[0, 0]).tolist()
