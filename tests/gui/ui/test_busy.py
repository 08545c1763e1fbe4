"""Busy is visible: how far each row is, what the engine is at, and a stop by button, key and menu."""

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QKeySequence
from PyQt6.QtTest import QTest

from keras_invariance.gui.engine import client
from keras_invariance.gui.model.messages import Explain
from keras_invariance.gui.model.question import Row
from keras_invariance.gui.model.row_progress import Progressing, RowProgress
from keras_invariance.gui.ui.row_widgets import VerdictLabel

LONG = (
    Row("gradient"),
    Row("integrated-gradients", (("steps", 1_000_000),), "zero"),
    Row("integrated-gradients", (("steps", 1_000_001),), "black"),
)
"""The second of them takes minutes."""


@pytest.fixture
def busy(window, wait):
    """A window whose engine is in the middle of the second of three rows."""
    window.viewer.change("show long work", rows=LONG)
    wait(lambda: window.viewer.progress.of(1).state == "maps")
    return window


def states(window):
    return [window.viewer.progress.of(at).state for at in range(len(window.viewer.question.rows))]


def test_each_row_says_how_far_it_is(busy, wait):
    assert states(busy) == ["unjudged", "maps", "waiting"]
    first, second, third = busy.grid.verdicts
    assert "for its verdict" in first.text()
    assert "computing" in second.text()
    assert "maps, 0 s" in second.text()
    assert "for its maps" in third.text()
    assert "No verdict yet: computing, maps" in second.accessibleName()
    wait(lambda: "maps, 1 s" in second.text())  # the clock runs without an answer of the engine
    busy.viewer.stop()


def test_the_engine_is_ready_only_when_it_does_nothing(window, wait, settle):
    assert window.engine_line.text().startswith("The engine is ready")
    window.viewer.explain()
    assert window.engine_line.text() == "The engine is busy"
    settle()
    wait(lambda: window.engine_line.text().startswith("The engine is ready"))
    assert states(window) == ["done"] * 3
    assert "Computed in" in window.grid.verdicts[0].toolTip()


def test_the_busy_bar_shows_its_words(busy, wait):
    wait(busy.progress.isVisible)
    assert busy.progress.words.isVisible()
    assert busy.progress.words.text() == "integrated-gradients: maps"
    busy.viewer.stop()
    wait(lambda: not busy.engine.busy)
    assert not busy.progress.isVisible()


@pytest.mark.parametrize("by", ["the button", "the key", "the menu"])
def test_a_stop_stops_at_once_and_loses_nothing(busy, wait, settle, by):
    wait(busy.progress.isVisible)
    process, died = busy.engine.process_id, []
    busy.engine.died.connect(died.append)
    if by == "the button":
        QTest.mouseClick(busy.progress.button, Qt.MouseButton.LeftButton)
    elif by == "the key":
        (action,) = [one for one in busy.actions_by_name.values() if QKeySequence("Esc") in one.shortcuts()]
        action.trigger()
    else:
        busy.actions_by_name["Stop what is under way"].trigger()
    assert not busy.engine.waiting(Explain)
    assert states(busy) == ["stopped"] * 3
    assert "F5 goes on" in busy.grid.verdicts[1].text()
    assert busy.viewer.answers.maps[0, 0].maps[0].any()  # what was answered stays
    wait(lambda: not busy.engine.busy)
    busy.engine.died.disconnect(died.append)
    assert not died
    assert busy.engine.process_id == process  # the step of minutes was broken off
    busy.viewer.change("show short work", rows=LONG[:1])
    settle()
    assert busy.viewer.answers.verdicts[0].verdict == "invariant"


def test_a_stop_that_the_engine_does_not_obey_starts_another_and_the_window_answers_on(busy, wait, settle, monkeypatch):
    import psutil

    monkeypatch.setattr(client, "STOP_OBEDIENCE", 0.2)
    before, died = busy.engine.process_id, []
    busy.engine.died.connect(died.append)
    psutil.Process(before).suspend()
    busy.viewer.stop()
    wait(lambda: died)
    busy.engine.died.disconnect(died.append)
    busy.viewer.change("show short work", rows=LONG[:1])
    settle()
    assert busy.engine.process_id != before
    assert busy.viewer.answers.verdicts[0].verdict == "invariant"


def test_the_key_that_stops_shows_all_rows_where_nothing_is_under_way(window, wait):
    wait(lambda: not window.engine.busy)
    window.grid.solo(row=1)
    window.actions_by_name["Stop, or show all again"].trigger()
    assert window.grid.shown_rows == [0, 1, 2]


def test_a_rows_time_adds_up_what_was_computed_and_not_what_was_waited_for():
    rows = Progressing()
    rows.set(0, "maps", 10.0)
    assert rows.of(0).seconds(12.0) == 2.0
    rows.set(0, "unjudged", 13.0)
    assert rows.of(0).seconds(50.0) == 3.0
    rows.set(0, "verdict", 60.0)
    rows.set(0, "done", 61.0)
    assert rows.of(0).spent == 4.0
    rows.end(2, "stopped", 70.0)
    assert [rows.of(row).state for row in (0, 1)] == ["done", "stopped"]


@pytest.mark.parametrize(
    ("state", "shown"), [("waiting", "waiting"), ("maps", "computing"), ("stopped", "stopped"), ("verdict", "verdict")]
)
def test_every_state_is_told_in_words(application, state, shown):  # noqa: ARG001 - a label needs one
    label = VerdictLabel()
    label.show_answers(None, None, None, RowProgress(state))
    assert shown in label.text()
    label.deleteLater()
