"""Errors: three parts, one sentence, one family, and one way to catch them all."""

import inspect

import pytest

from keras_invariance import errors
from keras_invariance.errors import InvarianceError, MethodError

KINDS = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if kind is not InvarianceError]


@pytest.mark.parametrize("kind", KINDS)
def test_every_error_says_what_came_what_was_expected_and_what_to_do(kind):
    with pytest.raises(InvarianceError, match=r"^a cat; expected a dog\. Bark\.$") as caught:
        raise kind("a cat", "a dog", "Bark.")
    error = caught.value
    assert (error.came, error.expected, error.remedy) == ("a cat", "a dog", "Bark.")
    assert str(error) == "a cat; expected a dog. Bark."


def test_each_part_of_the_program_has_its_own_kind():
    assert {kind.__name__ for kind in KINDS} == {
        "ModelError",
        "UnknownOperationError",
        "MethodError",
        "ExplainerError",
        "ImageError",
        "ShiftError",
        "PatternError",
        "DataError",
        "OutputError",
        "AuditError",
        "EngineError",
        "ViewerError",
    }
    bases = {"ExplainerError": (MethodError,)}
    assert all(kind.__bases__ == bases.get(kind.__name__, (InvarianceError,)) and kind.__doc__ for kind in KINDS)


def test_a_deliberate_error_is_no_error_of_pythons_own():
    # `except ValueError` around a user's own code must not swallow one.
    assert not issubclass(InvarianceError, ValueError | TypeError | OSError | RuntimeError | KeyError)
