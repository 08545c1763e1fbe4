"""What the window says: errors until something succeeds, in plain words, with room for the read-out."""

import subprocess
import sys

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QFileDialog, QInputDialog

from keras_invariance.errors import DataError
from keras_invariance.gui.model.messages import Open
from keras_invariance.gui.model.session import Session
from keras_invariance.gui.ui import settings
from keras_invariance.gui.ui.application import started_with


def keras_style(path, side=28):
    """A file as Keras saves its data sets."""
    images = np.random.default_rng(0).integers(0, 256, (12, side, side), np.uint8)
    np.savez(path, x_train=images, y_train=np.arange(12) % 10, x_test=images[:5], y_test=np.arange(5))
    return str(path)


def answer(monkeypatch, split):
    """Let the user choose a split, or none; returns what was asked."""
    asked = []

    def choose(_, __, words, splits, current, **___):
        asked.append((words, tuple(splits), splits[current]))
        return split or "", split is not None

    monkeypatch.setattr(QInputDialog, "getItem", choose)
    return asked


def test_an_error_stands_in_the_banner_until_something_succeeds(window):
    status = window.statusBar()
    window.tell("note", "Copied.")
    window.tell("error", "the file x, expected y. Do z.")
    assert window.notice.isVisible()
    assert window.notice.text() == "the file x, expected y. Do z."
    assert "expected" not in status.currentMessage()
    window.tell("note", "Written: maps.npz")
    assert not window.notice.isVisible()
    assert status.currentMessage() == "Written: maps.npz"


def test_opening_what_is_open_already_ends_an_error_too(window, wait, tmp_path):
    window.menu_actions.open_path(str(tmp_path / "missing.keras"))
    wait(lambda: not window.engine.waiting(Open))
    assert "missing.keras" in window.notice.text()
    window.menu_actions.open_path("mnist_mlp")
    wait(lambda: not window.engine.waiting(Open))
    assert not window.notice.isVisible()


def test_the_banner_can_be_closed(window):
    window.tell("error", "something")
    QTest.mouseClick(window.notice.close_button, Qt.MouseButton.LeftButton)
    assert not window.notice.isVisible()
    assert window.notice.close_button.accessibleName()
    assert window.notice.close_button.toolTip()


def test_a_note_makes_room_for_the_values_under_the_pointer(window, wait):
    window.tell("note", "Copied.")
    window.grid.canvas.hovered.emit(1, 0, 0.5, 0.5)
    assert window.statusBar().currentMessage() == ""
    wait(window.pointed.isVisible)
    wait(lambda: window.pointed.width() > 400)
    least = window.minimumSizeHint().width()
    window.pointed.setText("value " * 200)
    assert window.minimumSizeHint().width() == least  # a long line does not widen the window
    window.grid.canvas.hovered.emit(-1, -1, 0.0, 0.0)


def test_a_pin_too_many_is_told_in_words(window, settle):
    for _ in range(4):
        window.data.toggle_pin()
        window.data.move(1)
    assert not window.notice.isVisible()
    window.data.toggle_pin()
    assert window.notice.text().startswith("image 4 beside the 4 that are pinned")
    assert "Shift+P" in window.notice.text()
    assert len(window.viewer.question.pinned) == 4
    settle()


@pytest.mark.parametrize("way", ["drop", "menu", "name"])
def test_of_a_keras_style_file_the_split_is_asked(window, wait, settle, monkeypatch, tmp_path, way):
    path, asked = keras_style(tmp_path / "digits.npz"), answer(monkeypatch, "test")
    if way == "drop":
        window.menu_actions.open_dropped([path])
    elif way == "name":
        monkeypatch.setattr(QInputDialog, "getText", lambda *_, **__: (f" {path}", True))
        window.actions_by_name["Open data: by name"].trigger()
    else:
        monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_, **__: (path, ""))
        window.actions_by_name["Open data: npz file"].trigger()
    assert asked == [("digits.npz has 2 sets of images. Which one shall be shown?", ("test", "train"), "test")]
    wait(lambda: window.viewer.question.data == f"{path}/test")
    settle()
    assert window.viewer.about.images == 5
    assert window.viewer.answers.inputs[0].label == 0
    assert not window.notice.isVisible()


