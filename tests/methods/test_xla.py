"""XLA: the same maps to rounding, a trial that is remembered, and TensorFlow where XLA cannot."""

import json
import logging

import keras
import numpy as np
import platformdirs
import pytest
import tensorflow as tf
from keras import layers

import keras_invariance as ki
from keras_invariance.methods import xla
from keras_invariance.methods.xla import Choice
from tests.networks import case
from tests.networks.case import fill
from tests.oracle.agreement import distance


@pytest.mark.parametrize("name", ["mlp", "cnn"])
@pytest.mark.parametrize(
    ("method", "options"),
    [("gradient", {}), ("lrp-epsilon", {}), ("lrp-alpha2-beta1", {}), ("integrated-gradients", {"steps": 4})],
)
def test_maps_by_xla_are_those_by_tensorflow(network, name, method, options):
    images, targets = case(name).images, case(name).targets
    analyzers = [ki.analyzer(network(name), method, xla=choice, **options) for choice in ("never", "always")]
    assert [analyzer.request.xla for analyzer in analyzers] == [False, True]
    plain, compiled = (analyzer(images, targets) for analyzer in analyzers)
    assert distance(compiled, plain.astype(np.float64)) < 1e-5


def test_smoothgrads_base_is_compiled_too(network):
    images, options = case("mlp").images, {"samples": 3, "sigma": 0.5, "base": "lrp-epsilon"}
    plain, compiled = (ki.analyzer(network("mlp"), "smoothgrad", xla=xla, **options) for xla in ("never", "always"))
    assert compiled.base.request.xla
    assert distance(compiled(images, 0), plain(images, 0).astype(np.float64)) < 1e-5


def tiny() -> ki.Network:
    """Always the same network, in a new object."""
    model = keras.Sequential([keras.Input((4,)), layers.Dense(3, activation="relu"), layers.Dense(2)])
    fill(model, 1)
    return ki.load_network(model)


def records() -> list:
    return sorted((platformdirs.user_cache_path("keras_invariance") / "xla").glob("*"))


def test_a_trial_is_written_down_and_not_run_again(monkeypatch):
    first = ki.analyzer(tiny(), "gradient", xla="measure")
    (record,) = records()
    content = json.loads(record.read_text())
    assert content["plain"] > 0
    assert content["xla"] > 0
    assert first.request.xla == (content["xla"] < content["plain"])

    def again(*_: object) -> Choice:
        raise AssertionError("a second trial")

    monkeypatch.setattr(xla, "trial", again)
    stamp = record.stat().st_mtime_ns
    assert ki.analyzer(tiny(), "gradient", xla="measure").request.xla == first.request.xla
    assert records() == [record]
    assert record.stat().st_mtime_ns == stamp


@pytest.mark.parametrize(("plain", "compiled", "taken"), [(1.0, 2.0, False), (2.0, 1.0, True), (1.0, None, False)])
def test_what_was_measured_decides(monkeypatch, plain, compiled, taken):
    monkeypatch.setattr(xla, "trial", lambda *_: Choice(plain, compiled, "because"))
    assert ki.analyzer(tiny(), "gradient", xla="measure").request.xla == taken
    assert json.loads(records()[0].read_text()) == {"plain": plain, "xla": compiled, "reason": "because"}


def test_other_questions_are_tried_for_themselves(monkeypatch):
    tried = []
    monkeypatch.setattr(xla, "trial", lambda _, request: tried.append(request.method) or Choice(1.0, 2.0))
    ki.analyzer(tiny(), "gradient", xla="measure")
    ki.analyzer(tiny(), "lrp-epsilon", xla="measure")
    ki.analyzer(tiny(), "lrp-epsilon", xla="measure", epsilon=1.0)
    ki.analyzer(ki.shifted_twin(tiny(), 1.0), "gradient", xla="measure")
    ki.analyzer(tiny(), "gradient", xla="measure", dtype="float64")
    assert len(tried) == len(records()) == 5


@pytest.mark.parametrize("damage", ["", "{", "null", "[1, 2]", '{"plain": 1.0}', '{"fast": true}'])
def test_a_damaged_record_is_measured_again(monkeypatch, damage):
    monkeypatch.setattr(xla, "trial", lambda *_: Choice(2.0, 1.0))
    ki.analyzer(tiny(), "gradient", xla="measure")
    (record,) = records()
    record.write_text(damage)
    assert ki.analyzer(tiny(), "gradient", xla="measure").request.xla
    assert json.loads(record.read_text())["xla"] == 1.0


def test_without_a_cache_folder_it_is_measured_each_time(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    monkeypatch.setattr(xla, "trial", lambda *_: Choice(2.0, 1.0))
    assert ki.analyzer(tiny(), "gradient", xla="measure").request.xla


def spelled() -> ki.Network:
    """A network that writes numbers as text and reads them again, which XLA cannot do."""
    kernel = tf.constant(np.random.default_rng(0).normal(size=(4, 3)), tf.float32)

    def logits(x: tf.Tensor) -> tf.Tensor:
        hidden = tf.nn.relu(x @ kernel)
        return hidden * tf.strings.to_number(tf.strings.as_string(tf.stop_gradient(hidden)))

    return ki.load_network(
        tf.function(logits, autograph=False).get_concrete_function(tf.TensorSpec((None, 4), tf.float32))
    )


def test_what_xla_cannot_compile_runs_without_it_and_that_is_said(caplog):
    network, images = spelled(), np.random.default_rng(1).normal(size=(3, 4)).astype(np.float32)
    with caplog.at_level(logging.WARNING):
        analyzer = ki.analyzer(network, "gradient", xla="always")
    assert not analyzer.request.xla
    assert "runs without XLA" in caplog.text
    assert "AsString" in caplog.text
    np.testing.assert_array_equal(analyzer(images, 0), ki.explain(network, images, "gradient", 0))


def test_a_trial_that_xla_fails_is_remembered_with_the_reason():
    analyzer = ki.analyzer(spelled(), "gradient", xla="measure")
    assert not analyzer.request.xla
    choice = Choice(**json.loads(records()[0].read_text()))
    assert choice.xla is None
    assert not choice.faster
    assert "AsString" in str(choice)


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        (Choice(0.002, 0.001), "XLA: 2.0 ms by TensorFlow, 1.0 ms by XLA"),
        (Choice(0.001, 0.002), "TensorFlow: 1.0 ms by TensorFlow, 2.0 ms by XLA"),
        (Choice(0.001, None, "no kernel"), "TensorFlow: XLA cannot compile this (no kernel)"),
    ],
)
def test_a_choice_is_shown_in_words(choice, words):
    assert str(choice) == words
