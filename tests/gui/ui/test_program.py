"""A program among others: icon, menus, recent things, the palette, the welcome, the tour, and reports of crashes."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QKeySequence
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QPlainTextEdit, QTextBrowser

from keras_invariance import __version__
from keras_invariance.gui.model import session as sessions
from keras_invariance.gui.ui import settings, welcome
from keras_invariance.gui.ui.commands import Palette
from keras_invariance.gui.ui.crash_report import CrashDialog, CrashReport
from keras_invariance.gui.ui.mnemonics import mnemonics, with_mnemonics
from keras_invariance.gui.ui.recent_menu import RecentMenu


def test_the_window_has_an_icon(window):
    assert not window.windowIcon().isNull()
    assert QApplication.windowIcon().pixmap(64, 64).width() == 64
    assert QApplication.desktopFileName() == "keras-invariance-viewer"


def menus(window):
    return {action.text().replace("&", ""): action.menu() for action in window.menuBar().actions()}


def test_every_entry_of_a_menu_has_a_letter_of_its_own_and_long_menus_have_lines(window):
    found = menus(window)
    assert list(found) == ["File", "Edit", "Image", "Shift", "View", "Panels", "Engine", "Help"]
    assert len(mnemonics(window.menuBar().actions())) == len(found)
    for menu in found.values():
        entries = [action for action in menu.actions() if not action.isSeparator()]
        assert len(mnemonics(entries)) == len(entries), menu.title()
        assert len(entries) < 6 or any(action.isSeparator() for action in menu.actions()), menu.title()


def test_a_letter_moves_on_where_another_name_has_no_other():
    assert with_mnemonics(["Copy", "C"]) == ["C&opy", "&C"]
    assert with_mnemonics(["Open data", "Open model"]) == ["&Open data", "Open &model"]
    assert with_mnemonics(["A", "A"]) == ["&A", "A"]


def test_recent_stands_in_file_and_has_models_data_and_sessions(window, tmp_path):
    sessions.save(window.viewer.session, tmp_path / "kept.kinv")
    window.menu_actions.load_session(tmp_path / "kept.kinv")
    settings.remember("mnist_mlp")
    settings.remember("mnist/test", "data")
    recent = window.findChild(RecentMenu)
    assert recent.menuAction() in menus(window)["File"].actions()
    recent.fill()
    texts = [action.text() for action in recent.actions()]
    assert texts.index("Models") < texts.index("mnist_mlp") < texts.index("Data") < texts.index("mnist/test")
    assert texts.index("Sessions") < texts.index(str(tmp_path / "kept.kinv"))


def test_the_palette_lists_everything_at_once_with_recent_ones_first(window):
    first = Palette(window.menu_actions.commands(), window)
    assert first.list.count() == len(window.menu_actions.commands())
    QTest.keyClicks(first.field, "wipe")
    QTest.keyClick(first.field, Qt.Key.Key_Return)
    assert window.viewer.look.wipe is not None
    second = Palette(window.menu_actions.commands(), window)
    assert second.list.item(0).text().startswith("Wipe")
    QTest.keyClick(second.field, Qt.Key.Key_Down)
    assert second.list.currentRow() == 1
    QTest.keyClicks(second.field, "wipe")
    QTest.keyClick(second.field, Qt.Key.Key_Return)
    assert window.viewer.look.wipe is None


def test_the_manual_and_about_tell_what_this_is(window):
    manual = window.menu_actions.help.manual()
    text = manual.findChild(QTextBrowser).toPlainText()
    for name in (*window.docks, "invariant", "sensitive", "Shift+F10", "Reset layout"):
        assert name in text
    manual.close()
    about = window.menu_actions.help.about()
    assert __version__ in about.text()
    assert not about.iconPixmap().isNull()
    about.close()


def test_the_welcome_has_four_samples_and_is_shown_once(window, settle):
    settings.settings().remove("welcome")
    assert welcome.is_due()
    assert not welcome.is_due()
    dialog = window.menu_actions.help.welcome()
    assert len(dialog.samples) == 4
    QTest.mouseClick(dialog.samples[1], Qt.MouseButton.LeftButton)
    assert window.viewer.question.shift.kind == "targeted"
    settle()
    again = window.menu_actions.help.welcome()
    again.again.setChecked(True)
    assert welcome.is_due()
    again.again.setChecked(False)
    again.close()


def test_every_sample_of_the_welcome_is_there():
    from keras_invariance import models

    for _, question in welcome.SAMPLES.values():
        assert models.path(question.model).exists()


def test_the_tour_walks_through_the_window_and_can_be_left(window, wait):
    window.docks["Look"].close()
    tour = window.menu_actions.help.tour()
    titles = [tour.windowTitle()]
    while tour.next.text() != "&Done":
        assert tour._ring.isVisible()
        QTest.mouseClick(tour.next, Qt.MouseButton.LeftButton)
        titles.append(tour.windowTitle())
    assert len(set(titles)) == 6
    assert window.docks["Look"].isVisible()
    QTest.mouseClick(tour.back, Qt.MouseButton.LeftButton)
    QApplication.setActiveWindow(tour)
    wait(tour.isActiveWindow)
    QTest.keyClick(tour, Qt.Key.Key_Escape)
    assert tour._ring is None
    assert not tour.isVisible()


def test_the_tour_frames_the_maps_where_no_row_is_shown(window):
    window.viewer.change("no rows", rows=())
    assert not window.grid.verdicts
    tour = window.menu_actions.help.tour()
    QTest.mouseClick(tour.next, Qt.MouseButton.LeftButton)
    assert "verdict" in tour.words.text()
    assert tour._ring.isVisible()
    tour.reject()


@pytest.fixture
def state(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return tmp_path / "keras_invariance"


CRASHING = """
import faulthandler, os, sys
from keras_invariance.gui.ui.crash_report import CrashReport
report = CrashReport()
report.begin()
report.add("the last line")
if sys.argv[1] == "crash":
    faulthandler._sigsegv()
