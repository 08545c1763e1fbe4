"""Colours of maps and images."""

import numpy as np

from keras_invariance.reports.heatmap import heatmap, overlay, per_pixel, picture, shared_limit

BLUE, WHITE, RED = (5, 48, 97), (247, 247, 247), (103, 0, 31)


def test_negative_is_blue_zero_is_white_positive_is_red():
    colours = heatmap(np.array([[-2.0, 0.0, 2.0]]))
    assert [tuple(colour) for colour in colours[0]] == [BLUE, WHITE, RED]


def test_a_map_between_two_colours_is_worked_by_hand():
    # 0.7 of the limit is stop 8.5 of 10, halfway from (214, 96, 77) to (178, 24, 43): (196, 60, 60).
    assert tuple(heatmap(np.array([[0.7]]), limit=1.0)[0, 0]) == (196, 60, 60)


def test_the_limit_changes_the_colours_and_values_beyond_it_keep_the_darkest():
    values = np.array([[1.0, 9.0]])
    assert (heatmap(values)[0, 0] != heatmap(values, limit=1.0)[0, 0]).any()
    assert tuple(heatmap(values, limit=1.0)[0, 1]) == RED


def test_a_pair_has_the_scale_of_its_larger_map():
    assert shared_limit((np.array([[0.5, -1.0]]), np.array([[-3.0, 2.0]]))) == 3.0


def test_channels_are_summed():
    values = np.array([[[1.0, -1.0], [2.0, 1.0]]])
    np.testing.assert_array_equal(per_pixel(values), [[0.0, 3.0]])
    assert [tuple(colour) for colour in heatmap(values)[0]] == [WHITE, RED]


def test_a_zero_map_is_white():
    assert (heatmap(np.zeros((3, 3, 1))) == 247).all()


def test_a_picture_goes_from_its_least_to_its_greatest_value():
    np.testing.assert_array_equal(picture(np.array([[-1.0, 0.0], [-0.5, -1.0]]))[..., 0], [[0, 255], [128, 0]])


def test_pictures_with_the_same_limits_can_be_compared():
    image = np.array([[0.0, 0.5], [1.0, 2.0]])
    np.testing.assert_array_equal(picture(image, (-1.0, 1.0))[..., 0], [[128, 191], [255, 255]])
    np.testing.assert_array_equal(picture(image - 1, (-1.0, 1.0))[..., 0], [[0, 64], [128, 255]])
    assert not picture(image, (3.0, 3.0)).any()


def test_a_flat_picture_is_black_and_a_colour_picture_keeps_its_colours():
    assert not picture(np.full((2, 2), 7.0)).any()
    colours = np.zeros((2, 2, 3))
    colours[..., 2] = 1.0
    assert (picture(colours) == [0, 0, 255]).all()


def test_an_overlay_shows_the_image_where_the_map_is_zero_and_the_map_where_it_is_strongest():
    image, values = np.array([[0.0, 1.0]]), np.array([[0.0, -1.0]])
    laid = overlay(image, values)
    assert tuple(laid[0, 0]) == (128, 128, 128)
    assert tuple(laid[0, 1]) == BLUE
    assert (overlay(image, values, limit=4.0)[0, 1] != laid[0, 1]).any()
    assert (overlay(image, np.zeros((1, 2)))[0, 1] == 255).all()


def test_what_is_no_number_is_grey_and_does_not_set_the_scale():
    values = np.array([[-1.0, np.nan, 1.0], [np.inf, -np.inf, 0.5]])
    assert shared_limit((values,)) == 1.0
    colours = heatmap(values)
    assert [tuple(one) for one in (colours[0, 1], colours[1, 0], colours[1, 1])] == [(150, 150, 150)] * 3
    assert tuple(colours[0, 2]) == RED
    assert tuple(overlay(np.zeros((2, 3, 1)), values)[0, 1]) == (150, 150, 150)
    assert (heatmap(np.full((2, 2, 1), np.nan)) == 150).all()


def test_infinities_of_both_signs_have_no_sum():
    assert np.isnan(per_pixel(np.array([[[np.inf, -np.inf]]]))).all()
