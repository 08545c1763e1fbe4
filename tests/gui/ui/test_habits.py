"""Habits: shortcuts, the palette, the sheet, themes, names for screen readers, the log, copies of the view."""

import pytest
from PyQt6.QtGui import QColor, QKeySequence, QPalette
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLineEdit, QListView, QSlider, QTextBrowser

from keras_invariance.gui.ui.commands import Palette, ShortcutsDialog
from keras_invariance.gui.ui.theme import palette


def test_no_two_commands_share_a_shortcut_or_a_name(window):
    commands = window.menu_actions.commands()
    keys = [keys for one in commands for keys in one.shortcut.split(";") if keys]
    assert len(keys) == len(set(keys))
    assert len({one.name for one in commands}) == len(commands)


def test_every_shortcut_stands_on_the_sheet(window):
    sheet = ShortcutsDialog(window.menu_actions.commands(), window)
    text = sheet.findChild(QTextBrowser).toPlainText()
    for command in window.menu_actions.commands():
        if command.shortcut:
            assert command.name in text
    sheet.deleteLater()


def test_the_palette_runs_the_command_that_was_typed(window):
    before = window.viewer.look.flipped
    finder = Palette(window.menu_actions.commands(), window)
    QTest.keyClicks(finder.field, "blink")
    finder.field.returnPressed.emit()
    assert window.viewer.look.flipped != before
    window.viewer.look_at(flipped=before)
    finder.deleteLater()


def press(window, keys):
    """Trigger what has these keys; a screen without a window manager has no active window to type into."""
    actions = [one for one in window.actions_by_name.values() if QKeySequence(keys) in one.shortcuts()]
    assert len(actions) == 1
    actions[0].trigger()


def test_keys_do_what_the_sheet_says(window, settle):
    press(window, "W")
    assert window.viewer.look.wipe == 0.5
    press(window, "W")
    assert window.viewer.look.wipe is None
    press(window, "N")
    assert window.viewer.question.sample == 1
    press(window, "P")
    assert window.viewer.question.sample == 0
    settle()


def test_everything_that_can_be_used_has_a_name(window):
    window.plots()
    nameless = [
        widget
        for kind in (QAbstractButton, QComboBox, QLineEdit, QListView, QSlider)
        for widget in window.findChildren(kind)
        if not (widget.accessibleName() or getattr(widget, "text", str)() or widget.objectName().startswith("qt_"))
        and not _belongs_to_qt(widget)
    ]
    assert not nameless
    window.docks["Plots"].hide()


def _belongs_to_qt(widget):
    """Whether a widget is a part of one of Qt's or pyqtgraph's own, which names it."""
    owner = widget.parent()
    while owner is not None:
        if type(owner).__module__.startswith(("PyQt6.", "pyqtgraph.")) and type(owner).__name__ in {
            "QSpinBox", "QDoubleSpinBox", "QComboBox", "QDockWidget", "QTabBar", "QTabWidget", "PlotWidget",
            "ViewBoxMenu", "QMenu", "QToolBar", "QMainWindow", "QTreeWidget", "QListView", "QScrollArea",
        }:  # fmt: skip
            return True
        owner = owner.parent()
    return False


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_is_readable_in_every_theme(theme):
    colours = palette(theme)
    for text, ground in (("WindowText", "Window"), ("Text", "Base"), ("ButtonText", "Button")):
        assert _contrast(colours, text, ground) > 7  # WCAG 2.1, level AAA


def _contrast(colours, text, ground):
    bright, dark = sorted(
        (_luminance(colours.color(getattr(QPalette.ColorRole, name))) for name in (text, ground)), reverse=True
    )
    return (bright + 0.05) / (dark + 0.05)


def _luminance(colour: QColor):
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour.getRgbF()[:3]]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), parts, strict=True))


def test_a_theme_is_taken_at_once(window):
    window.set_theme("dark")
    assert QApplication.palette().color(QPalette.ColorRole.Window).lightness() < 60
    window.set_theme("light")
    assert QApplication.palette().color(QPalette.ColorRole.Window).lightness() > 200


def test_the_view_is_copied_as_a_script_that_gives_the_same_scores(window, tmp_path):
    import subprocess
    import sys

    window.actions_by_name["Copy as Python"].trigger()
    script = QApplication.clipboard().text()
    (tmp_path / "view.py").write_text(script)
    done = subprocess.run(
        [sys.executable, tmp_path / "view.py"], capture_output=True, text=True, check=True, timeout=120, cwd=tmp_path
    )
    told = [line for line in done.stdout.splitlines() if line.startswith("gradient-times-input")]
    distance = float(told[0].split("[")[1].strip("] "))
    assert distance == pytest.approx(window.viewer.answers.maps[1, 0].scores["relative_l2"], rel=1e-4)


def test_the_view_is_copied_as_commands(window):
    window.actions_by_name["Copy as command"].trigger()
    lines = QApplication.clipboard().text().splitlines()
    assert lines[0] == "keras-invariance explain mnist_mlp mnist/test:0 --method gradient --out maps"
    assert "--shift constant:-1" in lines[-1]


def test_diagnostics_name_versions_renderer_and_engine(window):
    text = window.diagnostics()
    for part in ("keras_invariance: ", "Qt: ", "tensorflow: ", "engine: ready", f"renderer: {window.grid.canvas.name}"):
        assert part in text


def test_the_time_left_is_told(window, wait):
    bar = window.progress
    bar.show_work("Fitting", 0, 100)
    words, _, since = bar._work
    bar._work = words, 0, since - 30.0  # as if half a minute had gone by
    bar.show_work("Fitting", 25, 100)
    assert bar.words.text() == "Fitting, 90 s left"
    wait(bar.isVisible)
    bar.show_work("", 0, 0)
    wait(lambda: not bar.isVisible())
