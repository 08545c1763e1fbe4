"""A random walk through the window, with real mouse and keyboard events: nothing may break, and memory may not grow.

xvfb-run -a -s "-screen 0 1600x1000x24" python benchmarks/walk.py --minutes 30 --seed 1

Each step is one thing that a person can do: a key, a menu's action, a click, a drag on the maps and past their edges, a
slider, a choice, a resized window. Dialogs are closed as soon as they are open. Every minute a row is printed: steps,
what both processes hold in MiB. An exception ends the walk with the steps that led to it, and exit code 1.
"""

import argparse
import os
import random
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Sequence
from types import TracebackType

import psutil
from PyQt6 import sip
from PyQt6.QtCore import QPoint, QPointF, Qt, QTimer
from PyQt6.QtGui import QAction, QWheelEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QApplication,
    QComboBox,
    QListView,
    QSpinBox,
    QWidget,
)

from keras_invariance.gui.ui.application import made_application, made_canvas
from keras_invariance.gui.ui.window import Window

KEYS = "WNPBFGRDM1234567890+-"
BESIDES = (Qt.Key.Key_Space, Qt.Key.Key_Tab, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Escape)
LEAVING = ("quit", "close", "exit")
"""Actions whose names begin so end the window, not the walk."""

PLACES = (("mnist_mlp", "mnist/test"), ("mnist_cnn", "mnist/test"))
REMEMBERED = 12


