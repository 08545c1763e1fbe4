"""The callback: what it measures during a real training, what others see of it, and what it leaves alone."""

import csv
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

import keras_invariance as ki
from keras_invariance.comparison.verdicts import judge
from keras_invariance.errors import ImageError, MethodError, ModelError, OutputError, ShiftError
from keras_invariance.integrations import keras_callback as module
from keras_invariance.integrations.keras_callback import InvarianceCallback
from keras_invariance.integrations.tensorboard import Moment, maps_png, pairs
from keras_invariance.methods.single_pass import SinglePass
from keras_invariance.models import path

METHODS = ("gradient", "gradient-times-input")
GRADIENT, PRODUCT = (f"relative_l2/{method}/constant:-1" for method in METHODS)
IMAGES = 6


def digits(count: int) -> tuple[np.ndarray, np.ndarray]:
    data = ki.datasets.load(f"mnist/train[:{count}]")
    return data.images, np.asarray(data.labels)


def fit(model: keras.Model, *callbacks: keras.callbacks.Callback, epochs: int = 2) -> keras.callbacks.History:
    """Train on 64 digits, always in the same order."""
    keras.utils.set_random_seed(0)
    x, y = digits(64)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(0.05), loss, metrics=["accuracy"], jit_compile=False)
    return model.fit(x, y, batch_size=32, epochs=epochs, verbose=0, callbacks=list(callbacks))


def small() -> keras.Model:
    """A network with what behaves otherwise in training: dropout and batch norm."""
    keras.utils.set_random_seed(1)
    layers = keras.layers
    return keras.Sequential(
        [
            layers.Input((28, 28, 1)),
            layers.Conv2D(4, 5, strides=3, activation="relu"),
            layers.BatchNormalization(),
            layers.Flatten(),
            layers.Dropout(0.3),
            layers.Dense(10),
        ]
    )


def audit(**changed: object) -> InvarianceCallback:
    return InvarianceCallback(digits(IMAGES)[0], **{"methods": METHODS, **changed})


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[InvarianceCallback, keras.callbacks.History, Path]:
    """The paper's network trained for three epochs and audited at the end of the second."""
    folder = tmp_path_factory.mktemp("training")
    model = keras.models.load_model(path("mnist_mlp"))
    callback = audit(every=2, log_dir=folder / "logs")
    history = fit(model, callback, keras.callbacks.CSVLogger(folder / "log.csv"), epochs=3)
    return callback, history, folder


@pytest.fixture(scope="module")
def events(trained: tuple[InvarianceCallback, keras.callbacks.History, Path]) -> EventAccumulator:
    accumulator = EventAccumulator(str(trained[2] / "logs"), size_guidance={"images": 0, "tensors": 0})
    accumulator.Reload()
    return accumulator


def tensor(events: EventAccumulator, tag: str) -> tuple[int, np.ndarray]:
    (event,) = events.Tensors(tag)
    return event.step, tf.make_ndarray(event.tensor_proto)


def test_history_has_the_scores_of_the_epochs_that_were_audited(trained):
    history = trained[1].history
    assert np.isnan(history[PRODUCT]).tolist() == [True, False, True]
    assert history[GRADIENT][1] < 1e-5
    assert history[PRODUCT][1] > 1
    assert history["violations/gradient/constant:-1"][1] == 0
    assert history["violations/gradient-times-input/constant:-1"][1] == 1


