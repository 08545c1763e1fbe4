"""How quick the window is: first paint, stalls, frames, dragging, large maps, memory.

xvfb-run -a -s "-screen 0 1920x1200x24" python benchmarks/viewer.py
python benchmarks/viewer.py --only drag --only stalls

Every part prints a table of what was measured, the aim, and how busy the machine was meanwhile.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import psutil
from PyQt6.QtCore import QEventLoop, QObject, Qt, QTimer

from keras_invariance.gui.model import messages
from keras_invariance.gui.model.look import Look, Scale
from keras_invariance.gui.model.question import Question, Row, ShiftForm
from keras_invariance.gui.model.session import Session
from keras_invariance.gui.render.canvas import Canvas
from keras_invariance.gui.render.cells import Cell
from keras_invariance.gui.render.gl_canvas import GLCanvas
from keras_invariance.gui.ui.application import made_application, made_canvas
from keras_invariance.gui.ui.window import Window

FIRST_PAINT = """
import os, time
from PyQt6.QtCore import QEvent
from keras_invariance.gui.ui.window import QMainWindow, Window

def event(self, event):
    result = QMainWindow.event(self, event)
    if event.type() == QEvent.Type.UpdateRequest:  # everything in sight has been painted and sent to the screen
        print(time.monotonic(), time.process_time(), flush=True)
        os._exit(0)
    return result