report.has_bug = sys.argv[1] == "bug"
report.end()
"""


@pytest.mark.parametrize(("ending", "said"), [("crash", "Segmentation fault"), ("bug", "the last line"), ("well", "")])
def test_a_report_is_left_behind_by_a_crash_and_by_an_error_only(state, ending, said):
    environment = {**os.environ, "XDG_STATE_HOME": str(state.parent)}
    subprocess.run([sys.executable, "-c", CRASHING, ending], check=False, env=environment, timeout=60)
    found = CrashReport().left_behind()
    assert said in found
    assert bool(said) == bool(found)
    assert CrashReport().left_behind() == ""  # it is offered once


def test_the_report_of_a_running_window_is_not_offered(state):
    report = CrashReport()
    report.begin()
    report.add("still here")
    assert CrashReport().left_behind() == ""
    report.end()
    assert not list(state.glob("report-*"))


def test_a_report_is_offered_and_goes_where_the_user_wants_it(window, tmp_path, monkeypatch):
    from PyQt6.QtWidgets import QFileDialog

    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: (str(tmp_path / "report.txt"), ""))
    dialog = CrashDialog("what happened", window)
    dialog.show()
    assert dialog.findChild(QPlainTextEdit).toPlainText() == "what happened"
    dialog.copy()
    assert QApplication.clipboard().text() == "what happened"
    dialog.save()
    assert Path(tmp_path / "report.txt").read_text() == "what happened"


def test_the_sheet_of_keys_has_those_of_panels(window):
    keys = {keys for one in window.menu_actions.commands() for keys in one.shortcut.split(";") if keys}
    assert {"F11", "F6", "Alt+1", "Shift+F1"} <= keys
    assert all(not QKeySequence(one).isEmpty() for one in keys)