def test_a_logger_behind_it_writes_them(trained):
    with (trained[2] / "log.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row[PRODUCT] for row in rows] == [str(value) for value in trained[1].history[PRODUCT]]


def test_findings_have_the_verdicts(trained):
    assert {epoch: [one.verdict for one in found] for epoch, found in trained[0].findings.items()} == {
        1: ["invariant", "sensitive"]
    }


def test_tensorboard_reads_the_scores(trained, events: EventAccumulator):
    for name in (GRADIENT, PRODUCT):
        step, value = tensor(events, name)
        assert step == 1
        assert value == pytest.approx(trained[1].history[name][1])


def test_tensorboard_reads_the_verdicts(events: EventAccumulator):
    step, text = tensor(events, "verdicts")
    assert step == 1
    assert "| gradient-times-input | constant:-1 | sensitive |" in text.item().decode()


def test_tensorboard_reads_the_maps(events: EventAccumulator):
    step, image = tensor(events, "maps/constant:-1")
    pixels = tf.io.decode_png(image[2]).numpy()
    assert step == 1
    assert pixels.shape == (int(image[1]), int(image[0]), 3)
    coloured = np.ptp(pixels.astype(int), axis=-1).max(axis=1) > 60  # red and blue, against grey
    assert coloured.sum() > 4 * 50  # four rows of maps


@pytest.fixture(scope="module")
def two_epochs() -> tuple[keras.Model, InvarianceCallback, dict[str, list[float]]]:
    """A small network, audited after both of its epochs."""
    model, callback = small(), audit()
    return model, callback, fit(model, callback).history


def test_what_it_measures_is_what_the_trained_model_shows(two_epochs):
    model, callback, history = two_epochs
    network, shift = ki.load_network(model), ki.shifts.constant(-1.0)
    for method, finding in zip(METHODS, callback.findings[1], strict=True):
        anew = judge(network, ki.shifted_twin(network, shift), digits(IMAGES)[0], shift, method)
        assert (finding.method, finding.verdict) == (method, anew.verdict)
        np.testing.assert_allclose(finding.scores.relative_l2, anew.scores.relative_l2, atol=1e-5)
        assert history[f"relative_l2/{method}/constant:-1"][1] == np.median(finding.scores.relative_l2)


def test_each_audit_sees_the_weights_of_its_epoch(two_epochs):
    first, second = (two_epochs[1].findings[epoch][1].scores.relative_l2 for epoch in (0, 1))
    assert np.abs(first - second).max() > 1e-4


def test_the_model_is_trained_as_it_would_be_without(two_epochs):
    alone = small()
    fit(alone)
    for one, other in zip(alone.get_weights(), two_epochs[0].get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_early_stopping_can_wait_for_a_score_from_functions_that_are_traced_once(monkeypatch: pytest.MonkeyPatch):
    traced = []
    original = SinglePass.traced
    monkeypatch.setattr(SinglePass, "traced", lambda self, *given: traced.append(self) or original(self, *given))
    stopping = keras.callbacks.EarlyStopping(monitor="violations/gradient/constant:-1", mode="max", patience=1)
    model, callback = small(), audit(methods=("gradient",))
    history = fit(model, callback, stopping, epochs=5)
    assert len(history.epoch) == 2  # the share is 0, and never exceeds the first
    assert len(traced) == 2  # in float32 and in float64
    fit(model, callback, epochs=1)
    assert len(traced) == 2


def test_without_float64_there_are_differences_and_no_verdicts(two_epochs):
    callback = audit(confirm=False)
    history = fit(small(), callback).history
    assert callback.findings == {}
    assert np.isnan(history["violations/gradient/constant:-1"]).all()
    np.testing.assert_allclose(history[PRODUCT], two_epochs[2][PRODUCT], atol=1e-6)


def test_options_and_shifts_change_what_is_measured():
    shifts = "constant:-1", ki.shifts.constant(0.5)
    names = [f"relative_l2/lrp-epsilon/constant:{m}" for m in ("-1", "0.5")]
    asked = {"methods": ("lrp-epsilon",), "shifts": shifts, "confirm": False}
    plain = fit(small(), audit(**asked), epochs=1).history
    wide = fit(small(), audit(**asked, options={"lrp-epsilon.epsilon": 1.0}), epochs=1).history
    assert plain[names[0]] != plain[names[1]]
    assert plain[names[0]][0] != pytest.approx(wide[names[0]][0], rel=1e-4)


def test_signals_have_scores_and_no_pictures(tmp_path: Path):
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.layers.Input((5,)), keras.layers.Dense(4, "relu"), keras.layers.Dense(2)])
    model.compile("sgd", "mse", jit_compile=False)
    x = np.random.default_rng(0).normal(size=(8, 5)).astype(np.float32)
    callback = InvarianceCallback(x, methods=("gradient",), log_dir=tmp_path)
    model.fit(x, np.zeros((8, 2)), verbose=0, callbacks=[callback])
    accumulator = EventAccumulator(str(tmp_path))
    accumulator.Reload()
    assert set(accumulator.Tags()["tensors"]) == {GRADIENT, "violations/gradient/constant:-1", "verdicts"}


