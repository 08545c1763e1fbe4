"""Loading: every way in gives the same network, and everything else is an error that says what to do."""

import re
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

import keras_invariance as ki
from keras_invariance.errors import InvarianceError, ModelError

SHAPE = (5, 4, 2)
CLASSES = 3
IMAGES = np.random.default_rng(0).normal(size=(4, *SHAPE)).astype(np.float32)


@keras.saving.register_keras_serializable("keras_invariance_tests")
class Subclassed(keras.Model):
    """A model with a Python `call`."""

    def __init__(self, **options):
        super().__init__(**options)
        self.convolution = layers.Conv2D(3, 2, activation="relu")
        self.flatten = layers.Flatten()
        self.top = layers.Dense(CLASSES, activation="softmax")

    def build(self, input_shape):
        self.convolution.build(input_shape)
        self.top.build((None, 4 * 3 * 3))
        self.built = True

    def call(self, image, training=False):
        del training
        return self.top(self.flatten(self.convolution(image)))


class Doubled(layers.Layer):
    """A layer of the user's own."""

    def call(self, image):
        return 2 * image


def body() -> list[layers.Layer]:
    return [layers.Conv2D(3, 2, activation="relu"), layers.BatchNormalization(), layers.Flatten()]


def sequential() -> keras.Model:
    top = layers.Dense(CLASSES, activation="softmax")
    return keras.Sequential([keras.Input(SHAPE), *body(), top], name="tiny")


def functional() -> keras.Model:
    image = keras.Input(SHAPE)
    first = layers.Conv2D(3, 3, padding="same")(image)
    joined = layers.Concatenate()([first, layers.ReLU()(first)])
    return keras.Model(image, layers.Dense(CLASSES, activation="softmax")(layers.Flatten()(joined)))


def nested() -> keras.Model:
    inner = keras.Sequential([keras.Input(SHAPE), *body()])
    image = keras.Input(SHAPE)
    return keras.Model(image, layers.Dense(CLASSES, activation="softmax")(inner(image)))


def subclassed() -> keras.Model:
    model = Subclassed()
    model.build((None, *SHAPE))
    return model


MODELS = {"sequential": sequential, "functional": functional, "nested": nested, "subclassed": subclassed}


def filled(model: keras.Model) -> keras.Model:
    """The model with random weights, none of them zero."""
    if isinstance(model, Subclassed):
        model(IMAGES)  # a subclassed model is exported only after a call
    rng = np.random.default_rng(1)
    model.set_weights(
        [rng.uniform(0.1, 0.9, w.shape) * rng.choice([-1, 1], w.shape) ** (w.ndim > 1) for w in model.get_weights()]
    )
    return model


def probabilities(network: ki.Network, images: np.ndarray = IMAGES) -> np.ndarray:
    """The network's logits put through a softmax again."""
    logits = network(images).astype(np.float64)
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)


def from_object(model, folder):
    del folder
    return ki.load_network(model)


def from_keras_file(model, folder):
    model.save(folder / "model.keras")
    return ki.load_network(folder / "model.keras")


def from_text_path(model, folder):
    model.save(folder / "model.keras")
    return ki.load_network(str(folder / "model.keras"))


def from_hdf5(model, folder):
    model.save(folder / "model.h5")
    return ki.load_network(folder / "model.h5")


def from_export(model, folder):
    model.export(folder / "exported", verbose=False)
    return ki.load_network(folder / "exported")


def from_loaded(model, folder):
    model.export(folder / "exported", verbose=False)
    return ki.load_network(tf.saved_model.load(str(folder / "exported")))


def from_function(model, folder):
    del folder
    return ki.load_network(tf.function(lambda image: model(image, training=False)), input_shape=SHAPE)


def from_signature(model, folder):
    del folder
    signature = [tf.TensorSpec((None, *SHAPE), tf.float32)]
    return ki.load_network(tf.function(lambda image: model(image, training=False), input_signature=signature))


def from_concrete(model, folder):
    del folder
    function = tf.function(lambda image: model(image, training=False))
    return ki.load_network(function.get_concrete_function(tf.TensorSpec((None, *SHAPE), tf.float32)))


WAYS = [from_object, from_keras_file, from_hdf5, from_export, from_loaded, from_function, from_signature, from_concrete]
# The subclassed model writes no HDF5 file: Keras refuses it.
PAIRS = [(kind, way) for kind in MODELS for way in WAYS if (kind, way) != ("subclassed", from_hdf5)]


