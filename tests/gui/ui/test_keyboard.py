"""The keyboard: controls have their own keys, maps are walked through, and the paper's attack needs no mouse."""

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QFocusEvent, QKeyEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QMenu,
    QSlider,
    QWidget,
)

from keras_invariance.encodings.cat import cat

KEY = Qt.Key


def press(key, modifier=Qt.KeyboardModifier.NoModifier):
    """A key of the keyboard, where it goes: shortcuts come first, as on a screen."""
    widget = QApplication.focusWidget()
    text = " " if key == KEY.Key_Space else ""
    before = QKeyEvent(QKeyEvent.Type.ShortcutOverride, key, modifier, text)
    before.ignore()
    QApplication.sendEvent(widget, before)
    if before.isAccepted():
        QTest.keyClick(widget, key, modifier)
        return
    for action in widget.window().actions() + [
        action for menu in widget.window().findChildren(QMenu) for action in menu.actions()
    ]:
        pressed = int(key.value) | int(modifier.value)
        if any(keys[0].toCombined() == pressed for keys in action.shortcuts()):
            action.trigger()
            return
    QTest.keyClick(widget, key, modifier)


@pytest.fixture
def active(window, wait):
    """The window, where it has the keyboard."""
    window.activateWindow()
    window.raise_()
    QApplication.setActiveWindow(window)
    wait(window.isActiveWindow)
    window.grid.cursor_frame.line = window.grid.cursor_frame.column = 0
    window.grid.cursor_frame.point = 0.5, 0.5
    yield window
    focused = QApplication.focusWidget()
    if focused is not None:
        focused.clearFocus()


def focus(widget):
    widget.setFocus(Qt.FocusReason.TabFocusReason)
    assert QApplication.focusWidget() is widget


def test_space_presses_the_check_box_that_has_the_keyboard(active):
    flipped = active.viewer.look.flipped
    focus(active.look.smooth)
    press(KEY.Key_Space)
    assert active.look.smooth.isChecked()
    assert active.viewer.look.flipped == flipped
    press(KEY.Key_Space)
    assert not active.look.smooth.isChecked()


def test_space_blinks_where_no_control_wants_it(active):
    flipped = active.viewer.look.flipped
    focus(active.grid.canvas.widget)
    press(KEY.Key_Space)
    assert active.viewer.look.flipped != flipped
    press(KEY.Key_Space)


def test_arrows_move_the_slider_that_has_the_keyboard(active, settle):
    slider = active.shift.constant.slider
    focus(slider)
    before = slider.value()
    press(KEY.Key_Right)
    assert slider.value() > before
    assert active.viewer.question.sample == 0
    assert active.viewer.question.shift.constant == pytest.approx(-0.96)
    settle()


def test_a_panel_that_floats_has_its_keys_too(active, wait):
    panel, smooth = active.docks["Look"], active.look.smooth
    panel.setFloating(True)
    QApplication.setActiveWindow(panel)
    wait(panel.isActiveWindow)
    focus(smooth)
    before = smooth.isChecked()
    press(KEY.Key_Space)
    assert smooth.isChecked() != before
    press(KEY.Key_Space)
    panel.setFloating(False)
    active.panels.reset()


def test_letters_choose_an_entry_of_a_list_and_do_not_draw(active):
    box = active.look.colormap
    focus(box)
    event = QKeyEvent(QKeyEvent.Type.ShortcutOverride, KEY.Key_C, Qt.KeyboardModifier.NoModifier, "c")
    event.ignore()
    QApplication.sendEvent(box, event)
    assert event.isAccepted()


def test_few_stops_lie_before_the_images(active):
    focus(active.grid.canvas.widget)
    stops = 0
    while QApplication.focusWidget() is not active.data.view:
        active.focusNextChild()
        stops += 1
        assert stops <= 5


def test_from_the_start_arrows_change_the_image_and_f6_leads_to_the_maps(active, settle):
    focus_nothing(active)
    press(KEY.Key_Right)
    assert active.viewer.question.sample == 1
    press(KEY.Key_F6)
    assert QApplication.focusWidget() is active.grid.canvas.widget
    focus(active.shift.constant.slider)
    QTest.mouseClick(active.grid.canvas.widget, Qt.MouseButton.LeftButton)  # maps do not take it from the mouse
    press(KEY.Key_Left)
    assert active.viewer.question.sample == 0
    settle()


def focus_nothing(window):
    window.centralWidget().setFocus()
    assert QApplication.focusWidget() is window.centralWidget()