def test_the_command_line_says_how_a_split_is_named(tmp_path):
    path = keras_style(tmp_path / "digits.npz")
    given = {"model": None, "sample": None, "shift": None}
    with pytest.raises(DataError, match=r"splits test, train.*Name it, for instance .*digits.npz:test"):
        started_with(Session(), data=path, **given)
    assert started_with(Session(), data=f"{path}:test", **given).question.data == f"{path}:test"
    np.savez(tmp_path / "one.npz", x_test=np.zeros((2, 28, 28), np.uint8))
    assert started_with(Session(), data=str(tmp_path / "one.npz"), **given).question.data.endswith("one.npz/test")


def test_a_split_that_is_not_chosen_opens_nothing(window, monkeypatch, tmp_path):
    answer(monkeypatch, None)
    window.menu_actions.open_path(keras_style(tmp_path / "digits.npz"))
    assert not window.engine.waiting(Open)
    assert window.viewer.question.data == "mnist/test"


def test_a_file_without_splits_is_opened_at_once(window, wait, settle, monkeypatch, tmp_path):
    asked = answer(monkeypatch, None)
    np.savez(tmp_path / "plain.npz", images=np.zeros((3, 28, 28), np.uint8))
    window.menu_actions.open_path(str(tmp_path / "plain.npz"))
    wait(lambda: window.viewer.question.data == str(tmp_path / "plain.npz"))
    settle()
    assert asked == []


@pytest.mark.parametrize(
    ("arrays", "said"),
    [
        ({"x": np.zeros((3, 32, 32, 3), np.uint8)}, "Open data of that shape, or a network that reads these."),
        ({"weights": np.zeros((3, 4))}, "Save it with np.savez"),
    ],
)
def test_a_wrong_file_is_told_in_words_that_fit(window, wait, tmp_path, arrays, said):
    np.savez(tmp_path / "wrong.npz", **arrays)
    window.menu_actions.open_path(str(tmp_path / "wrong.npz"))
    wait(lambda: not window.engine.waiting(Open))
    assert said in window.notice.text()
    assert "size out" not in window.notice.text()
    assert len(window.notice.text().splitlines()) == 1


def test_a_damaged_file_is_told_at_once(window, tmp_path):
    (tmp_path / "text.npz").write_text("no archive")
    window.menu_actions.open_path(str(tmp_path / "text.npz"))
    assert "damaged or no archive" in window.notice.text()
    assert not window.engine.waiting(Open)


PROGRAM = """
import os, signal, sys
from PyQt6.QtCore import QTimer
from PyQt6.QtWidgets import QApplication, QInputDialog
from keras_invariance.gui.ui import application
from keras_invariance.gui.ui.window import Window

if __name__ == "__main__":
    begin = Window.begin
    def begin_and_ask(window):
        begin(window)
        window.viewer.change("test", sample=9)
        QTimer.singleShot(0, lambda: QInputDialog.getText(window, "A dialog", "that waits"))
        QTimer.singleShot(50, end)
    def end():
        if QApplication.activeModalWidget() is None:
            QTimer.singleShot(50, end)
        else:
            os.kill(os.getpid(), signal.SIGTERM)
    Window.begin = begin_and_ask
    sys.exit(application.run(application.Start(renderer="cpu")))
"""


def test_a_request_to_end_closes_the_window_with_its_dialog_and_keeps_the_session(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    (tmp_path / "program.py").write_text(PROGRAM)
    done = subprocess.run(
        [sys.executable, tmp_path / "program.py"], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 143
    restored = settings.Autosave().orphan()
    assert restored is not None
    assert restored.question.sample == 9
    assert "Traceback" not in done.stderr


def test_a_window_that_is_closed_by_hand_leaves_no_session(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    program = PROGRAM.replace("os.kill(os.getpid(), signal.SIGTERM)", "os.kill(os.getpid(), signal.SIGINT)")
    (tmp_path / "program.py").write_text(program)
    done = subprocess.run([sys.executable, tmp_path / "program.py"], capture_output=True, check=False, timeout=60)
    assert done.returncode == 130
    assert settings.Autosave().orphan() is None
