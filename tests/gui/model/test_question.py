"""Questions are values that refuse what makes no sense."""

import numpy as np
import pytest

from keras_invariance.gui.model.question import ROWS, Painting, Question, Row, ShiftForm


def test_a_painting_keeps_its_numbers():
    values = np.arange(12, dtype=np.float32).reshape(3, 4, 1) / 7
    painting = Painting.of(values)
    assert np.array_equal(painting.values, values)
    assert painting == Painting.of(values.copy())
    assert painting != Painting.of(-values)


@pytest.mark.parametrize(("shape", "content"), [((2, 2), b"1234"), ((0,), b""), ((-1, -1), b"1234")])
def test_a_painting_that_does_not_fill_its_shape_is_refused(shape, content):
    with pytest.raises(ValueError, match="painting of shape"):
        Painting(shape, content)


def test_the_chosen_sample_stands_beside_the_pinned_ones_once():
    assert Question(sample=7, pinned=(3, 5)).samples == (3, 5, 7)
    assert Question(sample=5, pinned=(3, 5)).samples == (3, 5)


@pytest.mark.parametrize("fields", [{"sample": -1}, {"pinned": (1, 2, 3, 4, 5)}, {"pinned": (-2,)}])
def test_samples_that_cannot_be_are_refused(fields):
    with pytest.raises(ValueError, match="expected at most 5 from 0"):
        Question(**fields)


def test_a_row_of_an_unknown_method_is_refused_with_the_right_names():
    with pytest.raises(ValueError, match="'gradiant', expected one of gradient"):
        Row("gradiant")


def test_rows_say_what_is_chosen():
    assert Row("lrp-epsilon", (("epsilon", 0.5), ("bias", "ignore"))).details == "epsilon 0.5, bias ignore"
    assert Row("pattern-net", refitted=True).details == "positive patterns, refitted"
    assert Row("smoothgrad").slow
    assert not Row("gradient").slow
    assert all(not row.needs_patterns for row in ROWS)


@pytest.mark.parametrize(
    ("form", "spec"),
    [
        (ShiftForm(), "constant:-1"),
        (ShiftForm("channel", channels=(0.5, -1.0)), "channel:0.5,-1"),
        (ShiftForm("checkerboard", cell=3, amplitude=0.5), "checkerboard:3:0.5"),
        (ShiftForm("image", path="a.png"), "image:a.png:1"),
        (ShiftForm("drawing"), None),
        (ShiftForm("targeted"), None),
    ],
)
def test_shifts_are_spelled_as_on_the_command_line(form, spec):
    assert form.spec == spec
    assert form.words
