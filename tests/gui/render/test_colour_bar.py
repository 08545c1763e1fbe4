"""Colour bars: the numbers at their ends are those that the colours stand for."""

import numpy as np
import pytest
from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QColor, QImage, QPainter

from keras_invariance.gui.model.look import Look, Scale
from keras_invariance.gui.render.colour_bar import STRIP, extent_words, input_bar, map_bar, shift_bar
from keras_invariance.gui.render.reference import coloured

MINUS = "\N{MINUS SIGN}"


def test_an_inputs_bar_goes_from_black_to_white_and_marks_what_the_image_has():
    bar = input_bar((-1.0, 1.0), (0.0, 0.5))
    assert bar.words == (f"{MINUS}1", "1")
    assert bar.marked == (0.5, 0.75)
    assert (tuple(bar.colours[0]), tuple(bar.colours[-1])) == ((0, 0, 0), (255, 255, 255))


def test_a_shifts_bar_is_blue_below_zero_and_red_above():
    bar = shift_bar(2.0, (-1.0, -1.0))
    assert bar.words == (f"{MINUS}2", "2")
    assert bar.marked == (0.25, 0.25)
    low, high = bar.colours[0].astype(int), bar.colours[-1].astype(int)
    assert low[2] > low[0]
    assert high[0] > high[2]


@pytest.mark.parametrize("look", [Look(), Look(colormap="PuOr_r"), Look(gamma=0.5)])
def test_a_maps_bar_has_the_colours_of_the_maps(look):
    values = np.linspace(-3.0, 3.0, 256, dtype=np.float32)[np.newaxis]
    scale = Scale(-3.0, 3.0)
    difference = map_bar([scale], look).colours.astype(int) - coloured(values, None, scale, look)[0]
    assert np.abs(difference).max() <= 3  # a value between two entries of the table may be rounded either way


def test_ranges_of_their_own_are_told_from_the_least_to_the_greatest():
    scales = [Scale(-0.5, 0.5), Scale(-0.25, 0.25)]
    assert map_bar(scales, Look()).words == ("\N{PLUS-MINUS SIGN}0.25", "to \N{PLUS-MINUS SIGN}0.5")
    assert map_bar(scales[:1], Look()).words == (f"{MINUS}0.5", "0.5")


def test_an_extent_of_one_value_is_told_once():
    assert extent_words((-1.0, -1.0)) == f"{MINUS}1"
    assert extent_words((-0.3, 0.3)) == f"{MINUS}0.3 to 0.3"


@pytest.mark.usefixtures("application")
def test_a_bar_is_painted_with_a_line_below_the_part_in_use():
    image = QImage(100, 20, QImage.Format.Format_RGB888)
    image.fill(QColor("#ffffff"))
    painter = QPainter(image)
    input_bar((0.0, 1.0), (0.5, 1.0)).paint(painter, QRectF(0, 0, 100, 20), QColor("#ff0000"))
    painter.end()
    assert image.pixelColor(0, 2).lightness() < 10
    assert image.pixelColor(99, 2).lightness() > 245
    assert image.pixelColor(75, STRIP + 1) == QColor("#ff0000")
    assert image.pixelColor(25, STRIP + 1) != QColor("#ff0000")
