"""Grids of maps as pictures."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from keras_invariance.reports.grid import Column, Panel, grid_png

RAMP = np.linspace(-1.0, 1.0, 2 * 28 * 28).reshape(2, 28, 28, 1)


def pair(title="Gradient", second=RAMP, **look):
    return Panel(title, (Column("network 1", RAMP), Column("network 2", second)), **look)


def pixels(png):
    with Image.open(BytesIO(png)) as picture:
        assert picture.format == "PNG"
        return np.asarray(picture.convert("RGB")).astype(int)


def test_the_same_values_give_the_same_bytes_without_version_or_time():
    first, second = (grid_png([[pair()]], ["7", "2"], "legend") for _ in range(2))
    assert first == second
    assert b"Software" not in first
    assert b"atplotlib" not in first


def test_both_maps_of_a_row_have_one_scale():
    weak = pair(second=0.01 * RAMP).cells(1)
    assert weak[0].min() < 60
    assert (weak[1] > 200).all()  # a hundredth of the scale is almost white


def test_images_are_scaled_one_by_one():
    cells = pair(second=RAMP - 1, kind="images").cells(0)
    np.testing.assert_array_equal(*cells)


def test_the_grid_grows_with_rows_panels_and_bands():
    small = pixels(grid_png([[pair(), pair()]], ["7"], "")).shape
    assert pixels(grid_png([[pair(), pair()]], ["7", "2"], "")).shape[0] == small[0] + 118
    assert pixels(grid_png([[pair(), pair(), pair()]], ["7"], "")).shape[1] == small[1] + 2 * 118 - 6 + 30
    assert pixels(grid_png([[pair(), pair()], [pair()]], ["7"], "")).shape[0] > 2 * small[0] - 160
    assert pixels(grid_png([[pair(), pair()]], ["7"], "", side=56)).shape[0] == small[0] - 56


def test_a_long_row_label_gets_the_room_it_needs():
    short, long = (pixels(grid_png([[pair()]], [label], "")) for label in ("7", "golden retriever"))
    assert long.shape[1] > short.shape[1] + 60
    assert pixels(grid_png([[pair()]], ["285"], "")).shape == short.shape
    assert (long[:, :24] == 255).all()  # the margin is left alone
    assert (long[:, 24 : long.shape[1] - short.shape[1]] < 128).any()


@pytest.mark.parametrize("look", [{"badge": "sensitive"}, {"badge": "invariant", "tone": "good"}, {"title": "LRP"}])
def test_titles_badges_and_tones_are_drawn(look):
    plain = pixels(grid_png([[pair(badge="invariant")]], ["7"], ""))
    assert (pixels(grid_png([[pair(**{"badge": "invariant", **look})]], ["7"], "")) != plain).any()


def test_a_badge_of_two_lines_has_room_for_both():
    one, two = (len(pixels(grid_png([[pair(badge=badge)]], ["7"], ""))) for badge in ("one", "one\ntwo"))
    assert two > one


def test_without_badges_there_is_no_room_for_them():
    assert len(pixels(grid_png([[pair(badge="invariant")]], ["7"], ""))) > len(pixels(grid_png([[pair()]], ["7"], "")))


def test_row_labels_and_the_legend_are_drawn():
    plain = pixels(grid_png([[pair()]], ["7"], "one scale"))
    assert (pixels(grid_png([[pair()]], ["2"], "one scale")) != plain).any()
    assert (pixels(grid_png([[pair()]], ["7"], "another"))[-60:, 400:] < 200).any()


def test_a_cell_shows_every_pixel_of_its_map_as_a_square():
    values = np.zeros((1, 28, 28, 1))
    values[0, 0, 0] = 1.0
    picture = pixels(grid_png([[Panel("", (Column("", values),))]], [""], ""))
    dark = np.argwhere((picture == [103, 0, 31]).all(-1))
    height, width = dark[: len(dark)].max(0) - dark.min(0) + 1
    assert width >= 3
    assert height >= 3
