"""Opening: what was asked last counts, nothing that was asked is lost, what is old is dimmed, and it can be stopped."""

from contextlib import contextmanager

import numpy as np
import psutil
import pytest
from PyQt6.QtCore import QMimeData, QPoint, QPointF, QRect, Qt, QUrl
from PyQt6.QtGui import QDropEvent

from keras_invariance.gui.model.messages import Open, Opened
from keras_invariance.gui.model.question import ShiftForm


@contextmanager
def held(window):
    """An engine that takes long: it is halted meanwhile."""
    process = psutil.Process(window.engine.process_id)
    process.suspend()
    try:
        yield
    finally:
        process.resume()


@pytest.fixture
def images(tmp_path):
    """Two images of a user's own."""
    path = tmp_path / "mine.npz"
    np.savez(path, images=np.stack([np.full((28, 28, 1), value, np.uint8) for value in (51, 204)]))
    return str(path)


def is_shown(window, image, value):
    inputs = window.viewer.answers.inputs.get(image)
    return inputs is not None and np.allclose(inputs.image, value, atol=1e-3)


def contrast(window):
    """Of the two leftmost columns of maps, which the words of the overlay do not cover."""
    column = 2 * window.grid.side
    place = window.grid.canvas.widget.mapTo(window.grid, QPoint(0, 0))
    image = window.grid.grab(QRect(place.x(), place.y(), column, 60)).toImage()
    return np.std([image.pixelColor(x, y).lightness() for x in range(0, image.width(), 3) for y in range(0, 60, 3)])


def drop(window, *paths):
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    buttons, modifiers = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    window.dropEvent(QDropEvent(QPointF(400, 400), Qt.DropAction.CopyAction, mime, buttons, modifiers))


def test_data_that_are_asked_for_while_a_model_opens_are_opened_with_it(window, settle, images):
    with held(window):
        window.menu_actions.open_path("mnist_cnn")
        window.viewer.open(data=images)
    settle()
    assert (window.viewer.question.model, window.viewer.question.data) == ("mnist_cnn", images)
    assert window.viewer.about.about["name"] == "mnist_cnn"
    assert is_shown(window, 0, 0.2)


def test_a_model_that_is_asked_for_while_data_open_is_opened_with_them(window, settle, images):
    with held(window):
        window.viewer.open(data=images)
        window.menu_actions.open_path("mnist_cnn")
    settle()
    assert (window.viewer.question.model, window.viewer.question.data) == ("mnist_cnn", images)


@pytest.mark.parametrize("first", ["model", "data"])
def test_a_model_and_data_that_are_dropped_together_are_both_opened(window, settle, images, tmp_path, first):
    import shutil

    from keras_invariance import models

    model = tmp_path / "network.keras"
    shutil.copy(models.path("mnist_cnn"), model)
    drop(window, *((model, images) if first == "model" else (images, model)))
    settle()
    assert (window.viewer.question.model, window.viewer.question.data) == (str(model), images)
    assert is_shown(window, 0, 0.2)
    assert window.viewer.answers.maps[0, 0].maps[0].any()


def test_of_two_models_the_last_counts_and_the_first_is_never_shown(window, settle):
    opened = []
    window.viewer.opened.connect(opened.append)
    with held(window):
        window.menu_actions.open_path("efficientnet_lite0")
        window.menu_actions.open_path("mnist_cnn")
    settle()
    window.viewer.opened.disconnect(opened.append)
    assert [one.about["name"] for one in opened] == ["mnist_cnn"]


def test_what_is_changed_while_a_model_opens_is_not_lost(window, settle):
    with held(window):
        window.menu_actions.open_path("mnist_cnn")
        window.viewer.change("choose an image", sample=4)
        window.viewer.change("change the shift", shift=ShiftForm("checkerboard", cell=7))
        assert window.viewer.opening is not None
    settle()
    question = window.viewer.question
    assert (question.model, question.sample, question.shift.cell) == ("mnist_cnn", 4, 7)
    assert set(np.unique(window.viewer.answers.inputs[4].shift)) == {-1.0, 1.0}


def test_old_maps_are_dimmed_while_something_else_opens_and_no_longer(window, settle):
    before = contrast(window)
    with held(window):
        window.menu_actions.open_path("mnist_cnn")
        assert window.opening_overlay.isVisible()
        assert "Opening mnist_cnn" in window.opening_overlay.words
        assert "still those of mnist_mlp and mnist/test" in window.opening_overlay.words
        assert contrast(window) < 0.6 * before
        assert window.viewer.answers.maps
    settle()
    assert not window.opening_overlay.isVisible()
    assert contrast(window) > 0.8 * before


def test_an_opening_that_is_cancelled_leaves_all_as_it_was(window, settle):
    opened, before = [], window.viewer.question
    maps = dict(window.viewer.answers.maps)
    window.viewer.opened.connect(opened.append)
    with held(window):
        window.menu_actions.open_path("efficientnet_lite0")
        window.viewer.stop()
        assert not window.engine.waiting(Open)
    assert not window.opening_overlay.isVisible()
    assert window.viewer.answers.maps == maps
    window.viewer.change("choose an image", sample=6)
    settle()
    window.viewer.opened.disconnect(opened.append)
    assert not opened
    assert window.viewer.question.model == before.model
    assert window.viewer.answers.maps[0, 6].maps[0].any()


def test_data_are_opened_though_the_model_that_came_with_them_cannot_be(window, settle, images, tmp_path):
    (tmp_path / "text.keras").write_text("no model")
    drop(window, tmp_path / "text.keras", images)
    settle()
    assert "text.keras" in window.notice.text() or "text.keras" in window.log.toPlainText()
    assert (window.viewer.question.model, window.viewer.question.data) == ("mnist_mlp", images)


def test_a_model_is_opened_though_the_data_that_came_with_it_cannot_be(window, settle, tmp_path):
    (tmp_path / "text.npz").write_text("no data")
    with held(window):
        window.menu_actions.open_path("mnist_cnn")
        window.menu_actions.open_path(str(tmp_path / "text.npz"))
    settle()
    assert "text.npz" in window.log.toPlainText()
    assert (window.viewer.question.model, window.viewer.question.data) == ("mnist_cnn", "mnist/test")


def test_an_undo_while_something_opens_counts_as_the_last_that_was_asked(window, settle, images):
    window.viewer.open(data=images)
    settle()
    with held(window):
        window.menu_actions.open_path("mnist_cnn")
        window.viewer.history.undo()
    settle()
    assert (window.viewer.question.model, window.viewer.question.data) == ("mnist_mlp", "mnist/test")
    assert is_shown(window, 0, window.viewer.answers.inputs[0].image)
    assert isinstance(window.viewer.about, Opened)
    assert window.viewer.about.images == 10_000


def test_a_session_that_is_opened_while_a_model_opens_counts_as_the_last_that_was_asked(window, settle):
    session, opened = window.viewer.session, []
    window.viewer.opened.connect(opened.append)
    with held(window):
        window.menu_actions.open_path("mnist_cnn")
        window.viewer.restore(session)
        assert not window.opening_overlay.isVisible()
    settle()
    window.viewer.opened.disconnect(opened.append)
    assert window.viewer.session == session
    assert not opened
