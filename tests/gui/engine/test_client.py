"""The real engine, in its process, on the embedded network."""

import threading
from dataclasses import replace

import numpy as np
import psutil

from keras_invariance.gui.engine import client
from keras_invariance.gui.model import messages
from keras_invariance.gui.model.question import Painting, Question, Row, ShiftForm

FAST = Question(rows=(Row("gradient"), Row("gradient-times-input")))
LONG = replace(FAST, rows=tuple(Row("integrated-gradients", (("steps", 200 + n),), "zero") for n in range(20)))


def test_answers_stream_in_inputs_first_then_maps_then_verdicts(engine, ear, wait):
    number = engine.ask(messages.Explain(replace(FAST, sample=3)))
    wait(lambda: ear.ended(number))
    kinds = [type(answer) for answer in ear.of(number)]
    shown = [messages.RowBegun, messages.RowMaps]
    judged = [messages.RowBegun, messages.RowMaps, messages.RowJudged]
    assert kinds == [messages.Inputs, *shown, *shown, *judged, *judged, messages.Done]
    (inputs,), (first, second) = ear.of(number, messages.Inputs), ear.of(number, messages.RowMaps)[:2]
    assert first.maps[0].shape == first.maps[1].shape == (28, 28, 1)
    assert np.allclose(second.maps[0], first.maps[0] * inputs.image, atol=1e-4)
    assert [one.verdict for one in ear.of(number, messages.RowJudged)] == ["invariant", "sensitive"]


def test_the_maps_that_stay_are_those_that_the_verdict_is_about(engine, ear, wait):
    number = engine.ask(messages.Explain(replace(FAST, sample=3)))
    wait(lambda: ear.ended(number))
    (verdict, _), last = ear.of(number, messages.RowJudged), ear.of(number, messages.RowMaps)[2]
    assert last.row == verdict.row
    assert last.scores["relative_l2"] == 0.0
    assert verdict.reason.startswith("there is no difference")


def test_there_is_no_verdict_where_nothing_was_shifted(engine, ear, wait):
    number = engine.ask(messages.Explain(replace(FAST, shift=ShiftForm(constant=0.0))))
    wait(lambda: ear.ended(number))
    assert [one.verdict for one in ear.of(number, messages.RowJudged)] == ["nothing was shifted"] * 2
    for found in ear.of(number, messages.RowMaps):
        np.testing.assert_array_equal(*found.maps)


def test_an_aimed_shift_is_judged_on_the_chosen_image_wherever_it_stands(engine, ear, wait):
    question = replace(FAST, sample=1, pinned=(1, 2), shift=ShiftForm("targeted"))
    number = engine.ask(messages.Explain(question))
    wait(lambda: ear.ended(number))
    judged = ear.of(number, messages.RowMaps)[4:]  # after both rows of both images
    assert [(one.row, one.sample) for one in judged] == [(0, 1), (1, 1)]


def test_opening_says_what_network_and_data_are(engine, ear, wait):
    number = engine.ask(messages.Open(Question()))
    wait(lambda: ear.ended(number))
    (opened,) = ear.of(number, messages.Opened)
    assert (opened.input_shape, opened.classes, opened.images) == ((28, 28, 1), 10, 10_000)


def test_a_newer_question_overtakes_and_what_the_older_one_still_says_is_dropped(engine, ear, wait):
    older = engine.ask(messages.Explain(LONG))
    wait(lambda: ear.of(older))
    newer = engine.ask(messages.Explain(FAST))
    so_far = len(ear.of(older))
    wait(lambda: ear.ended(newer))
    assert len(ear.of(older)) == so_far < 40
    assert not ear.ended(older)


def test_a_newer_question_does_not_wait_for_a_step_of_many_runs(engine, ear, wait):
    process = engine.process_id
    rows = (Row("integrated-gradients", (("steps", 1_000_000),), "zero"),)
    older = engine.ask(messages.Explain(replace(FAST, rows=rows)))
    wait(lambda: ear.of(older, messages.RowBegun))  # its one step takes minutes
    newer = engine.ask(messages.Explain(FAST))
    wait(lambda: ear.ended(newer))
    assert [one.verdict for one in ear.of(newer, messages.RowJudged)] == ["invariant", "sensitive"]
    assert not ear.of(older, messages.RowMaps)
    assert not ear.deaths
    assert engine.process_id == process