Window.event = event
from keras_invariance.cli import main
main()
"""
LIMIT = 300.0


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parts: dict[str, Callable[[], None]] = {
        "first-paint": first_paint,
        "looks": looks,
        "large": large,
        "drag": drag,
        "stalls": stalls,
        "memory": memory,
    }
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", choices=list(parts))
    chosen = parser.parse_args(arguments).only or list(parts)
    with tempfile.TemporaryDirectory() as folder:
        for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
            os.environ[name] = folder  # what the window remembers is not the user's
        for name in chosen:
            psutil.cpu_percent()
            parts[name]()
            load = os.getloadavg()[0]
            print(f"  (processors busy to {psutil.cpu_percent():.0f} %, load {load:.1f})\n", flush=True)


def first_paint(rounds: int = 5) -> None:
    """From before the process is started until the window has been painted, by `keras-invariance view`."""
    print("first paint, s                                best  median  processor    aim")
    for renderer in ("auto", "gl", "cpu"):
        times, used = [], []
        for _ in range(rounds):
            command = [sys.executable, "-c", FIRST_PAINT, "view", "--renderer", renderer]
            begun = time.monotonic()
            done = subprocess.run(command, capture_output=True, text=True, check=True)
            painted, busy = map(float, done.stdout.split())
            times.append(painted - begun)
            used.append(busy)
        row(f"--renderer {renderer}", times, used, "0.5")


def looks() -> None:
    """A change of the look at 24 maps of 224 x 224, on both canvases."""
    rng = np.random.default_rng(0)
    maps = rng.normal(size=(24, 224, 224)).astype(np.float32)
    pictures = rng.integers(0, 256, (2, 224, 224, 3)).astype(np.uint8)
    for renderer, what, aim in (
        ("gl", "GL canvas, the window's thread until the draw call has returned", "1"),
        ("cpu", "CPU canvas, a frame painted", "16"),
    ):
        with canvas(renderer, maps, pictures, side=132) as shown:
            print(f"{what}, ms\n{'':46}best  median  processor    aim")
            for name, change in changes(shown):
                row(f"{renderer}: {name}", *frames(shown, change, rounds=60), aim)


def changes(shown: Canvas) -> Iterator[tuple[str, Callable[[int], None]]]:
    """What a user can change, each a little with every call."""
    cells = shown.scene.cells

    def change_range(n: int) -> None:
        scale = Scale(-2.0 - n / 100, 2.0 + n / 100)
        shown.set_cells([replace(cell, scale=scale) for cell in cells], 8, 3)

    yield "range of every cell", change_range
    yield "colormap", lambda n: shown.set_look(Look(colormap=("RdBu_r", "PuOr_r", "viridis")[n % 3]))
    yield "gamma", lambda n: shown.set_look(Look(gamma=0.5 + n / 100))
    yield "opacity", lambda n: shown.set_look(Look(opacity=(n % 100) / 100))
    yield "zoom", lambda n: shown.set_look(Look(zoom=1.0 + n / 10))
    yield "pan", lambda n: shown.set_look(Look(zoom=4.0, centre=(0.3 + n / 1000, 0.5)))
    yield "crosshair", lambda n: shown.set_crosshair((n % 100 / 100, 0.5))


def large() -> None:
    """Panning a pair of maps of 4096 x 4096 and their difference in cells of 400."""
    maps = np.random.default_rng(0).normal(size=(3, 4096, 4096)).astype(np.float32)
    print(f"a frame at 3 maps of 4096 x 4096, ms\n{'':46}best  median  processor    aim")
    for renderer in ("gl", "cpu"):
        with canvas(renderer, maps, np.zeros((0, 1, 1, 3), np.uint8), side=400) as shown:
            for name, zoom, smooth in (("whole", 1.0, False), ("zoom 4", 4.0, False), ("zoom 4, smooth", 4.0, True)):
                shown.set_look(Look(zoom=zoom, interpolate=smooth))

                def pan(n: int, zoom: float = zoom, smooth: bool = smooth) -> None:
                    shown.set_look(Look(zoom=zoom, centre=(0.5 + n / 4000, 0.5), interpolate=smooth))

                row(f"{renderer}: pan, {name}", *frames(shown, pan, rounds=30), "16")
                if renderer == "gl":
                    row(f"{renderer}: pan, {name}, drawn by software", *frames(shown, pan, rounds=10, drawn=True), "")


@contextmanager
def canvas(renderer: str, maps: np.ndarray, pictures: np.ndarray, side: int) -> Iterator[Canvas]:
    """A canvas with three columns of maps on the screen."""
    shown = made_canvas("gl" if renderer == "gl" else "cpu")
    rows = len(maps) // 3
    shown.set_geometry(side, side, 6)
    shown.set_maps(maps)
    shown.set_pictures(pictures)
    shown.set_cells(
        [Cell(at // 3, at % 3, at, at % 2 if len(pictures) else -1, Scale(-2.0, 2.0)) for at in range(len(maps))],
        rows,
        3,
    )
    shown.widget.setFixedSize(3 * (side + 6), rows * (side + 6))
    shown.widget.show()
    handle = shown.widget.windowHandle()
    wait(lambda: handle is not None and handle.isExposed())
    yield shown
    shown.widget.close()


def frames(
    shown: Canvas, change: Callable[[int], None], rounds: int, *, drawn: bool = False
) -> tuple[list[float], list[float]]:
    """Milliseconds of each change with its frame: on the clock, and of the processor in the window's thread.

    On the GL canvas that is the change, the uniforms and the draw call, until it has returned: what the driver, here
    software, does in its own threads until `glFinish` is not counted, unless it shall be `drawn`. On the CPU canvas it
    is the whole frame.
    """
    times, used = [], []
    for n in range(rounds + 3):
        if isinstance(shown, GLCanvas):
            shown.makeCurrent()
        begun, busy = time.perf_counter(), time.thread_time()
        change(n)
        shown.paintGL() if isinstance(shown, GLCanvas) else shown.widget.repaint()
        if drawn and isinstance(shown, GLCanvas):
            shown.finish()
        times.append(1e3 * (time.perf_counter() - begun))
        used.append(1e3 * (time.thread_time() - busy))
        if isinstance(shown, GLCanvas):
            shown.finish()
            shown.doneCurrent()
    return times[3:], used[3:]


def drag(seconds: float = 5.0) -> None:
    """The constant shift moved 60 times a second on the embedded network; then the time until every row is there."""
    with window() as shown:
        single = [at for at, one in enumerate(shown.viewer.question.rows) if not one.slow]
        seen: dict[int, set[float]] = {at: set() for at in single}

        def hear(asked: messages.Request, answer: messages.Answer) -> None:
            if isinstance(answer, messages.RowMaps) and answer.row in seen:
                seen[answer.row].add(asked.question.shift.constant)

        shown.engine.heard.connect(hear)
        mover = QTimer(shown)
        mover.setTimerType(Qt.TimerType.PreciseTimer)
        begun = time.perf_counter()
        mover.timeout.connect(lambda: move(shown, -1.0 + 0.1 * (time.perf_counter() - begun)))
        mover.start(16)
        wait(lambda: time.perf_counter() - begun > seconds)
        mover.stop()
        rates = [len(found) / seconds for found in seen.values()]
        stopped = time.perf_counter()
        wait(lambda: all_there(shown))
        settled = time.perf_counter() - stopped
        wait(lambda: not shown.engine.waiting(messages.Explain) and shown.viewer.settled)
        verdicts = time.perf_counter() - stopped
        print("dragging the constant shift                               found    aim")
        for words, found, aim in (
            (f"refreshes a second, the slowest of {len(single)} single-pass rows", min(rates), ">= 10"),
            ("refreshes a second, the quickest of them", max(rates), ""),
            (f"s until all {len(shown.viewer.question.rows)} rows are there after it stopped", settled, "<= 1"),
            ("s until their verdicts are there, too", verdicts, ""),
        ):
            print(f"  {words:52} {found:8.2f} {aim:>6}")


def move(shown: Window, constant: float) -> None:
    """One step of a dragged slider."""
    shown.viewer.change("the shift", gesture="constant", shift=ShiftForm(constant=round(constant, 4)))


def all_there(shown: Window) -> bool:
    """Whether every row shows the maps of the question in force."""
    question, answers = shown.viewer.question, shown.viewer.answers
    inputs = answers.inputs.get(question.sample)
    if inputs is None or not np.allclose(inputs.shift, question.shift.constant):
        return False
    return fresh.get(shown, (None, set())) == (question.shift, set(range(len(question.rows))))


fresh: dict[Window, tuple[ShiftForm | None, set[int]]] = {}


class Heart(QObject):
    """A timer of a millisecond in the window's thread: its longest pause, and how much of it the thread computed."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.pauses: list[tuple[float, float]] = []
        self._at, self._used = time.perf_counter(), time.thread_time()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._timer.start(1)

    def _beat(self) -> None:
        at, used = time.perf_counter(), time.thread_time()
        self.pauses.append((at - self._at, used - self._used))
        self._at, self._used = at, used