def test_maps_are_walked_through_with_arrows_and_tell_their_values(active):
    told = []
    active.grid.pointed.connect(told.append)
    active.actions_by_name["Next pane"].trigger()
    canvas = active.grid.canvas.widget
    focus(canvas)
    frame = active.grid.cursor_frame
    assert frame.isVisible()
    press(KEY.Key_Down)
    press(KEY.Key_Right)
    assert (frame.line, frame.column) == (1, 1)
    side = active.grid.side + 6
    assert frame.pos().x() == frame.pos().y() == side
    first = active.grid.planes(1, 0)[0][14, 14]
    assert f"network 1 {first:+.4g}" in told[-1]
    press(KEY.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert "[14, 15]" in told[-1]
    assert active.pointed.text() == told[-1] == canvas.accessibleDescription()
    assert active.viewer.question.sample == 0
    active.grid.pointed.disconnect(told.append)


@pytest.mark.parametrize(
    ("key", "modifier"),
    [(KEY.Key_Menu, Qt.KeyboardModifier.NoModifier), (KEY.Key_F10, Qt.KeyboardModifier.ShiftModifier)],
)
def test_the_menu_of_a_map_opens_by_keyboard_once(active, key, modifier):
    asked = []
    active.grid.menu_requested.disconnect(active.menu_actions.map_menu)
    active.grid.menu_requested.connect(lambda *told: asked.append(told[:3]))
    focus(active.grid.canvas.widget)
    active.grid.cursor_frame.line, active.grid.cursor_frame.column = 1, 2
    active.grid.cursor_frame.place()
    press(key, modifier)
    active.grid.menu_requested.disconnect()
    active.grid.menu_requested.connect(active.menu_actions.map_menu)
    assert asked == [(1, 0, 2)]


def test_the_frame_around_a_map_stays_while_its_menu_is_open(active):
    canvas, frame = active.grid.canvas.widget, active.grid.cursor_frame
    focus(canvas)
    for reason, visible in ((Qt.FocusReason.PopupFocusReason, True), (Qt.FocusReason.TabFocusReason, False)):
        QApplication.sendEvent(canvas, QFocusEvent(QFocusEvent.Type.FocusOut, reason))
        assert frame.isVisible() == visible


def test_a_ring_surrounds_the_control_that_has_the_keyboard(active):
    focus(active.shift.kind)
    ring = active.keyboard.ring
    assert ring.isVisible()
    assert ring.geometry().contains(active.shift.kind.geometry())
    focus(active.look.colormap)
    assert active.keyboard.ring is not ring


def test_the_papers_attack_needs_no_mouse(active, settle):
    """Choose the aimed shift, press Cat, walk to network 2's map, show it alone, and read the verdict."""
    focus(active.shift.kind)
    while active.shift.kind.currentData() != "targeted":
        press(KEY.Key_Down)
    press(KEY.Key_Return)
    settle()
    for _ in range(8):
        if QApplication.focusWidget() is active.shift.cat:
            break
        active.focusNextChild()
    assert QApplication.focusWidget() is active.shift.cat
    assert active.keyboard.ring.isVisible()
    press(KEY.Key_Space)
    settle()
    assert active.viewer.question.shift.kind == "targeted"
    assert active.viewer.question.shift.clip == pytest.approx(0.3)
    while QApplication.focusWidget() is not active.grid.canvas.widget:
        active.actions_by_name["Next pane"].trigger()
    press(KEY.Key_Down)
    press(KEY.Key_Right)
    blank = active.viewer.answers.inputs[0].image <= 0
    line = active.grid.shown_rows[active.grid.cursor_frame.line]
    second = active.viewer.answers.maps[line, 0].maps[active.grid.cursor_frame.column]
    assert np.corrcoef(second[blank], cat()[blank])[0, 1] > 0.7
    assert "sensitive" in active.grid.verdicts[line].accessibleName()


def test_one_draws_with_the_arrows_and_space(active, settle):
    active.actions_by_name["Draw"].trigger()
    sheet = active.shift.drawing_area
    focus(sheet)
    press(KEY.Key_Space)
    for _ in range(4):
        press(KEY.Key_Right)
    press(KEY.Key_Space)
    settle()
    drawn = active.viewer.answers.inputs[0].shift
    assert drawn.max() == pytest.approx(1.0, abs=0.01)
    assert 4 < np.count_nonzero(drawn) < 100
    assert active.viewer.question.sample == 0


def test_every_control_has_a_name_and_tells_what_it_does(window):
    window.plots()
    mute = [
        f"{type(widget).__name__} {widget.accessibleName() or getattr(widget, 'text', str)()}"
        for kind in (QAbstractButton, QComboBox, QAbstractSpinBox, QLineEdit, QAbstractItemView, QSlider)
        for widget in window.findChildren(kind)
        if not widget.toolTip() and not _is_a_part(widget)
    ]
    assert not mute
    for widget in (window.grid.canvas.widget, window.shift.drawing_area, window.look.histogram):
        assert widget.toolTip()
        assert widget.accessibleName()
    window.docks["Plots"].hide()


def _is_a_part(widget: QWidget) -> bool:
    """Whether it belongs to a control of Qt's or pyqtgraph's."""
    owner = widget.parent()
    while owner is not None:
        if isinstance(owner, QAbstractSpinBox | QComboBox | QAbstractItemView | QMenu) or type(owner).__name__ in {
            "QTabBar",
            "PlotWidget",
        }:
            return True
        owner = owner.parent()
    return False