def test_only_the_newest_of_many_questions_is_answered(engine, ear, wait):
    numbers = [engine.ask(messages.Explain(replace(FAST, shift=ShiftForm(constant=-n / 100)))) for n in range(100)]
    wait(lambda: ear.ended(numbers[-1]))
    assert {answer.number for _, answer in ear.answers} == {numbers[-1]}
    assert np.allclose(ear.of(numbers[-1], messages.Inputs)[0].shift, -0.99)


def test_what_is_cancelled_says_nothing_more_and_the_engine_is_free(engine, ear, wait):
    number = engine.ask(messages.Explain(LONG))
    wait(lambda: ear.of(number))
    engine.cancel(messages.Explain)
    so_far = len(ear.of(number))
    assert not engine.waiting(messages.Explain)
    next_one = engine.ask(messages.Open(Question()))
    wait(lambda: ear.ended(next_one))
    assert len(ear.of(number)) == so_far
    assert engine.state == "ready"


def test_a_step_that_is_under_way_is_broken_off_and_the_same_engine_answers_as_before(engine, ear, wait):
    process = engine.process_id
    question = replace(FAST, rows=(Row("integrated-gradients", (("steps", 1_000_000),), "zero"),))
    number = engine.ask(messages.Explain(question))
    wait(lambda: ear.of(number, messages.RowBegun))  # its one step takes minutes
    engine.cancel_all()
    assert engine.busy
    wait(lambda: not engine.busy)
    assert not ear.deaths
    again = engine.ask(messages.Explain(FAST))
    wait(lambda: ear.ended(again))
    assert engine.process_id == process
    assert [one.verdict for one in ear.of(again, messages.RowJudged)] == ["invariant", "sensitive"]
    assert not ear.of(number, messages.RowMaps)


def test_an_engine_that_cannot_be_broken_off_is_started_again_within_seconds(engine, ear, wait, monkeypatch):
    assert client.STOP_OBEDIENCE < 5
    monkeypatch.setattr(client, "STOP_OBEDIENCE", 0.2)
    before = engine.process_id
    engine.ask(messages.Explain(LONG))
    psutil.Process(before).suspend()
    engine.cancel_all()
    newer = engine.ask(messages.Explain(FAST))
    wait(lambda: ear.deaths)
    assert "did not stop within 0.2 s" in ear.deaths[0]
    wait(lambda: ear.ended(newer))  # what was asked since is not lost
    assert ear.of(newer, messages.RowJudged)
    assert engine.process_id != before


def test_the_engine_is_busy_from_the_question_to_its_last_answer(engine, ear, wait):
    told = []
    engine.busy_changed.connect(told.append)
    number = engine.ask(messages.Explain(FAST))
    assert engine.busy
    wait(lambda: ear.ended(number))
    wait(lambda: not engine.busy)
    engine.busy_changed.disconnect(told.append)
    assert told == [True, False]


def test_small_pictures_come_before_verdicts(engine, ear, wait):
    engine.ask(messages.Open(Question()))
    explained = engine.ask(messages.Explain(Question()))
    pictures = engine.ask(messages.Thumbnails(Question(), places=tuple(range(40))))
    wait(lambda: ear.ended(explained) and ear.ended(pictures))
    order = [type(answer) for _, answer in ear.answers]
    last_picture = len(order) - 1 - order[::-1].index(messages.Thumbs)
    assert order.index(messages.RowMaps) < order.index(messages.Thumbs)
    assert last_picture < order.index(messages.RowJudged)


def test_an_engine_that_does_not_stop_what_was_cancelled_is_started_again(engine, ear, wait, monkeypatch):
    monkeypatch.setattr("keras_invariance.gui.engine.client.OBEDIENCE", 0.2)
    before = engine.process_id
    engine.ask(messages.Fit(Question()))
    psutil.Process(before).suspend()
    engine.cancel(messages.Fit)
    wait(lambda: ear.deaths)
    assert "did not stop within 0.2 s" in ear.deaths[0]
    assert engine.process_id != before
    wait(lambda: engine.state == "ready")


def test_the_window_does_not_wait_for_an_engine_that_is_busy(engine, ear, wait):
    """A stopped process reads nothing; without a thread that sends, the first large question would wait for ever."""
    process, rescued = psutil.Process(engine.process_id), []
    rescue = threading.Timer(30.0, lambda: (rescued.append(True), process.resume()))
    rescue.start()
    process.suspend()
    beats: list[int] = []
    for n in range(10):
        drawn = Painting.of(np.full(2**20, n, np.float32))  # 4 MB
        number = engine.ask(messages.Explain(replace(FAST, shift=ShiftForm(constant=-n, aim=drawn))))
        wait(lambda: beats.append(1) or True)
    assert not ear.answers
    rescue.cancel()
    process.resume()
    wait(lambda: ear.ended(number))
    assert not rescued
    assert np.all(ear.of(number, messages.Inputs)[0].shift == -9)


