"""The real window with the real engine on the embedded network: shifts, drawing, the cat, pins, undo."""

import numpy as np
import pytest
from PyQt6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PyQt6.QtGui import QDropEvent
from PyQt6.QtTest import QTest

from keras_invariance.datasets import load
from keras_invariance.encodings.cat import cat
from keras_invariance.gui.model.messages import Matching, Open
from keras_invariance.gui.model.question import Row, ShiftForm


def verdicts(window):
    return {window.viewer.question.rows[row].method: one.verdict for row, one in window.viewer.answers.verdicts.items()}


def maps(window, row=0, sample=None):
    sample = window.viewer.question.sample if sample is None else sample
    return window.viewer.answers.maps[row, sample].maps


def change(window, what="test", **fields):
    window.viewer.change(what, **fields)


def test_the_paper_stands_in_the_window(window):
    assert verdicts(window) == {
        "gradient": "invariant",
        "gradient-times-input": "sensitive",
        "integrated-gradients": "invariant",
    }
    assert "invariant" in window.grid.verdicts[0].text()
    assert "sensitive" in window.grid.verdicts[1].accessibleName()
    np.testing.assert_array_equal(window.grid.planes(0, 0)[0], maps(window)[0][..., 0])


def test_both_predictions_and_the_check_of_the_twin_stand_above(window):
    texts = [label.text() for label in window.grid.columns[0].texts]
    assert "7 100 %" in texts[0]
    assert "(is 7)" in texts[0]
    assert "7 100 %" in texts[1]
    assert "logits differ by" in texts[2]


def test_heads_methods_and_verdicts_stay_in_sight_while_the_maps_scroll(window, wait):
    grid, bar = window.grid, window.grid.verticalScrollBar()
    grid.resize_cells(400)

    def places():
        widgets = grid.columns[0], grid.headers[0], grid.verdicts[0], grid.canvas.widget
        return [one.mapTo(window, QPoint(0, 0)) for one in widgets]

    wait(lambda: places()[3].x() == places()[1].x() + grid.headers[0].width() + 6 and bar.maximum() > 0)
    still = places()
    bar.setValue(bar.maximum())
    moved = places()
    assert moved == [still[0], *(place - QPoint(0, bar.value()) for place in still[1:])]
    assert len({place.y() for place in moved[1:]}) == 1
    grid.resize_cells(132)


def test_dragging_the_constant_asks_quickly_and_settles_with_verdicts(window, settle, wait):
    number = window.shift.constant
    number.slider.setSliderDown(True)
    number.slider.setValue(700)  # -2 + 4 * 0.7
    assert window.viewer.question.shift.constant == pytest.approx(0.8)
    assert not window.viewer.settled
    wait(lambda: 0 in window.viewer.answers.inputs and np.allclose(window.viewer.answers.inputs[0].shift, 0.8))
    number.slider.setValue(500)
    number.slider.setSliderDown(False)
    settle()
    assert np.allclose(window.viewer.answers.inputs[0].shift, 0.0, atol=0.003)
    assert verdicts(window)["gradient-times-input"] == "nothing was shifted"
    window.viewer.history.undo()
    assert window.viewer.question.shift.constant == -1.0  # the whole drag is one step
    settle()


def test_what_is_drawn_is_the_shift_and_can_be_undone_and_erased(window, settle):
    window.actions_by_name["Draw"].trigger()
    sheet = window.shift.drawing_area
    middle = sheet.rect().center()
    QTest.mousePress(sheet, Qt.MouseButton.LeftButton, pos=middle)
    QTest.mouseMove(sheet, middle + QPoint(30, 0))
    QTest.mouseRelease(sheet, Qt.MouseButton.LeftButton, pos=middle + QPoint(30, 0))
    settle()
    drawn = window.viewer.answers.inputs[0].shift
    assert drawn.max() == pytest.approx(1.0, abs=0.01)
    assert 4 < np.count_nonzero(drawn) < 28 * 28 / 4
    assert verdicts(window)["gradient-times-input"] == "sensitive"
    QTest.mouseClick(sheet, Qt.MouseButton.RightButton, pos=middle)
    settle()
    assert np.abs(window.viewer.answers.inputs[0].shift).sum() < np.abs(drawn).sum()
    window.viewer.history.undo()
    window.viewer.history.undo()
    settle()
    assert not window.viewer.answers.inputs[0].shift.any()
    assert window.viewer.question.shift.kind == "drawing"


