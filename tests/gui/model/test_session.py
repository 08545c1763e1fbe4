"""Sessions: written whole, read back the same, and refused in words where they are none."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from keras_invariance.errors import ViewerError
from keras_invariance.gui.model.look import Look
from keras_invariance.gui.model.question import Painting, Question, Row, ShiftForm
from keras_invariance.gui.model.scaling import Scaling
from keras_invariance.gui.model.session import FORMAT, Session, as_text, from_text, load, save

FULL = Session(
    Question(
        model="a model.keras",
        data="folder:x",
        sample=3,
        pinned=(1, 2),
        target=4,
        shift=ShiftForm("targeted", aim=Painting.of(np.linspace(-1, 1, 784).reshape(28, 28, 1)), clip=0.7),
        rows=(Row("lrp-epsilon", (("epsilon", 0.5),)), Row("integrated-gradients", (("steps", 8),), "transformed")),
    ),
    Look(colormap="PuOr_r", gamma=0.5, wipe=0.25, centre=(0.1, 0.9), zoom=3.0),
    Scaling("fixed", 97.5, 0.01),
)


def test_a_session_comes_back_the_same(tmp_path):
    save(FULL, tmp_path / "a.kinv")
    assert load(tmp_path / "a.kinv") == FULL
    assert [path.name for path in tmp_path.iterdir()] == ["a.kinv"]


def test_a_field_that_a_file_lacks_has_its_default(tmp_path):
    content = json.loads(as_text(FULL))
    del content["session"]["look"]
    del content["session"]["question"]["pinned"]
    content["session"]["question"]["of a later version"] = 1
    read = from_text(json.dumps(content), tmp_path)
    assert (read.look, read.question.pinned, read.question.sample) == (Look(), (), 3)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        "null",
        '{"format": 1}',
        '{"format": "1", "session": {}}',
        '{"format": 1, "session": 5}',
        "[" * 99999,
    ],
)
def test_what_is_no_session_is_refused(text, tmp_path):
    (tmp_path / "a.kinv").write_text(text)
    with pytest.raises(ViewerError, match=r"cannot be read as a session.*expected a \.kinv file"):
        load(tmp_path / "a.kinv")


def test_missing_binary_and_later_files_are_refused(tmp_path):
    with pytest.raises(ViewerError, match="No such file"):
        load(tmp_path / "none.kinv")
    (tmp_path / "b.kinv").write_bytes(b"\xff\xfe\x00PK")
    with pytest.raises(ViewerError, match="cannot be read"):
        load(tmp_path / "b.kinv")
    later = json.dumps({**json.loads(as_text(FULL)), "format": FORMAT + 1})
    with pytest.raises(ViewerError, match=r"format 2; expected format 1 or older\. Update"):
        from_text(later, tmp_path)


@pytest.mark.parametrize("value", [-1, "x", 1e99, None])
def test_a_wrong_value_is_refused(value, tmp_path):
    content = json.loads(as_text(FULL))
    content["session"]["question"]["sample"] = value
    with pytest.raises(ViewerError, match="cannot be read as a session"):
        from_text(json.dumps(content), tmp_path)


def test_a_folder_that_is_not_there_is_an_error_in_words(tmp_path):
    with pytest.raises(ViewerError, match="cannot be written"):
        save(FULL, tmp_path / "none" / "a.kinv")


@settings(max_examples=60, deadline=None)
@given(some.integers(0, 3000), some.binary(max_size=8))
def test_damaged_sessions_are_refused_or_read_but_never_crash(place, noise):
    text = as_text(FULL).encode()
    damaged = text[:place] + noise + text[place + len(noise) :]
    try:
        read = from_text(damaged.decode("utf-8", "replace"), path_of_no_file())
    except ViewerError:
        return
    assert isinstance(read, Session)


def path_of_no_file():
    from pathlib import Path

    return Path("damaged.kinv")


def test_a_function_that_a_session_names_is_not_the_users(tmp_path):
    row = Row("somewhere:mine", (("deep", True), ("size", 3), ("rate", 0.5), ("kind", "mean")), named=True)
    save(Session(Question(rows=(row,))), tmp_path / "a.kinv")
    (read,) = load(tmp_path / "a.kinv").question.rows
    assert read == replace(row, named=False)
    assert read.options[0][1] is True


def test_what_is_true_or_false_stays_so(tmp_path):
    row = Row("grad-cam", (("layer", "conv2d"), ("signed", True)))
    (read,) = from_text(as_text(Session(Question(rows=(row,)))), tmp_path).question.rows
    assert read == row
    assert dict(read.options)["signed"] is True
