"""Patterns in audits: every estimator carried over and refitted, exact refits, and what stops them."""

import json

import numpy as np
import pyarrow.parquet as pq
import pytest

import keras_invariance as ki
from keras_invariance.datasets import as_dataset
from keras_invariance.errors import AuditError, PatternError
from keras_invariance.judging.invariance import Question, audit
from keras_invariance.judging.invariance.plan import planned
from keras_invariance.judging.invariance.subject import Subject
from tests.judging.invariance.conftest import verdicts

METHODS = ("pattern-net", "pattern-attribution")


@pytest.fixture(scope="module")
def training():
    return as_dataset(np.random.default_rng(1).random((200, 6, 6, 1), np.float32))


def asked(small, few, training, out, **changed):
    told = {"shifts": ["constant:-1"], "methods": METHODS, "patterns_data": training, **changed}
    return list(audit(small, few, out, **told))


def test_only_the_published_estimator_does_not_survive_a_refit(small, few, training, tmp_path):
    found = verdicts(asked(small, few, training, tmp_path / "a"))
    assert len(found) == 2 * 3 * 2
    sensitive = {name for (_, name), verdict in found.items() if verdict == "sensitive"}
    assert sensitive == {f"{method} (published, refitted)" for method in METHODS}
    assert set(found.values()) == {"invariant", "sensitive"}
    rows = pq.read_table(tmp_path / "a" / "findings.parquet").to_pylist()
    assert {(row["estimator"], row["fit"]) for row in rows} == {
        (estimator, fit) for estimator in ("published", "positive", "linear") for fit in ("carried over", "refitted")
    }
    page = (tmp_path / "a" / "report.html").read_text("utf-8")
    assert "The formula as printed" in page
    assert "200 images of" in page


def test_centred_by_the_mean_image_all_survive(small, few, training, tmp_path):
    found = verdicts(asked(small, few, training, tmp_path / "a", estimators=["published"], centre="image"))
    assert set(found.values()) == {"invariant"}


def test_refitted_patterns_differ_by_the_estimator_and_not_by_rounding(small, few, training):
    shift = "constant:0.3"  # a sum with it is rounded in float32
    plan = planned(small, few, [shift], METHODS, options={}, seed=0, shard=8, patterns_data=training)
    subject = Subject(plan, small, training)
    for own, moved in zip(subject.patterns("positive").arrays, subject.patterns("positive", shift).arrays, strict=True):
        assert np.abs(own - moved).max() < 1e-12 * np.abs(own).max()
    first = zip(subject.patterns("published").arrays, subject.patterns("published", shift).arrays, strict=True)
    assert max(np.abs(own - moved).max() for own, moved in first) > 0.01


def test_both_networks_read_by_the_patterns_that_the_question_names(small, few, training):
    plan = planned(small, few, ["constant:-1"], METHODS, options={}, seed=0, shard=8, patterns_data=training)
    subject = Subject(plan, small, training)
    places, targets = np.arange(16), small.targets(few.images)
    (portion,) = subject.portions("constant:-1", few.images, places, targets)
    for fit, shift in (("carried over", ""), ("refitted", "constant:-1")):
        question = Question("constant:-1", "pattern-net", "", "positive", fit)
        first, second = subject.pair(question, portion).options
        assert first["patterns"] is subject.patterns("positive")
        assert second["patterns"] is subject.patterns("positive", shift)


def test_without_training_data_they_are_not_asked_and_it_is_said_how(small, few, tmp_path):
    steps = audit(small, few, tmp_path / "a", shifts=["constant:-1"], methods=["gradient", "pattern-net"])
    assert verdicts(steps) == {("constant:-1", "gradient"): "invariant"}
    plan = json.loads((tmp_path / "a" / "audit.json").read_text("utf-8"))["plan"]
    assert "--patterns-data" in plan["not_run"]["pattern-net"]
    assert plan["patterns"] is None


def test_a_network_without_rules_for_them_is_not_asked(few, training):
    import keras

    layers = [keras.Input((6, 6, 1)), keras.layers.Flatten(), keras.layers.Lambda(lambda x: x[:, ::-1] ** 3)]
    network = ki.load_network(keras.Sequential([*layers, keras.layers.Dense(2)]))
    plan = planned(network, few, ["constant:1"], METHODS, options={}, seed=0, shard=8, patterns_data=training)
    assert not plan.questions
    assert "Pow" in plan.not_run["pattern-net"]


@pytest.mark.parametrize(
    ("changed", "error", "said"),
    [
        ({"estimators": ["average"]}, PatternError, "'average'.*published"),
        ({"estimators": []}, PatternError, "no estimator"),
        ({"centre": "middle"}, PatternError, "'middle'.*neuron"),
        ({"patterns_data": np.zeros((3, 5, 5, 1), np.float32)}, AuditError, r"\(5, 5, 1\)"),
    ],
)
def test_a_wrong_fit_is_refused(small, few, training, changed, error, said, tmp_path):
    with pytest.raises(error, match=said):
        asked(small, few, training, tmp_path / "a", **changed)
    assert not (tmp_path / "a").exists()


def test_training_data_that_changed_are_noticed(small, few, training):
    plan = planned(small, few, ["constant:-1"], METHODS, options={}, seed=0, shard=8, patterns_data=training)
    with pytest.raises(AuditError, match="not what it was"):
        Subject(plan, small, as_dataset(training.images + 1)).patterns("linear")
