"""Starting: what the window's process imports, how it ends, and what cannot be started is told in one line."""

import os
import signal
import subprocess
import sys

import pytest

from keras_invariance.errors import InvarianceError
from keras_invariance.gui.model.session import Session
from keras_invariance.gui.ui.application import started_with

PROGRAM = """
import sys
from PyQt6.QtCore import QTimer
from keras_invariance.gui.ui import application
from keras_invariance.gui.ui.window import Window

if __name__ == "__main__":
    told = []
    shown = Window.show
    def show(window):
        shown(window)
        window.engine.heard.connect(lambda asked, answer: hear(window, answer))
    def hear(window, answer):
        if type(answer).__name__ == "RowMaps" and not told:
            told.append(answer)
            print("tensorflow" in sys.modules, flush=True)
    Window.show = show
    sys.exit(application.run(application.Start(renderer="cpu")))
"""


def test_the_windows_process_never_imports_tensorflow_and_ctrl_c_ends_it_with_130(tmp_path):
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    with subprocess.Popen(
        [sys.executable, program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline() == "False\n"
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    without_screen = "This plugin does not support"  # Qt says so of itself
    assert [line for line in errors.splitlines() if not line.startswith(without_screen)] == []


def view(*arguments, **environment):
    program = "import sys; from keras_invariance.cli import main; sys.exit(main())"
    without = {
        name: value
        for name, value in os.environ.items()
        if name not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    }
    return subprocess.run(
        [sys.executable, "-c", program, "view", *arguments],
        capture_output=True, text=True, check=False, timeout=60, env={**without, **environment},
    )  # fmt: skip


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="screens are named by variables on Linux only")
def test_without_a_screen_one_line_says_so():
    done = view()
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "xvfb-run" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--shift", "tilt:3"), "tilt"),
        (("--session", "missing.kinv"), "missing.kinv"),
        (("--shift", "constant:1+checkerboard:4"), "one shift without"),
    ],
)
def test_what_cannot_be_shown_is_said_before_a_window_opens(arguments, said):
    done = view(*arguments, QT_QPA_PLATFORM="offscreen")
    assert done.returncode == 2
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_the_command_line_names_the_rows():
    rows = started_with(
        Session(), model=None, data=None, sample=None, shift=None, methods=["rectified,gradient", "somewhere.of:mine"]
    ).question.rows
    assert [row.method for row in rows] == ["guided-backprop", "deconvnet", "gradient", "somewhere.of:mine"]
    assert rows[-1].named
    assert rows[-1].foreign
    with pytest.raises(InvarianceError, match="lpr"):
        started_with(Session(), model=None, data=None, sample=None, shift=None, methods=["lpr"])


def test_the_command_line_decides_what_is_asked():
    given = {"model": "m.keras", "data": "d.npz", "sample": 3}
    question = started_with(Session(), **given, shift="channel:0.1,0.2", trusted=True).question
    assert (question.model, question.data, question.sample, question.trusted) == ("m.keras", "d.npz", 3, True)
    assert (question.shift.kind, question.shift.channels) == ("channel", (0.1, 0.2))
    assert started_with(Session(), model=None, data=None, sample=None, shift="cat").question.shift.kind == "targeted"
    with pytest.raises(InvarianceError, match="array"):
        started_with(Session(), model=None, data=None, sample=None, shift="array:x.npy")