def test_a_model_that_cannot_be_opened_is_told_in_words_and_the_old_one_still_answers(engine, ear, wait):
    bad = engine.ask(messages.Open(replace(FAST, model="/nowhere/model.keras")))
    wait(lambda: ear.ended(bad))
    (failed,) = ear.of(bad, messages.Failed)
    assert not failed.bug
    assert "/nowhere/model.keras" in failed.reason
    good = engine.ask(messages.Explain(FAST))
    wait(lambda: ear.ended(good))
    assert ear.of(good, messages.RowMaps)


def test_a_row_that_cannot_be_computed_is_told_and_the_others_come(engine, ear, wait):
    question = replace(FAST, rows=(Row("pattern-net", estimator="linear"), *FAST.rows))
    number = engine.ask(messages.Explain(question))
    wait(lambda: ear.ended(number))
    assert [one.row for one in ear.of(number, messages.RowMaps)] == [1, 2, 1, 2]
    assert "no linear patterns fitted to this network" in ear.of(number, messages.RowFailed)[0].reason


def test_a_bug_in_an_answer_keeps_its_traceback_and_ends_no_other(engine, ear, wait):
    number = engine.ask(messages.Sweep(FAST, strengths=("much",)))  # type: ignore[arg-type]
    wait(lambda: ear.ended(number))
    (failed,) = ear.of(number, messages.Failed)
    assert failed.bug
    assert "Error" in failed.reason
    assert "Traceback" in failed.details
    assert "studies.py" in failed.details
    good = engine.ask(messages.Explain(FAST))
    wait(lambda: ear.ended(good))


def test_patterns_are_fitted_while_explanations_overtake(engine, ear, wait):
    fit = engine.ask(messages.Fit(Question(), data="mnist/test", estimator="positive"))
    wait(lambda: [one for one in ear.of(fit, messages.Progress) if one.done])
    numbers = []
    for n in range(3):
        numbers.append(engine.ask(messages.Explain(replace(FAST, sample=n))))
        wait(lambda: ear.ended(numbers[-1]))
        assert not ear.ended(fit)
    wait(lambda: ear.ended(fit))
    (fitted,) = ear.of(fit, messages.Fitted)
    assert "positive, carried over: 10000 images" in fitted.patterns[0]
    number = engine.ask(messages.Explain(replace(FAST, rows=(Row("pattern-net"),))))
    wait(lambda: ear.ended(number))
    assert ear.of(number, messages.RowJudged)[0].verdict == "invariant"


def test_a_fit_that_is_cancelled_leaves_no_patterns(engine, ear, wait):
    fit = engine.ask(messages.Fit(Question(), data="mnist/test", estimator="linear"))
    wait(lambda: [one for one in ear.of(fit, messages.Progress) if one.done])
    engine.cancel(messages.Fit)
    number = engine.ask(messages.Explain(replace(FAST, rows=(Row("pattern-net", estimator="linear"),))))
    wait(lambda: ear.ended(number))
    assert ear.of(number, messages.RowFailed)
    assert not ear.ended(fit)


def test_while_a_slider_is_dragged_every_row_is_shown_and_the_last_place_too(engine, ear, wait):
    """Quick questions wait for each other: with each overtaking the one before, the last rows would never come."""
    question = Question(rows=tuple(Row(name) for name in ("gradient", "lrp-z", "lrp-epsilon", "guided-backprop")))
    shifts = [ShiftForm(constant=-n / 100) for n in range(200)]
    asked = iter(shifts)

    def drag():
        shift = next(asked, None)
        if shift is not None:
            engine.ask(messages.Explain(replace(question, shift=shift), quick=True))
        return shift is None and not engine.waiting(messages.Explain)

    wait(drag)
    finished = [one for one, answer in ear.answers if isinstance(answer, messages.Done)]
    assert len(finished) > 1
    assert finished[-1].question.shift == shifts[-1]
    assert all(len(ear.of(one.number, messages.RowMaps)) == 4 for one in finished)
    assert len(finished) < len(shifts)  # nothing is queued


def test_a_full_question_overtakes_a_dragged_one(engine, ear, wait):
    first = engine.ask(messages.Explain(LONG, quick=True))
    engine.ask(messages.Explain(LONG, quick=True))
    full = engine.ask(messages.Explain(FAST))
    wait(lambda: ear.ended(full))
    assert not ear.ended(first)
    assert not engine.waiting(messages.Explain)
