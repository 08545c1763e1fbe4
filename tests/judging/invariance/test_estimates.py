"""Estimates: what may take long is timed on a few images before an audit begins, and counts what is left."""

# ruff: noqa: ARG001  explainers are given what these do not look at
from time import sleep

import numpy as np
import pytest

from keras_invariance.judging.invariance import Estimate, Result, audit
from keras_invariance.judging.invariance.estimates import BATCH, slow_questions, spelled_time
from keras_invariance.judging.invariance.questions import Question
from keras_invariance.methods.catalogue import BUILT_IN

PER_IMAGE = 0.02


def sleepy(network, images, targets):
    sleep(PER_IMAGE * len(images))
    return np.ones_like(images)


def broken(network, images, targets):
    raise LookupError("no luck today")


def estimated(steps) -> dict[str, float]:
    return {step.method.rpartition(":")[2]: step.seconds for step in steps if isinstance(step, Estimate)}


def test_a_slow_method_is_timed_for_all_its_questions_and_the_others_are_not(small, few, tmp_path):
    asked = {"shifts": ["constant:-1", "checkerboard:2"], "methods": ["gradient", sleepy], "shard": 8}
    found = estimated(audit(small, few, tmp_path / "a", **asked))
    # 2 shifts x 2 networks x (16 images, 6 of them twice as long in float64) x 0.02 s is 2.24 s at least.
    assert found.keys() == {"sleepy"}
    assert found["sleepy"] >= 2 * 2 * (16 + 2 * 6) * PER_IMAGE


def test_the_estimate_comes_before_the_work_and_a_finished_audit_needs_none(small, few, tmp_path):
    asked = {"shifts": ["constant:-1"], "methods": [sleepy], "shard": 8}
    steps = list(audit(small, few, tmp_path / "a", **asked))
    names = [step.name for step in steps if not isinstance(step, Result)]
    assert names.index("Timing slow methods") < names.index("Screening in float32")
    assert not estimated(audit(small, few, tmp_path / "a", **asked))


def test_a_resumed_audit_is_timed_for_what_is_left(small, few, tmp_path):
    asked = {"shifts": ["constant:-1"], "methods": [sleepy], "shard": 8}
    whole = estimated(audit(small, few, tmp_path / "a", **asked))["sleepy"]
    (tmp_path / "a" / "shards" / "00000008.parquet").unlink()
    rest = estimated(audit(small, few, tmp_path / "a", **asked))["sleepy"]
    assert rest < whole  # 8 + 12 images for 16 + 12


def test_a_method_that_fails_has_no_estimate(small, few, tmp_path):
    steps = list(audit(small, few, tmp_path / "a", shifts=["constant:-1"], methods=[broken, "gradient"]))
    assert not estimated(steps)
    assert [step.verdict for step in steps if isinstance(step, Result)] == ["failed", "invariant"]


def test_one_image_is_enough(small, few, tmp_path):
    assert BATCH > 1
    assert estimated(audit(small, few[:1], tmp_path / "a", shifts=["constant:-1"], methods=[sleepy]))


def test_slow_methods_of_the_catalogue_are_timed():
    asked = [Question("constant:1", name) for name in BUILT_IN]
    assert "score-cam" in slow_questions(asked)
    assert "gradient" not in slow_questions(asked)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.2, "about 1 s"), (89, "about 89 s"), (100, "about 2 min"), (3000, "about 50 min"), (9000, "about 2.5 h")],
)
def test_a_length_of_time_is_said_as_one_says_it(seconds: float, said: str):
    assert spelled_time(seconds) == said


def greedy(network, images, targets):
    if len(images) > 1:
        raise MemoryError
    return np.ones_like(images)


def test_a_method_that_wants_too_much_memory_is_timed_on_fewer_images_at_a_time(small, few, tmp_path):
    steps = list(audit(small, few, tmp_path / "a", shifts=["constant:-1"], methods=[greedy]))
    assert estimated(steps).keys() == {"greedy"}
    assert steps[-1].verdict == "invariant"
