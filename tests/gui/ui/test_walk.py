"""A short random walk with real events: nothing breaks, and the window answers afterwards. Long: benchmarks/walk.py."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest

from keras_invariance.gui.ui.application import made_canvas
from keras_invariance.gui.ui.window import Window
from tests.gui.ui.conftest import BEGIN, is_settled


@pytest.fixture(scope="module")
def walking() -> ModuleType:
    path = Path(__file__).parents[3] / "benchmarks" / "walk.py"
    spec = importlib.util.spec_from_file_location("walk", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.qt_no_exception_capture  # the walker notes them
@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.usefixtures("application")
def test_a_walk_breaks_nothing(walking, has_opengl, wait, seed):
    window = Window(made_canvas("gl" if has_opengl else "cpu"), BEGIN, theme="light")
    window.show()
    window.begin()
    walker = walking.Walker(window, seed)
    for _ in range(250):
        walker.step()
    walker.end()
    assert walker.errors == []
    window.viewer.restore(BEGIN)
    wait(lambda: is_settled(window))
    window.close()


@pytest.mark.qt_no_exception_capture
def test_an_exception_in_a_slot_ends_the_walk_with_what_led_to_it(walking, window):
    walker = walking.Walker(window, 0)
    canvas = window.grid.canvas

    def broken(*_: object) -> None:
        raise ZeroDivisionError("as a bug would")

    canvas.hovered.connect(broken)
    try:
        walker.taken.append("drag: to the bug")
        QTest.mouseMove(canvas, QPoint(40, 40))
        QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(40, 40))
        QTest.mouseMove(canvas, QPoint(60, 60))
        QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(60, 60))
    finally:
        canvas.hovered.disconnect(broken)
        walker.end()
    assert walker.errors[0].startswith("ZeroDivisionError: as a bug would, after ")
    assert "drag: to the bug" in walker.errors[0]