def test_the_cat_appears_in_the_fooled_method_and_not_in_the_gradient(window, settle):
    window.actions_by_name["Show a cat"].trigger()
    settle()
    blank = window.viewer.answers.inputs[0].image <= 0
    whiskers = cat()[blank]
    product, gradient = maps(window, 1)[1][blank], maps(window, 0)[1][blank]
    assert np.corrcoef(product, whiskers)[0, 1] > 0.7
    assert abs(np.corrcoef(gradient, whiskers)[0, 1]) < 0.2
    assert "correlates with the picture by" in window.shift.note.text()
    assert verdicts(window)["gradient"] == "invariant"
    assert np.abs(window.viewer.answers.inputs[0].shift).max() <= 0.3 + 1e-6


@pytest.mark.parametrize(
    ("form", "values"),
    [
        (ShiftForm("checkerboard", cell=2, amplitude=0.5), {-0.5, 0.5}),
        (ShiftForm("channel", channels=(0.25,)), {0.25}),
    ],
)
def test_other_shifts_are_what_they_say(window, settle, form, values):
    change(window, shift=form)
    settle()
    assert set(np.unique(window.viewer.answers.inputs[0].shift)) == values
    assert window.shift.kind.currentData() == form.kind


def test_a_picture_file_is_a_shift(window, settle, tmp_path):
    from PIL import Image

    Image.fromarray(np.full((28, 28), 51, np.uint8)).save(tmp_path / "grey.png")
    window.shift.take_picture(str(tmp_path / "grey.png"))
    settle()
    assert np.allclose(window.viewer.answers.inputs[0].shift, 0.2, atol=0.01)


def test_pinned_samples_stand_side_by_side(window, settle):
    window.data.toggle_pin()
    window.data.move(1)
    settle()
    assert window.viewer.question.samples == (0, 1)
    assert [column.sample for column in window.grid.columns] == [0, 1]
    assert "2 " in window.grid.columns[1].texts[0].text()
    assert {key[1] for key in window.viewer.answers.maps} == {0, 1}
    assert len(window.grid.canvas.scene.cells) == 3 * 3 * 2
    window.data.move(-1)
    window.data.toggle_pin()
    settle()
    assert len(window.grid.columns) == 1


def test_blink_exchanges_the_networks_and_their_heads(window):
    cells = window.grid.canvas.scene.cells[:2]
    look = window.viewer.look
    assert [cell.shown(look)[0] for cell in cells] == [0, 1]
    window.actions_by_name["Blink"].trigger()
    look = window.viewer.look
    assert [cell.shown(look)[0] for cell in cells] == [1, 0]
    assert "network 2: x + m" in window.grid.columns[0].texts[0].text()
    window.actions_by_name["Blink"].trigger()
    assert "network 1: x" in window.grid.columns[0].texts[0].text()


def test_one_row_or_column_can_stand_alone(window):
    window.grid.solo(row=1)
    assert [header.accessibleName() for header in window.grid.headers] == ["Row gradient-times-input"]
    window.menu_actions.solo_column(2)
    assert len(window.grid.canvas.scene.cells) == 1
    window.grid.solo()
    assert len(window.grid.canvas.scene.cells) == 9


def test_rows_are_added_edited_moved_and_removed_with_undo(window, settle):
    window.menu_actions.row_requested(0, "down")
    assert [row.method for row in window.viewer.question.rows][:2] == ["gradient-times-input", "gradient"]
    window.menu_actions.row_requested(2, "remove")
    assert len(window.viewer.question.rows) == 2
    assert window.actions_by_name["Undo"].text() == "&Undo: remove a row"
    window.viewer.history.undo()
    window.viewer.history.undo()
    assert [row.method for row in window.viewer.question.rows][:2] == ["gradient", "gradient-times-input"]
    change(window, rows=(*window.viewer.question.rows, Row("lrp-epsilon", (("epsilon", 0.1),))))
    settle()
    assert window.viewer.answers.maps[3, 0].maps[0].shape == (28, 28, 1)


def test_zoom_and_pan_compute_nothing_and_keep_the_cell_filled(window):
    before = dict(window.viewer.answers.maps)
    window.grid.canvas.wheeled.emit(4.0, 0.9, 0.9)
    look = window.viewer.look
    assert look.zoom == 4.0
    assert look.centre == (pytest.approx(0.8), pytest.approx(0.8))
    window.grid.canvas.dragged.emit(-5.0, 5.0)
    assert window.viewer.look.centre == (pytest.approx(0.875), pytest.approx(0.125))
    QTest.mouseDClick(window.grid.canvas.widget, Qt.MouseButton.LeftButton)
    assert window.viewer.look.zoom == 1.0
    assert window.viewer.answers.maps == before


