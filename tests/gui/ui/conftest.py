"""One window with its engine for all tests of a process; each begins with the same three rows on the first digit."""

from collections.abc import Callable, Iterator

import pytest

from keras_invariance.gui.model.messages import Explain, Open
from keras_invariance.gui.model.question import Question, Row
from keras_invariance.gui.model.session import Session
from keras_invariance.gui.ui.application import made_canvas
from keras_invariance.gui.ui.window import Window

ROWS = (
    Row("gradient"),
    Row("gradient-times-input"),
    Row("integrated-gradients", (("steps", 8),), "black"),
)
BEGIN = Session(Question(rows=ROWS))
Wait = Callable[[Callable[[], object]], None]


def is_settled(window: Window) -> bool:
    """Whether the question in force is answered in full."""
    viewer, engine = window.viewer, window.engine
    answered = len(viewer.answers.verdicts) + len(viewer.answers.failures) == len(viewer.question.rows)
    return viewer.settled and answered and not engine.waiting(Explain) and not engine.waiting(Open)


@pytest.fixture(scope="session")
def running(has_opengl: bool, wait: Wait) -> Iterator[Window]:
    """The window, with OpenGL where it is there."""
    window = Window(made_canvas("gl" if has_opengl else "cpu"), BEGIN, theme="light")
    window.show()
    window.begin()
    wait(lambda: is_settled(window))
    yield window
    window.close()


@pytest.fixture
def window(running: Window, wait: Wait) -> Window:
    """The window as it was at first, all answers there."""
    running.viewer.restore(BEGIN)
    running.grid.solo()
    running.grid.resize_cells(None)
    running.panels.reset()
    wait(lambda: is_settled(running))
    running.notice.hide()
    return running


@pytest.fixture
def settle(window: Window, wait: Wait) -> Callable[[], None]:
    """Wait until all is answered."""
    return lambda: wait(lambda: is_settled(window))
