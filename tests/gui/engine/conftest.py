"""A running engine, and what it said."""

from collections.abc import Callable, Iterator

import pytest

from keras_invariance.gui.engine.client import Engine
from keras_invariance.gui.model import messages


class Ear:
    """Hears everything that an engine says."""

    def __init__(self, engine: Engine) -> None:
        self.answers: list[tuple[messages.Request, messages.Answer]] = []
        self.states: list[str] = []
        self.deaths: list[str] = []
        engine.heard.connect(lambda asked, answer: self.answers.append((asked, answer)))
        engine.state_changed.connect(lambda state, _: self.states.append(state))
        engine.died.connect(self.deaths.append)

    def of(self, number: int, kind: type = messages.Answer) -> list:
        """The answers to a request."""
        return [answer for _, answer in self.answers if answer.number == number and isinstance(answer, kind)]

    def ended(self, number: int) -> bool:
        """Whether a request is answered to its end."""
        return bool(self.of(number, messages.Done | messages.Failed))


@pytest.fixture(scope="module")
def engine(wait: Callable) -> Iterator[Engine]:
    """One engine for a module; TensorFlow takes seconds to start."""
    engine = Engine()
    engine.start()
    wait(lambda: engine.state == "ready")
    yield engine
    engine.stop()


@pytest.fixture
def ear(engine: Engine) -> Ear:
    """What it says during one test."""
    return Ear(engine)