def stalls() -> None:
    """The longest pause of the event loop while the engine opens, explains, follows a drag, and fits patterns."""
    with window(wait_for_answers=False) as shown:
        heart = Heart(shown)
        print("pauses of the event loop, ms       longest   99.9 %   computed at most    aim 50")

        def told(name: str) -> None:
            walls, used = (1e3 * np.array(part) for part in zip(*heart.pauses, strict=True))
            print(f"  {name:30} {walls.max():9.1f} {np.percentile(walls, 99.9):8.1f} {used.max():18.1f}")
            heart.pauses.clear()

        wait(lambda: answered(shown))
        told("starting, opening, explaining")
        begun = time.perf_counter()
        mover = QTimer(shown)
        mover.timeout.connect(lambda: move(shown, -1.0 + 0.1 * (time.perf_counter() - begun)))
        mover.start(16)
        wait(lambda: time.perf_counter() - begun > 5)
        mover.stop()
        wait(lambda: answered(shown))
        told("dragging the shift")
        shown.viewer.ask(messages.Fit, data="mnist/train")
        wait(lambda: not shown.engine.waiting(messages.Fit))
        wait(lambda: answered(shown))
        told("fitting patterns")
        for sample in range(1, 30):
            shown.viewer.change("the image", sample=sample)
            wait(lambda: shown.engine.waiting(messages.Explain) is False, 0.3)
        wait(lambda: answered(shown))
        told("going through images")


def memory(images: int = 1000) -> None:
    """The resident memory of both processes while images are stepped through."""
    rows = tuple(Row(name) for name in ("gradient", "gradient-times-input", "lrp-epsilon"))
    with window(Session(Question(rows=rows))) as shown:
        print("MiB resident after so many images       window   engine")
        for sample in range(1, images + 1):
            shown.viewer.change("the image", sample=sample)
            wait(lambda: answered(shown))
            if sample in (50, 200, 400, 600, 800, images):
                both = [psutil.Process(pid).memory_info().rss / 2**20 for pid in (os.getpid(), shown.engine.process_id)]
                print(f"  {sample:34} {both[0]:9.0f} {both[1]:8.0f}", flush=True)


@contextmanager
def window(session: Session | None = None, *, wait_for_answers: bool = True) -> Iterator[Window]:
    """The real window with its engine."""
    shown = Window(made_canvas("auto"), session or Session())

    def hear(asked: messages.Request, answer: messages.Answer) -> None:
        if isinstance(answer, messages.RowMaps):
            shift, rows = fresh.get(shown, (None, set()))
            fresh[shown] = asked.question.shift, {*(rows if shift == asked.question.shift else ()), answer.row}

    shown.engine.heard.connect(hear)
    shown.show()
    shown.begin()
    if wait_for_answers:
        wait(lambda: answered(shown))
    yield shown
    shown.close()
    fresh.pop(shown, None)


def answered(shown: Window) -> bool:
    """Whether everything that was asked has been answered."""
    return shown.viewer.settled and not any(shown.engine.waiting(kind) for kind in (messages.Open, messages.Explain))


def wait(holds: Callable[[], bool], limit: float = LIMIT) -> None:
    """Run the event loop until something holds or, with a limit of one's own, for so many seconds."""
    loop, asking, begun = QEventLoop(), QTimer(), time.perf_counter()

    def ask() -> None:
        if holds() or time.perf_counter() - begun > limit:
            loop.quit()

    asking.timeout.connect(ask)
    asking.start(2)
    loop.exec()
    if limit == LIMIT and time.perf_counter() - begun > limit:
        raise TimeoutError


def row(name: str, times: Sequence[float], used: Sequence[float], aim: str) -> None:
    """A line of a table: the best and the median on the clock, the median of the processor, which other work spares."""
    print(f"  {name:42} {min(times):6.2f}  {statistics.median(times):6.2f} {statistics.median(used):10.2f} {aim:>6}")


if __name__ == "__main__":
    application = made_application()
    main()