class Subclassed(keras.Model):
    """A model that states no input shape, and has two outputs."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden, self.first, self.second = (keras.layers.Dense(size) for size in (6, 3, 4))

    def call(self, x):
        h = keras.ops.relu(self.hidden(x))
        return {"first": self.first(h), "second": self.second(h)}


def test_a_subclassed_model_is_read_as_it_is_told():
    keras.utils.set_random_seed(0)
    model = Subclassed()
    model.compile("sgd", {"first": "mse", "second": "mse"}, jit_compile=False)
    x = np.random.default_rng(0).normal(size=(8, 5)).astype(np.float32)
    y = {"first": np.zeros((8, 3)), "second": np.ones((8, 4))}
    callback = InvarianceCallback(x, methods=("gradient",), reading={"output": "second"})
    model.fit(x, y, epochs=2, verbose=0, callbacks=[callback])
    np.testing.assert_array_equal(callback.findings[1][0].targets, model(x)["second"].numpy().argmax(axis=1))
    with pytest.raises(ModelError, match=r"'first'.*'second'"):
        model.fit(x, y, verbose=0, callbacks=[InvarianceCallback(x)])


def test_the_picture_shows_both_networks_maps_with_the_verdict():
    network, shift, images = ki.load_network(path("mnist_mlp")), ki.shifts.constant(-1.0), digits(IMAGES)[0]
    twin = ki.shifted_twin(network, shift)
    method, told = "lrp-epsilon", {"epsilon": 0.1}
    moment = Moment(network, twin, images, network.targets(images), shift)
    inputs, panel = pairs(moment, {method: told}, {(method, "constant:-1"): "sensitive"})
    shown, targets = images[:4], network.targets(images[:4])
    maps = [ki.explain(network, shown, method, **told), ki.explain(twin, shown - 1, method, targets, **told)]
    for column, wanted in zip((*inputs.columns, *panel.columns), (shown, shown - 1, *maps), strict=True):
        np.testing.assert_allclose(column.values, wanted, atol=1e-5)
    assert (panel.title, panel.badge, panel.tone) == (method, "sensitive", "bad")
    assert len(maps_png(moment, {method: told}, {})) > 10_000


@pytest.mark.parametrize(
    ("changed", "error", "told"),
    [
        ({"methods": ("gradients",)}, MethodError, "'gradients'.*Check the spelling"),
        ({"methods": ("pattern-net",)}, MethodError, "pattern-net during a training.*fit_patterns"),
        ({"options": {"smoothgrad.sigma": 1}}, MethodError, "'smoothgrad.sigma'.*Correct its name"),
        ({"every": 0}, MethodError, "every = 0.*at least 1"),
        ({"shifts": ("sideways:1",)}, ShiftError, "sideways"),
    ],
)
def test_a_mistake_is_told_before_the_training(changed: dict, error: type[Exception], told: str):
    with pytest.raises(error, match=told):
        audit(**changed)


def test_what_does_not_fit_the_model_is_told_before_the_first_epoch():
    for images, told in ((np.zeros((2, 5), np.float32), r"\(2, 5\)"), (digits(1)[0][:0], "no images")):
        with pytest.raises(ImageError, match=told):
            fit(small(), InvarianceCallback(images))
    with pytest.raises(MethodError, match="no low for deep-taylor-bounded"):
        fit(small(), audit(methods=("deep-taylor-bounded",)))


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path):
    (tmp_path / "logs").touch()
    with pytest.raises(OutputError, match="logs"):
        audit(log_dir=tmp_path / "logs")


def test_tensorboard_is_asked_for_where_it_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(module, "find_spec", lambda _: None)
    with pytest.raises(OutputError, match=r"without the package tensorboard.*pip install"):
        audit(log_dir=tmp_path)
    assert audit().findings == {}


def test_the_logits_to_explain_may_be_named():
    model = small()
    own, named = audit(confirm=True), audit(targets=[1, 2, 3, 4, 5, 6])
    fit(model, own, named, epochs=1)
    assert [one.targets.tolist() for one in named.findings[0]] == [[1, 2, 3, 4, 5, 6]] * 2
    assert own.findings[0][1].scores.relative_l2.tolist() != named.findings[0][1].scores.relative_l2.tolist()
    with pytest.raises(ImageError, match="targets 10"):
        fit(small(), audit(targets=10), epochs=1)


def test_a_strangers_mistake_is_told_and_the_training_goes_on():
    def unlucky(network, images, targets):  # noqa: ARG001
        raise LookupError("no luck today")

    ki.register("unlucky", unlucky, law="sensitivity")
    callback = InvarianceCallback(digits(4)[0], methods=["gradient", "unlucky"])
    with pytest.warns(RuntimeWarning, match="epoch 0: unlucky: it raised LookupError: no luck today"):
        history = fit(small(), callback, epochs=1)
    assert np.isnan(history.history["violations/unlucky/constant:-1"][0])
    assert history.history["violations/gradient/constant:-1"] == [0.0]