@pytest.mark.parametrize(("kind", "way"), PAIRS)
def test_every_way_in_gives_the_models_logits(kind: str, way: Callable, tmp_path: Path):
    model = filled(MODELS[kind]())
    network = way(model, tmp_path)
    assert (network.input_shape, network.classes) == (SHAPE, CLASSES)
    assert (network.head.operation, network.head.removed) == ("Softmax", True)
    np.testing.assert_allclose(probabilities(network), model(IMAGES, training=False), rtol=2e-5, atol=1e-7)
    assert network(IMAGES).min() < 0  # logits, no probabilities


@pytest.mark.parametrize("kind", MODELS)
def test_a_file_has_the_models_fingerprints(kind: str, tmp_path: Path):
    model = filled(MODELS[kind]())
    network, read = ki.load_network(model), from_keras_file(model, tmp_path)
    assert read.fingerprint == network.fingerprint
    assert read.weights_fingerprint == network.weights_fingerprint
    assert from_export(model, tmp_path).weights_fingerprint == network.weights_fingerprint


def test_names_and_sources_say_where_a_network_came_from(tmp_path: Path):
    model = filled(sequential())
    assert from_object(model, tmp_path).name == "tiny"
    assert from_keras_file(model, tmp_path).name == "model"
    assert "model.keras" in from_text_path(model, tmp_path).source
    assert from_export(model, tmp_path).name == "exported"
    assert not from_concrete(model, tmp_path).name.startswith("b'")


@pytest.mark.parametrize("change", ["weight", "bias", "constant"])
def test_a_fingerprint_tells_numbers_apart(change: str):
    networks = []
    for factor in (1.0, 1.5):
        model = filled(
            keras.Sequential(
                [keras.Input((4,)), layers.Rescaling(factor if change == "constant" else 2.0), layers.Dense(3)]
            )
        )
        kernel, bias = model.get_weights()
        model.set_weights([kernel * (factor if change == "weight" else 1), bias * (factor if change == "bias" else 1)])
        networks.append(ki.load_network(model))
    assert networks[0].fingerprint != networks[1].fingerprint
    same_weights = networks[0].weights_fingerprint == networks[1].weights_fingerprint
    assert same_weights == (change != "weight")


def test_a_fingerprint_tells_wirings_apart():
    # Two branches of the same operations and numbers, subtracted one from the other and the other way round.
    def difference(order: int) -> ki.Network:
        image = keras.Input((4,))
        branches = [layers.Dense(3, activation="relu"), layers.Dense(3, activation="tanh")]
        parts = [branch(image) for branch in branches]
        return ki.load_network(filled(keras.Model(image, layers.Subtract()(parts[::order]))))

    one, other = difference(1), difference(-1)
    assert not np.allclose(one(IMAGES[:, 0, :, 0]), other(IMAGES[:, 0, :, 0]))
    assert one.fingerprint != other.fingerprint


def test_a_signature_is_chosen_by_its_name(tmp_path: Path):
    module = tf.Module()
    module.two = tf.Variable(2 * np.eye(3), dtype=tf.float32)
    specification = [tf.TensorSpec((None, 3), tf.float32)]
    module.once = tf.function(lambda image: image @ module.two, input_signature=specification)
    module.twice = tf.function(lambda image: image @ module.two @ module.two, input_signature=specification)
    tf.saved_model.save(module, str(tmp_path / "two"), signatures={"once": module.once, "twice": module.twice})
    image = np.array([[1.0, -2.0, 3.0]], np.float32)
    for name, factor in (("once", 2), ("twice", 4)):
        np.testing.assert_allclose(ki.load_network(tmp_path / "two", signature=name)(image), factor * image)
    with pytest.raises(ModelError, match=r"signature None.*'once', 'twice'.*signature="):
        ki.load_network(tmp_path / "two")


def open_model() -> keras.Model:
    convolution = [layers.Conv2D(2, 3, activation="relu"), layers.GlobalAveragePooling2D(), layers.Dense(2)]
    return filled(keras.Sequential([keras.Input((None, None, 1)), *convolution], name="open"))