def test_the_pointer_tells_the_values_of_both_maps_and_their_difference(window):
    texts = []
    window.grid.pointed.connect(texts.append)
    window.grid.canvas.hovered.emit(1, 0, 0.5, 0.5)
    window.grid.canvas.hovered.emit(-1, -1, 0.0, 0.0)
    first, second = (one[14, 14] for one in window.grid.planes(1, 0)[:2])
    assert f"network 1 {first:+.4g}" in texts[0]
    assert f"network 2 {second:+.4g}" in texts[0]
    assert "m -1" in texts[0]
    assert texts[1] == ""


def test_a_right_click_names_the_map_under_it(window):
    asked = []
    window.grid.menu_requested.disconnect(window.menu_actions.map_menu)
    window.grid.menu_requested.connect(lambda *told: asked.append(told[:3]))
    side = window.grid.side + 6
    window.grid.canvas.widget.customContextMenuRequested.emit(QPoint(2 * side + 5, side + 5))
    window.grid.menu_requested.disconnect()
    window.grid.menu_requested.connect(window.menu_actions.map_menu)
    assert asked == [(1, 0, 2)]


def test_another_network_is_opened_and_undo_leads_back(window, wait, settle):
    opened = []
    window.viewer.opened.connect(opened.append)
    window.menu_actions.open_path("mnist_cnn")
    wait(lambda: window.viewer.question.model == "mnist_cnn")
    settle()
    window.viewer.opened.disconnect(opened.append)
    assert opened[-1].about["logits"] == "10"
    assert "mnist_cnn" in window.windowTitle()
    assert any("Conv" in str(layer) for layer in opened[-1].layers)
    window.viewer.history.undo()
    settle()
    assert window.viewer.question.model == "mnist_mlp"


@pytest.mark.parametrize(("name", "said"), [("missing.keras", "missing.keras"), ("text.keras", "text.keras")])
def test_a_model_that_cannot_be_read_is_told_and_the_old_one_stays(window, wait, settle, tmp_path, name, said):
    (tmp_path / "text.keras").write_text("no model")
    window.menu_actions.open_path(str(tmp_path / name))
    wait(lambda: not window.engine.waiting(Open))
    assert said in window.notice.text()
    assert window.notice.isVisible()
    assert window.viewer.question.model == "mnist_mlp"
    change(window, sample=2)
    settle()
    assert maps(window, 0, 2)[0].any()


def test_dropped_pictures_are_the_data(window, wait, settle, tmp_path):
    from PIL import Image

    for name, value in (("one.png", 10), ("two.png", 250)):
        Image.fromarray(np.full((40, 40), value, np.uint8)).save(tmp_path / name)
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(tmp_path / name)) for name in ("two.png", "one.png")])
    buttons, modifiers = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    window.dropEvent(QDropEvent(QPointF(400, 400), Qt.DropAction.CopyAction, mime, buttons, modifiers))
    wait(lambda: window.viewer.question.data.startswith("pictures:"))
    settle()
    assert window.viewer.about.images == 2
    assert np.allclose(window.viewer.answers.inputs[0].image, 250 / 255, atol=1e-3)


def test_small_pictures_come_as_they_are_looked_at_and_filters_keep_what_they_say(window, wait):
    images = window.data.images
    wait(lambda: images.data(images.index(0)) == "0: 7")
    window.data.wrong.click()
    wait(lambda: not window.engine.waiting(Matching))
    wrong, labels = images.places, load("mnist/test").labels
    assert 50 < len(wrong) < 250  # 98.6 % of 10 000 are right
    window.data.wrong.click()
    window.data.classes.setCurrentIndex(4)  # all, 0, 1, 2, 3
    window.data.classes.activated.emit(4)
    wait(lambda: not window.engine.waiting(Matching))
    np.testing.assert_array_equal(images.places, np.flatnonzero(labels == 3))
    window.data.classes.setCurrentIndex(0)
    window.data.classes.activated.emit(0)
    assert len(images.places) == 10_000


def test_the_range_is_dragged_in_the_histogram(window):
    histogram = window.look.histogram
    window.look._count()
    before = window.grid.canvas.scene.cells[0].scale.high
    QTest.mousePress(histogram, Qt.MouseButton.LeftButton, pos=QPoint(histogram.width() // 4, 10))
    QTest.mouseRelease(histogram, Qt.MouseButton.LeftButton)
    assert window.viewer.scaling.percentile < 100
    assert window.grid.canvas.scene.cells[0].scale.high < before
    assert histogram.share == pytest.approx(0.25, abs=0.1)
    window.viewer.scale(sharing="fixed", limit=2.0)
    assert window.grid.canvas.scene.cells[0].scale.high == 2.0
    window.viewer.scale(sharing="pair", percentile=100.0)
