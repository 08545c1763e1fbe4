"""Functions in rows: the engine imports what the user named, and nothing that a session did."""

import numpy as np
import pytest

from keras_invariance.errors import ExplainerError
from keras_invariance.gui.engine.memory import Memory
from keras_invariance.gui.engine.resources import Resources
from keras_invariance.gui.model.question import Question, Row


def test_what_a_session_names_is_not_imported():
    resources = Resources(Memory(4096))
    row = Row("antigravity:fly")
    with pytest.raises(ExplainerError, match=r"antigravity:fly, which a session names.*--method"):
        resources.options(Question(rows=(row,)), row, np.zeros(1))


def test_what_the_user_names_gets_its_options():
    row = Row("antigravity:fly", (("size", 14),), named=True)
    assert Resources(Memory(4096)).options(Question(rows=(row,)), row, np.zeros(1)) == ({"size": 14}, {"size": 14})