@pytest.mark.parametrize("way", ["object", "export"])
def test_an_open_shape_is_filled_in(way: str, tmp_path: Path):
    model = open_model()
    model.export(tmp_path / "open", verbose=False)
    network = ki.load_network(model if way == "object" else tmp_path / "open", input_shape=(6, 5, 1))
    image = np.ones((1, 6, 5, 1), np.float32)
    assert network.input_shape == (6, 5, 1)
    np.testing.assert_allclose(network(image), model(image), rtol=1e-5)


def test_a_float64_model_is_read():
    model = filled(keras.Sequential([keras.Input((4,), dtype="float64"), layers.Dense(2, dtype="float64")]))
    image = np.array([[0.1, -0.2, 0.3, 0.4]])
    network = ki.load_network(model)
    assert network(image).dtype == np.float32
    np.testing.assert_allclose(network(image), model(image), rtol=1e-5)
    np.testing.assert_allclose(network.astype("float64")(image), model(image), rtol=1e-13)


def test_a_subclassed_model_that_was_called_states_its_shape():
    model = Subclassed()
    model(IMAGES[:1])
    assert ki.load_network(model).input_shape == SHAPE


def test_trust_lets_a_file_run_its_code(tmp_path: Path):
    model = keras.Sequential([keras.Input((4,)), layers.Lambda(lambda image: 2 * image), layers.Dense(2)])
    model.save(tmp_path / "lambda.keras")
    with pytest.raises(ModelError, match=r"lambda\.keras'.*Lambda.*trust=True"):
        ki.load_network(tmp_path / "lambda.keras")
    image = np.ones((1, 4), np.float32)
    np.testing.assert_allclose(ki.load_network(tmp_path / "lambda.keras", trust=True)(image), model(image), rtol=1e-6)


def test_custom_objects_name_the_users_classes(tmp_path: Path):
    model = keras.Sequential([keras.Input((4,)), Doubled(), layers.Dense(2)])
    model.save(tmp_path / "custom.keras")
    with pytest.raises(ModelError, match=r"custom\.keras'.*'Doubled'.*custom_objects"):
        ki.load_network(tmp_path / "custom.keras")
    image = np.ones((1, 4), np.float32)
    network = ki.load_network(tmp_path / "custom.keras", custom_objects={"Doubled": Doubled})
    np.testing.assert_allclose(network(image), model(image), rtol=1e-6)


def message(load: Callable[[], object]) -> str:
    """What a ModelError says, which is one line without anybody's traceback."""
    with pytest.raises(ModelError) as caught:
        load()
    text = str(caught.value)
    assert "\n" not in text
    assert "\x1b" not in text
    assert "Traceback" not in text
    assert 'File "' not in text
    assert len(text) < 700
    return text


