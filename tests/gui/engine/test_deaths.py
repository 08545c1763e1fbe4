"""An engine that dies: told in words, started again, asked again, and nothing of it is left."""

import os
import signal
import sys

import psutil
import pytest

from keras_invariance.gui.engine import client
from keras_invariance.gui.engine.client import Engine
from keras_invariance.gui.model import messages
from keras_invariance.gui.model.question import Question, Row

from .conftest import Ear

FAST = Question(rows=(Row("gradient"),))
LONG = Question(rows=(Row("integrated-gradients", (("steps", 2000),), "zero"),) * 10)


@pytest.fixture
def unasked(wait):  # noqa: ARG001 - it brings the application
    """An engine that is not started."""
    engine = Engine()
    yield engine
    engine.stop()


@pytest.mark.parametrize("by", [signal.SIGKILL, signal.SIGSEGV])
def test_an_engine_that_is_killed_is_started_again_and_the_question_asked_again(engine, ear, wait, by):
    fit = engine.ask(messages.Fit(Question()))
    number = engine.ask(messages.Explain(LONG))
    wait(lambda: ear.of(number))
    died = engine.process_id
    os.kill(died, by)
    wait(lambda: ear.deaths)
    assert by.name in ear.deaths[0]
    assert "started again" in ear.deaths[0]
    assert "not begun again" in ear.of(fit, messages.Failed)[0].reason  # a long study may have been the cause
    before = len(ear.of(number, messages.Inputs))
    wait(lambda: len(ear.of(number, messages.Inputs)) > before)
    assert engine.process_id not in (None, died)
    newer = engine.ask(messages.Explain(FAST))
    wait(lambda: ear.ended(newer))
    assert ear.of(newer, messages.RowJudged)
    assert not psutil.pid_exists(died)


def test_a_question_over_which_the_engine_dies_again_and_again_is_given_up(engine, ear, wait, monkeypatch):
    monkeypatch.setattr(client, "DEADLY", 1)
    number = engine.ask(messages.Explain(LONG))
    wait(lambda: ear.of(number))
    os.kill(engine.process_id, signal.SIGKILL)
    wait(lambda: ear.ended(number))
    assert "died again over this question" in ear.of(number, messages.Failed)[0].reason
    assert not engine.waiting(messages.Explain)
    assert engine.state == "starting"


def test_an_engine_that_dies_three_times_in_a_row_is_not_started_again_by_itself(unasked, wait):
    ear = Ear(unasked)
    unasked.start()
    number = unasked.ask(messages.Explain(FAST))
    for deaths in range(1, client.MOST_DEATHS + 1):
        wait(lambda: unasked.process_id)
        os.kill(unasked.process_id, signal.SIGKILL)
        wait(lambda deaths=deaths: len(ear.deaths) == deaths)
    assert unasked.process_id is None
    assert unasked.state == "stopped"
    assert "3 times in a row. Engine > Restart the engine tries again." in ear.deaths[-1]
    assert ear.of(number, messages.Failed)  # the window does not wait for it any longer
    unasked.restart()
    assert unasked.state == "starting"


def test_a_process_that_ends_before_it_is_ready_is_told_in_words(unasked, wait, monkeypatch):
    ear = Ear(unasked)
    monkeypatch.setattr("multiprocessing.spawn.get_executable", lambda: b"/nowhere/python")
    unasked.start()
    wait(lambda: unasked.state == "stopped")
    assert "left with code" in ear.deaths[-1]


@pytest.mark.skipif(sys.platform == "win32", reason="no limits on files there")
def test_a_process_that_cannot_be_started_is_told_in_words(unasked):
    import resource

    ear = Ear(unasked)
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, limits[1]))  # no pipe can be made
    try:
        unasked.start()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
    assert "cannot be started" in ear.deaths[0]
    assert unasked.state == "stopped"