class Walker:
    """Steps through a window.

    Parameters
    ----------
    window
        Shown, its engine begun.
    seed
        The same seed takes the same steps, as far as what is in sight is the same.
    """

    def __init__(self, window: Window, seed: int) -> None:
        self.window = window
        self.taken: deque[str] = deque(maxlen=REMEMBERED)
        self.errors: list[str] = []
        self._random = random.Random(seed)
        self._closer = QTimer(window)
        self._closer.timeout.connect(_close_dialogs)
        self._closer.start(50)
        self._former = sys.excepthook
        sys.excepthook = self._note

    def step(self) -> None:
        """Do something."""
        kinds: Sequence[Callable[[], str]] = (
            self._key, self._action, self._click, self._drag, self._wheel, self._slide, self._choose, self._spin,
            self._pick, self._resize, self._open,
        )  # fmt: skip
        weights = (20, 8, 12, 16, 8, 16, 8, 4, 8, 1, 1)
        (kind,) = self._random.choices(kinds, weights)
        self.taken.append(f"{kind.__name__.strip('_')}: ")
        self.taken[-1] += kind()
        QApplication.processEvents()

    def end(self) -> None:
        """Leave the window to itself."""
        self._closer.stop()
        _close_dialogs()
        sys.excepthook = self._former

    def _note(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        self.errors.append(f"{kind.__name__}: {error}, after {'; '.join(self.taken)}")
        self._former(kind, error, trace)

    def _one(self, kind: type[QWidget]) -> QWidget | None:
        """A widget of a kind that can be seen and used."""
        there = self.window.findChildren(kind)
        found = [one for one in there if not sip.isdeleted(one) and one.isVisible() and one.isEnabled()]
        return self._random.choice(found) if found else None

    def _place(self, widget: QWidget, beyond: int = 0) -> QPoint:
        """A place in a widget, or a little past its edges."""
        return QPoint(
            self._random.randint(-beyond, widget.width() + beyond),
            self._random.randint(-beyond, widget.height() + beyond),
        )

    def _key(self) -> str:
        widget = QApplication.focusWidget() or self.window
        if self._random.random() < 0.5:
            key = self._random.choice(BESIDES)
            QTest.keyClick(widget, key)
            return f"{key.name} to {type(widget).__name__}"
        letter = self._random.choice(KEYS)
        QTest.keyClicks(widget, letter)
        return f"{letter} to {type(widget).__name__}"

    def _action(self) -> str:
        actions = [
            one
            for one in self.window.findChildren(QAction)
            if one.isEnabled() and one.text() and not one.text().lower().replace("&", "").startswith(LEAVING)
            if not _belongs_to_a_plot(one)
        ]
        action = self._random.choice(actions)
        action.trigger()
        return action.text()

    def _click(self) -> str:
        button = self._one(QAbstractButton)
        if button is None:
            return "nothing"
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        return button.accessibleName() or type(button).__name__

    def _drag(self) -> str:
        canvas = self.window.grid.canvas
        start, end = self._place(canvas), self._place(canvas, 120)
        button = self._random.choice((Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton))
        QTest.mousePress(canvas, button, pos=start)
        QTest.mouseMove(canvas, (start + end) / 2)
        QTest.mouseMove(canvas, end)
        QTest.mouseRelease(canvas, button, pos=end)
        return f"{start.x()},{start.y()} to {end.x()},{end.y()}"

    def _wheel(self) -> str:
        canvas = self.window.grid.canvas
        at = QPointF(self._place(canvas))
        turned = QPoint(0, self._random.choice((-240, -120, 120, 240)))
        everywhere = canvas.mapToGlobal(at)
        buttons, keys = Qt.MouseButton.NoButton, Qt.KeyboardModifier.ControlModifier
        phase = Qt.ScrollPhase.NoScrollPhase
        QApplication.sendEvent(canvas, QWheelEvent(at, everywhere, QPoint(), turned, buttons, keys, phase, False))
        return f"{turned.y()}"

    def _slide(self) -> str:
        slider = self._one(QAbstractSlider)
        if not isinstance(slider, QAbstractSlider):
            return "nothing"
        for _ in range(self._random.randint(1, 12)):
            slider.setValue(self._random.randint(slider.minimum(), slider.maximum()))
            QApplication.processEvents()
        return slider.accessibleName()

    def _choose(self) -> str:
        box = self._one(QComboBox)
        if not isinstance(box, QComboBox) or not box.count():
            return "nothing"
        box.setCurrentIndex(self._random.randrange(box.count()))
        return f"{box.accessibleName()}: {box.currentText()}"

    def _spin(self) -> str:
        box = self._one(QSpinBox)
        if not isinstance(box, QSpinBox):
            return "nothing"
        box.setValue(self._random.randint(box.minimum(), min(box.maximum(), box.minimum() + 50)))
        return box.accessibleName()

    def _pick(self) -> str:
        view = self._one(QListView)
        model = view.model() if isinstance(view, QListView) else None
        if not isinstance(view, QListView) or model is None or not model.rowCount():
            return "nothing"
        row = self._random.randrange(min(200, model.rowCount()))
        view.setCurrentIndex(model.index(row, 0))
        return str(row)

    def _resize(self) -> str:
        width, height = self._random.randint(700, 1600), self._random.randint(500, 1000)
        self.window.resize(width, height)
        return f"{width} x {height}"

    def _open(self) -> str:
        model, data = self._random.choice(PLACES)
        self.window.viewer.open(model=model, data=data)
        return model


def _belongs_to_a_plot(action: QAction) -> bool:
    """Whether it is one of pyqtgraph's own, which work from its own menus only."""
    owner = action.parent()
    while owner is not None and not type(owner).__module__.startswith("pyqtgraph."):
        owner = owner.parent()
    return owner is not None


def _close_dialogs() -> None:
    """Close what is open above the window: a walk does not fill in forms."""
    for widget in (QApplication.activePopupWidget(), QApplication.activeModalWidget()):
        if widget is not None:
            widget.close()


def main() -> int:
    """Walk, and print what both processes hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--renderer", choices=("gl", "cpu"), default="gl")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
            os.environ[name] = folder  # what the window remembers is not the user's
        QApplication.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)
        application = made_application()
        from keras_invariance.gui.model.session import Session

        window = Window(made_canvas(chosen.renderer), Session(), theme="light")
        window.show()
        window.begin()
        walker = Walker(window, chosen.seed)
        begun = told = time.monotonic()
        steps = 0
        print("minute    steps   window   engine, MiB")
        while time.monotonic() - begun < 60 * chosen.minutes and not walker.errors:
            walker.step()
            steps += 1
            QTest.qWait(20)
            if time.monotonic() - told >= 60:
                told = time.monotonic()
                both = held(os.getpid()), held(window.engine.process_id)
                print(f"{(told - begun) / 60:6.0f} {steps:8} {both[0]:8.0f} {both[1]:8.0f}", flush=True)
        walker.end()
        window.close()
        application.processEvents()
    print("\n".join(walker.errors) or f"{steps} steps, nothing broke")
    return 1 if walker.errors else 0


def held(process: int | None) -> float:
    """What a process holds, MiB; 0 where there is none."""
    return psutil.Process(process).memory_info().rss / 2**20 if process and psutil.pid_exists(process) else 0.0


if __name__ == "__main__":
    sys.exit(main())