@pytest.mark.parametrize(
    ("name", "content", "parts"),
    [
        ("missing.keras", None, ("missing.keras'", "does not exist", "Check the path")),
        ("text.keras", b"a line\nand another", ("text.keras' of 18 bytes", "no .keras archive", "model.save()")),
        ("empty.keras", b"", ("empty.keras' of 0 bytes", "no .keras archive", "model.save()")),
        ("empty.h5", b"", ("empty.h5'", "cannot read", "model.save()")),
        ("model.onnx", b"", ("model.onnx'", ".keras, .h5, .hdf5 or a SavedModel folder", "Save the model as .keras")),
        ("empty/note.txt", b"", ("empty'", "without a saved_model.pb", "model.export(folder)")),
        ("broken/saved_model.pb", b"no\nmodel", ("broken'", "TensorFlow cannot read", "model.export(folder)")),
    ],
)
def test_a_path_without_a_model_is_refused(name: str, content: bytes | None, parts: tuple[str, ...], tmp_path: Path):
    path = tmp_path / name
    if content is not None:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    text = message(lambda: ki.load_network(path if path.parent == tmp_path else path.parent))
    assert [part for part in parts if part not in text] == []


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_half_a_file_is_refused(suffix: str, tmp_path: Path):
    path = tmp_path / f"half{suffix}"
    sequential().save(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    text = message(lambda: ki.load_network(path))
    assert f"half{suffix}'" in text
    assert "Save it again with model.save()" in text


def test_weights_alone_are_refused(tmp_path: Path):
    sequential().save_weights(tmp_path / "only.weights.h5")
    assert "No model config" in message(lambda: ki.load_network(tmp_path / "only.weights.h5"))


def test_an_unknown_signature_is_refused(tmp_path: Path):
    sequential().export(tmp_path / "exported", verbose=False)
    text = message(lambda: ki.load_network(tmp_path / "exported", signature="other"))
    assert "signature 'other'" in text
    assert "'serving_default'" in text


def two_inputs() -> keras.Model:
    parts = [keras.Input((None, 4)), keras.Input((None, 4))]
    return keras.Model(parts, layers.Dense(2)(layers.GlobalAveragePooling1D()(layers.Add()(parts))))


def two_outputs() -> keras.Model:
    image = keras.Input((None, 4))
    mean = layers.GlobalAveragePooling1D()(image)
    return keras.Model(image, [layers.Dense(2)(mean), layers.Dense(3)(mean)])


@pytest.mark.parametrize("shape", [None, (3, 4)])
@pytest.mark.parametrize("way", ["object", "export"])
@pytest.mark.parametrize(
    ("build", "said"), [(two_inputs, r"2 inputs: '\w+' \(None, .*fixed="), (two_outputs, r"2 outputs: '\w+' .*output=")]
)
def test_several_inputs_or_outputs_are_listed(build: Callable, said: str, way: str, shape: object, tmp_path: Path):
    model = build()
    model.export(tmp_path / "exported", verbose=False)
    text = message(lambda: ki.load_network(model if way == "object" else tmp_path / "exported", input_shape=shape))
    assert re.search(said, text)


@pytest.mark.parametrize("shape", [None, (-1, 6, 1), (0, 6, 1)])
@pytest.mark.parametrize("way", ["object", "export"])
def test_an_open_shape_is_asked_for(way: str, shape: object, tmp_path: Path):
    model = open_model()
    model.export(tmp_path / "open", verbose=False)
    text = message(lambda: ki.load_network(model if way == "object" else tmp_path / "open", input_shape=shape))
    assert str((None, None, 1) if shape is None else shape) in text
    assert "input_shape=(224, 224, 3) (--input-shape 224,224,3)" in text


@pytest.mark.parametrize("way", WAYS[:-1])
def test_a_wrong_shape_is_refused(way: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    original = ki.load_network
    monkeypatch.setattr(ki, "load_network", lambda model, **_: original(model, input_shape=(7, 7, 2)))
    text = message(lambda: way(sequential(), tmp_path))
    assert "(7, 7, 2)" in text
    assert "Give the right input_shape" in text


def test_a_wrong_shape_says_which_layer_it_does_not_fit():
    text = message(lambda: ki.load_network(sequential(), input_shape=(7, 7, 2)))
    assert "expected axis -1 of input shape to have value 36" in text


@pytest.mark.parametrize("kind", ["int32", "uint8"])
def test_whole_number_inputs_are_refused(kind: str, tmp_path: Path):
    inner = [layers.Rescaling(1 / 255), layers.Flatten(), layers.Dense(2)]
    model = keras.Sequential([keras.Input((2, 2, 1), dtype=kind), *inner])
    text = message(lambda: ki.load_network(model))
    assert f"input of type {kind}" in text
    assert "dtype='float32'" in text
    model.export(tmp_path / "exported", verbose=False)
    assert f"input of type {kind}" in message(lambda: ki.load_network(tmp_path / "exported"))


def test_a_fixed_batch_is_refused():
    function = tf.function(lambda image: tf.reshape(image, (2, 4)) @ tf.ones((4, 3)))
    concrete = function.get_concrete_function(tf.TensorSpec((2, 2, 2), tf.float32))
    text = message(lambda: ki.load_network(concrete))
    assert "traced for batches of 2" in text
    assert "tf.TensorSpec((None" in text


class Noise(layers.Layer):
    """Adds TensorFlow's own random numbers, whatever `training` says."""

    def call(self, image):
        return image + tf.random.normal(tf.shape(image))


class AlwaysDropout(layers.Layer):
    """Drops values at inference too, by Keras's seeds, which live in a variable."""

    def __init__(self):
        super().__init__()
        self.dropout = layers.Dropout(0.5)

    def call(self, image):
        return self.dropout(image, training=True)


@pytest.mark.parametrize("layer", [Noise, AlwaysDropout])
def test_a_model_that_draws_random_numbers_is_refused(layer: type):
    model = keras.Sequential([keras.Input((4,)), layer(), layers.Dense(2)])
    text = message(lambda: ki.load_network(model))
    assert "draws random numbers" in text
    assert "Random" in text
    assert "training=False" in text


def test_random_layers_that_rest_at_inference_are_read():
    model = keras.Sequential([keras.Input((4,)), layers.Dropout(0.5), layers.GaussianNoise(1.0), layers.Dense(2)])
    image = np.ones((1, 4), np.float32)
    np.testing.assert_allclose(ki.load_network(model)(image), model(image), rtol=1e-6)


RECURRENT = {
    "lstm": lambda: [layers.LSTM(3)],
    "gru": lambda: [layers.GRU(3, reset_after=False)],
    "simple": lambda: [layers.SimpleRNN(3, unroll=True)],
    "cells": lambda: [layers.RNN([layers.LSTMCell(3), layers.GRUCell(2)])],
    "both ways": lambda: [layers.Bidirectional(layers.LSTM(2, return_sequences=True)), layers.GRU(3)],
    "in a model": lambda: [keras.Sequential([keras.Input((4, 3)), layers.LSTM(3)])],
}


@pytest.mark.parametrize("kind", RECURRENT)
def test_recurrent_layers_of_keras_models_are_unrolled_and_left_as_they_were(kind: str, tmp_path: Path):
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((4, 3)), *RECURRENT[kind](), layers.Dense(2)])
    before = model.to_json()
    image = np.random.default_rng(0).normal(size=(2, 4, 3)).astype(np.float32)
    network = ki.load_network(model)
    np.testing.assert_allclose(network(image), model(image), rtol=1e-5)
    assert model.to_json() == before
    with tf.GradientTape() as tape:
        x = tf.constant(image)
        tape.watch(x)
        logit = model(x)[:, 1]
    np.testing.assert_allclose(ki.explain(network, image, "gradient", 1), tape.gradient(logit, x), atol=1e-6)
    model.save(tmp_path / "recurrent.keras")
    np.testing.assert_allclose(ki.load_network(tmp_path / "recurrent.keras")(image), model(image), rtol=1e-5)


