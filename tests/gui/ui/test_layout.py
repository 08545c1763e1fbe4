"""Room: the maps and verdicts have it first, at every size and scale of a screen; panels fold, close and come back."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QToolButton

from keras_invariance.gui.model.session import Session
from keras_invariance.gui.ui.application import made_canvas
from keras_invariance.gui.ui.fitting_label import FittingLabel
from keras_invariance.gui.ui.measures import lines_in_sight, measures
from keras_invariance.gui.ui.screen import keep_on_screen
from keras_invariance.gui.ui.window import Window

ROWS = {"900x600": 3, "1280x800": 5, "1600x1000": 5, "1920x1200": 5}
"""Size of the screen in its own pixels -> rows that are in sight at least, at every scale."""


@pytest.mark.parametrize("scale", ["1", "1.5", "2"])
def test_three_maps_and_the_verdict_of_enough_rows_are_in_sight_at_every_size_and_scale(scale, tmp_path):
    environment = {
        **os.environ,
        "QT_SCALE_FACTOR": scale,
        "XDG_CONFIG_HOME": str(tmp_path),
        "XDG_STATE_HOME": str(tmp_path),
    }
    program = Path(__file__).with_name("matrix.py")
    subprocess.run([sys.executable, program, tmp_path, *ROWS], check=True, timeout=280, env=environment)
    for size, found in json.loads((tmp_path / "found.json").read_text()).items():
        logical = [int(int(length) / float(scale)) for length in size.split("x")]
        assert found["window"] == logical, size  # nothing holds it open
        assert found["columns"] == 3
        assert found["side"] >= 48
        assert found["rows"] >= ROWS[size], size
        assert found["cut"] == [], size
        assert found["beside"] <= 1, size
        assert (tmp_path / f"{size}-{float(scale):g}.png").stat().st_size > 10_000


@pytest.mark.parametrize("columns", [3, 6])
@pytest.mark.parametrize(("width", "height"), [(450, 250), (640, 350), (600, 500), (900, 700), (1600, 1100)])
def test_the_parts_of_the_grid_fill_the_room_and_no_more(width, height, columns):
    found = measures((width, height), (9, columns), gap=6, line=15)
    assert 48 <= found.side <= 132
    across = found.header + found.verdict + 12 + columns * (found.side + 6)
    assert across <= width or found.side == 48
    down = found.picture + found.text + 12 + 5 * (found.side + 6)
    assert down <= height or found.side == 48


@pytest.mark.parametrize(
    ("top", "height", "seen"),
    [(0, 50, [0]), (0, 56, [0]), (0, 57, [0, 1]), (50, 50, [1]), (49, 8, [0, 1]), (0, 900, [0, 1, 2]), (168, 50, [])],
)
def test_the_lines_in_sight_are_those_that_show_at_least_a_pixel(top, height, seen):
    assert list(lines_in_sight(top, height, side=50, gap=6, count=3)) == seen


def test_scrolling_changes_which_rows_are_computed_first(window):
    window.resize(1280, 700)
    for _ in range(6):
        window.actions_by_name["Larger cells"].trigger()
    bar = window.grid.verticalScrollBar()
    assert bar.maximum() > 0
    bar.setValue(0)
    first = window.viewer.in_sight
    bar.setValue(bar.maximum())
    last = window.viewer.in_sight
    rows = set(window.grid.shown_rows)
    assert min(rows) in first < rows
    assert max(rows) in last < rows
    assert first != last
    window.grid.solo(row=1)
    assert window.viewer.in_sight == {1}
    window.grid.solo()


def test_cells_that_were_chosen_stay_and_are_given_back_to_the_room(window):
    fitting = window.grid.side
    window.actions_by_name["Larger cells"].trigger()
    assert window.grid.side == fitting + 24
    window.actions_by_name["Cells as large as there is room for"].trigger()
    assert window.grid.side == fitting


def test_a_label_says_as_much_as_it_has_room_for(qtbot):
    label = FittingLabel()
    qtbot.addWidget(label)
    label.resize(300, 80)
    label.show()
    label.setText("one<br>two<br>three")
    assert label.text() == "one<br>two<br>three"
    label.resize(300, label.fontMetrics().lineSpacing() * 2 + 2)
    assert label.text() == "one<br>two"
    assert label.whole == "one<br>two<br>three"
    label.resize(1, 1)
    assert not label.fits


def test_a_closed_panel_comes_back_by_its_menu_and_reset_layout_brings_all_back(window, wait):
    menus = [action.text() for action in window.menuBar().actions()]
    assert "&Panels" in menus
    shift = window.docks["Shift"]
    shift.close()
    assert not shift.isVisible()
    window.actions_by_name["Shift"].trigger()
    wait(shift.isVisible)
    for name in ("Images", "Look"):
        window.docks[name].close()
    shift.setFloating(True)
    window.actions_by_name["Reset layout"].trigger()
    wait(lambda: all(window.docks[name].isVisible() for name in ("Images", "Shift", "Look")))
    assert not shift.isFloating()


def test_panels_are_as_tall_as_what_they_hold(window, wait):
    shift = window.docks["Shift"]
    window.viewer.change("test", shift=window.viewer.question.shift.__class__())
    wait(lambda: abs(shift.height() - shift.wanted_height) < 12)
    low = shift.height()
    window.actions_by_name["Draw"].trigger()
    wait(lambda: shift.height() > low + 100)


def test_a_panel_collapses_to_its_title_by_its_button(window, wait):
    look = window.docks["Look"]
    fold = next(one for one in look.title.findChildren(QToolButton) if one.toolTip() == "Collapse or expand Look")
    QTest.mouseClick(fold, Qt.MouseButton.LeftButton)
    wait(lambda: look.height() < 40)
    assert window.docks["Patterns"].collapsed  # it shares the place
    QTest.mouseClick(fold, Qt.MouseButton.LeftButton)
    wait(lambda: look.height() > 100)


def test_a_narrow_window_closes_panels_for_the_maps_and_a_wide_one_has_them_back(window, wait):
    size = window.size()
    window.docks["Patterns"].close()  # by the user: it does not come back by itself
    window.resize(700, 600)
    wait(lambda: not window.docks["Images"].isVisible() and not window.docks["Shift"].isVisible())
    window.resize(900, 600)
    wait(window.docks["Shift"].isVisible)
    assert not window.docks["Images"].isVisible()
    window.resize(size)
    wait(window.docks["Images"].isVisible)
    assert window.docks["Patterns"].isHidden()


def test_f11_shows_the_maps_alone_and_escape_leads_back(window):
    visible = {name for name, panel in window.docks.items() if not panel.isHidden()}
    window.actions_by_name["Maps alone"].trigger()
    assert all(panel.isHidden() for panel in window.docks.values())
    window.actions_by_name["All rows and columns"].trigger()
    assert {name for name, panel in window.docks.items() if not panel.isHidden()} == visible


def test_a_window_is_never_larger_than_its_screen(window):
    size = window.size()
    window.resize(6000, 5000)
    keep_on_screen(window)
    assert window.screen().availableGeometry().contains(window.frameGeometry())
    window.resize(size)


@pytest.mark.usefixtures("running")
def test_the_layout_is_remembered(wait):
    def made():
        window = Window(made_canvas("cpu"), Session(), theme="light")
        window.show()
        return window

    first = made()
    first.resize(1300, 800)
    first.docks["Network"].close()
    first.panels.fold("Look")
    wait(lambda: first.docks["Look"].height() < 40)
    first.close()
    second = made()
    wait(second.docks["Shift"].isVisible)
    assert second.docks["Network"].isHidden()
    assert second.docks["Look"].collapsed
    second.panels.reset()
    second.close()


def test_the_menu_of_a_low_row_has_what_its_buttons_did(window):
    asked = []
    header = window.grid.headers[0]
    header.asked.connect(asked.append)
    window.grid.resize_cells(48)
    window.grid.row_requested.disconnect(window.menu_actions.row_requested)
    QTest.mouseClick(header, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    window.grid.row_requested.connect(window.menu_actions.row_requested)
    assert asked == ["menu"]


def test_the_legend_stands_beside_the_curves_and_axes_have_plain_numbers(window, wait):
    plots = window.plots()
    names = ["gradient", "gradient-times-input"]
    plots.tabs.setCurrentWidget(plots.sweep)
    x = np.linspace(0, 0.0015, 5)
    plots._draw(plots.sweep, names, [(x, x + 1e-4), (x, x + 2e-4)])
    assert [plots.legend.item(at).text() for at in range(plots.legend.count())] == names
    window.resize(1400, 940)
    wait(lambda: plots.legend.isVisible() and plots.tabs.width() > 100)
    assert not plots.legend.geometry().intersects(plots.tabs.geometry())
    for plot in (plots.sweep, plots.spread, plots.random):
        assert plot.getPlotItem().legend is None
        for side in ("bottom", "left"):
            assert "x0.001" not in plot.getAxis(side).labelString()
    window.docks["Plots"].close()


def test_patterns_are_not_cut_where_their_panel_is_as_narrow_as_it_can_be(window, wait):
    window.panels.show("Patterns")
    panel, patterns = window.docks["Patterns"], window.patterns
    window.resizeDocks([panel], [50], Qt.Orientation.Horizontal)
    wait(lambda: panel.width() < 270)
    for button in (patterns.fit, patterns.stop, patterns.save, patterns.load, patterns.refitted):
        right = button.mapTo(panel, QPoint(button.width(), 0)).x()
        assert right <= panel.width()
        assert button.width() >= button.fontMetrics().horizontalAdvance(button.text())
