"""The engine's limit: asked for, remembered, and given to the engine that is started next."""

import pytest
from PyQt6.QtWidgets import QInputDialog

from keras_invariance.gui.engine.client import MEMORY
from keras_invariance.gui.ui import engine_memory
from keras_invariance.gui.ui.settings import settings


@pytest.fixture(autouse=True)
def _forgotten():
    settings().remove(engine_memory.KEY)
    yield
    settings().remove(engine_memory.KEY)


def test_a_limit_is_remembered_and_the_engine_started_with_it(window, settle, monkeypatch):
    before = window.engine.process_id
    monkeypatch.setattr(QInputDialog, "getDouble", lambda *_: (3.5, True))
    engine_memory.ask(window.engine, window)
    assert (window.engine.memory, engine_memory.chosen()) == (3584, 3584)
    settle()
    assert window.engine.process_id != before
    window.engine.memory = MEMORY


def test_without_an_answer_nothing_changes(window, monkeypatch):
    before = window.engine.process_id
    monkeypatch.setattr(QInputDialog, "getDouble", lambda *_: (3.5, False))
    engine_memory.ask(window.engine, window)
    assert (window.engine.memory, engine_memory.chosen(), window.engine.process_id) == (MEMORY, MEMORY, before)


@pytest.mark.parametrize("kept", ["much", "-3", "12"])
def test_what_is_no_limit_in_the_settings_is_passed_over(kept):
    settings().setValue(engine_memory.KEY, kept)
    assert engine_memory.chosen() == MEMORY
