"""What an engine that is stopped leaves behind: nothing."""

import threading
from pathlib import Path

import psutil
import pytest

from keras_invariance.gui.engine import messages as said
from keras_invariance.gui.engine.client import Engine
from keras_invariance.gui.model.question import Question, Row

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
    number = engine.ask(said.Explain(LONG))
    if moment == "busy":
        wait(lambda: ear.of(number))
    engine.stop()
    assert _children() == children
    assert set(threading.enumerate()) == threads
    assert set(SHARED.glob("kinv_*")) <= memories
    assert ear.states[-1] == "stopped"


def _children() -> set[int]:
    """The process's children but the resource tracker, which multiprocessing keeps."""
    return {
        child.pid
        for child in psutil.Process().children(recursive=True)
        if not any("resource_tracker" in part for part in child.cmdline())
    }
