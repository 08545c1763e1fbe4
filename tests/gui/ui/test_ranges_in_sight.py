"""What is seen of ranges: both inputs on one, with numbers; and the maps' own beside each row."""

import numpy as np
from PyQt6.QtGui import QImage

from keras_invariance.gui.model.question import ShiftForm

MINUS = "\N{MINUS SIGN}"


def greys(label):
    image = label.pixmap().toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    pixels = image.constBits().asarray(image.sizeInBytes())
    return np.frombuffer(pixels, np.uint8).reshape(image.height(), -1)[:, : image.width()].astype(int)


def test_the_shift_is_seen_in_the_inputs(window, settle):
    column, seen = window.grid.columns[0], {}
    for m in (-1.0, -0.01):
        window.viewer.change("test", shift=ShiftForm(constant=m))
        settle()
        first, second, shift = map(greys, column.pictures)
        seen[m] = np.median(first - second), np.median(shift)
    assert seen[-1.0][0] > 120  # half of the range from -1 to 1
    assert seen[-0.01][0] < 5
    assert seen[-1.0][1] < 60
    assert seen[-0.01][1] > 200


def test_numbers_stand_below_the_inputs(window):
    column = window.grid.columns[0]
    assert [bar.bar.words for bar in column.bars] == [(f"{MINUS}1", "1")] * 3
    assert column.bars[0].toolTip() == "x: 0 to 1"
    assert column.bars[1].toolTip() == f"x + m: {MINUS}1 to 0"
    assert f"m: {MINUS}1<br>" in column.texts[2].text()
    window.actions_by_name["Blink"].trigger()
    assert column.bars[0].toolTip() == f"x + m: {MINUS}1 to 0"
    window.actions_by_name["Blink"].trigger()


def test_every_row_tells_the_range_of_its_maps(window):
    header, cell = window.grid.headers[1], window.grid.canvas.scene.cells[3]
    assert header.bar.bar.words == (f"{MINUS}{cell.scale.high:.3g}", f"{cell.scale.high:.3g}")
    window.viewer.scale(sharing="map")
    assert header.bar.bar.words[1].startswith("to ")
    window.viewer.scale(sharing="fixed", limit=2.0)
    assert header.bar.bar.words == (f"{MINUS}2", "2")
    window.viewer.scale(sharing="pair", limit=1.0)


def test_the_maps_bars_follow_the_colormap(window):
    before = window.grid.headers[0].bar.bar.colours
    window.viewer.look_at(colormap="PuOr_r")
    assert not np.array_equal(window.grid.headers[0].bar.bar.colours, before)
    window.viewer.look_at(colormap="RdBu_r")
    np.testing.assert_array_equal(window.grid.headers[0].bar.bar.colours, before)