def test_a_loop_that_a_saved_model_brings_is_refused_with_its_remedy(tmp_path: Path):
    model = keras.Sequential([keras.Input((4, 3)), layers.LSTM(2), layers.Dense(2)])
    model.export(tmp_path / "saved", verbose=False)
    assert "unroll=True" in message(lambda: ki.load_network(tmp_path / "saved"))


def test_a_function_of_nothing_is_refused():
    constant = tf.function(lambda image: tf.ones((tf.shape(image)[0], 2)))
    text = message(lambda: ki.load_network(constant, input_shape=(3,)))
    assert "does not depend on its input" in text
    assert "another output" in text


def test_functions_that_take_something_else_are_refused():
    image = tf.TensorSpec((None, 4), tf.float32)
    two = tf.function(lambda first, second: first + second, input_signature=[image, image])
    assert "2 inputs: 'first' (None, 4) float32, 'second'" in message(lambda: ki.load_network(two))
    alone = tf.function(lambda first, second: first + second)
    assert "does not accept images of shape (4,)" in message(lambda: ki.load_network(alone, input_shape=(4,)))
    whole = tf.function(lambda first: tf.cast(first, tf.float32), input_signature=[tf.TensorSpec((None, 4), tf.uint8)])
    assert "float32" in message(lambda: ki.load_network(whole))


def test_a_function_without_a_shape_is_asked_for_one():
    function = tf.function(lambda image: image @ tf.ones((4, 2)))
    assert "Give the shape of one" in message(lambda: ki.load_network(function))


@pytest.mark.parametrize("thing", [3, None, np.ones(3), layers.Dense(2), lambda image: image])
def test_other_things_are_refused(thing: object):
    text = message(lambda: ki.load_network(thing))
    assert text.startswith(f"a {type(thing).__name__}; expected a path, a keras.Model")


def test_a_model_without_a_shape_is_asked_for_one():
    model = Subclassed(name="unbuilt")
    text = message(lambda: ki.load_network(model))
    assert "model 'unbuilt', which states no input shape" in text
    assert ki.load_network(Subclassed(), input_shape=SHAPE).classes == CLASSES


def test_another_backend_is_refused(monkeypatch: pytest.MonkeyPatch):
    model = sequential()
    monkeypatch.setattr(keras.backend, "backend", lambda: "jax")
    text = message(lambda: ki.load_network(model))
    assert "the Keras backend 'jax'; expected 'tensorflow'. Set KERAS_BACKEND=tensorflow" in text


def test_model_errors_are_deliberate_errors():
    assert issubclass(ModelError, InvarianceError)
