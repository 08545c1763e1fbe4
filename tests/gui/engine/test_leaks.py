"""What an engine that is stopped leaves behind, and a window that is closed: nothing."""

import threading
from pathlib import Path

import psutil
import pytest
from PyQt6 import sip
from PyQt6.QtCore import QCoreApplication, QEvent, QObject, QTimer
from PyQt6.QtWidgets import QApplication

from keras_invariance.gui.engine.client import Engine
from keras_invariance.gui.model import messages
from keras_invariance.gui.model.question import Question, Row
from keras_invariance.gui.model.session import Session
from keras_invariance.gui.ui.application import made_canvas
from keras_invariance.gui.ui.window import Window

from .conftest import Ear

LONG = Question(rows=(Row("integrated-gradients", (("steps", 2000),), "zero"),) * 10)
SHARED = Path("/dev/shm")


@pytest.mark.usefixtures("application")
@pytest.mark.parametrize("moment", ["starting", "busy"])
def test_stopping_leaves_no_process_thread_or_memory_behind(wait, moment):
    memories = set(SHARED.glob("kinv_*"))
    children, threads = _children(), set(threading.enumerate())
    engine = Engine()
    ear = Ear(engine)
    engine.start()
    number = engine.ask(messages.Explain(LONG))
    if moment == "busy":
        wait(lambda: ear.of(number))
    engine.stop()
    assert _children() == children
    assert set(threading.enumerate()) == threads
    assert set(SHARED.glob("kinv_*")) <= memories
    assert ear.states[-1] == "stopped"


def test_a_window_that_is_closed_leaves_no_widget_timer_thread_or_process_behind(wait, has_opengl):
    """Twice, since the first window also makes what all windows share."""
    session = Session(Question(rows=(Row("gradient"), Row("gradient-times-input"))))
    for _ in range(2):
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        widgets, children, threads = len(QApplication.allWidgets()), _children(), set(threading.enumerate())
        window = Window(made_canvas("gl" if has_opengl else "cpu"), session)
        window.show()
        window.begin()
        wait(lambda window=window: len(window.viewer.answers.verdicts) == 2)
        window.viewer.change("the shift", gesture="constant", sample=1)  # a timer runs while it is closed
        parts = window.findChildren(QObject)
        assert any(isinstance(part, QTimer) and part.isActive() for part in parts)
        window.close()
        assert _children() == children
        assert set(threading.enumerate()) == threads
        window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        assert all(sip.isdeleted(part) for part in parts)
    assert len(QApplication.allWidgets()) == widgets


def _children() -> set[int]:
    """The process's children but the resource tracker, which multiprocessing keeps."""
    return {
        child.pid
        for child in psutil.Process().children(recursive=True)
        if not any("resource_tracker" in part for part in child.cmdline())
    }
