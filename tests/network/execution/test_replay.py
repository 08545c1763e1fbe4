"""Replay: a network computes what its model does, in either floating-point type, and is a snapshot of it."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

import keras_invariance as ki
from tests.networks import CASES, case
from tests.oracle.agreement import distance

RNG = np.random.default_rng(0)
EPSILON = 2.0**-10  # the same number in float32 and float64; 0.001 is not, and moves a map by 1e-9
IMAGES = RNG.normal(size=(5, 8, 7, 2)).astype(np.float32)


def model_in(dtype: str) -> keras.Model:
    """Convolutions, batch norm, Mish, residual, layer norm, dense layers; all layers compute in one type."""
    image = keras.Input((8, 7, 2), dtype=dtype)
    first = layers.Conv2D(4, 3, padding="same", use_bias=False, dtype=dtype)(image)
    normed = layers.Activation("mish", dtype=dtype)(layers.BatchNormalization(epsilon=EPSILON, dtype=dtype)(first))
    second = layers.DepthwiseConv2D(3, padding="same", activation="silu", dtype=dtype)(normed)
    joined = layers.Add(dtype=dtype)([normed, second])
    pooled = layers.Conv2D(2, 2, strides=2, dtype=dtype)(
        layers.LayerNormalization(epsilon=EPSILON, dtype=dtype)(joined)
    )
    top = layers.Dense(3, activation="softmax", dtype=dtype)(layers.Flatten(dtype=dtype)(pooled))
    return keras.Model(image, top)


@pytest.fixture(scope="module")
def pair() -> tuple[keras.Model, keras.Model]:
    """The same model in float32 and in float64, with the same weights."""
    keras.utils.set_random_seed(0)
    single, double = model_in("float32"), model_in("float64")
    rng = np.random.default_rng(3)
    weights = [rng.uniform(0.2, 1, w.shape).astype(np.float32) if w.ndim == 1 else w for w in single.get_weights()]
    single.set_weights(weights)
    double.set_weights(weights)
    return single, double


def logits_and_gradient(model: keras.Model, images: np.ndarray, targets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """By Keras: the logits before the model's softmax, if there is one, and the gradient of the targets' logits."""
    last = model.layers[-1]
    bare = keras.Model(model.input, last.input)
    x = tf.constant(images)
    with tf.GradientTape() as tape:
        tape.watch(x)
        logits = tf.matmul(bare(x, training=False), last.kernel) + last.bias
        chosen = tf.gather(logits, targets, batch_dims=1)
    return logits.numpy(), tape.gradient(chosen, x).numpy()


def test_float32_equals_keras(pair):
    targets = np.array([0, 1, 2, 0, 1])
    network = ki.load_network(pair[0])
    logits, gradient = logits_and_gradient(pair[0], IMAGES, targets)
    assert network(IMAGES).dtype == np.float32
    assert distance(network(IMAGES), logits.astype(np.float64)) < 1e-6
    assert distance(ki.explain(network, IMAGES, "gradient", targets), gradient.astype(np.float64)) < 2e-6


def test_float64_equals_a_float64_model(pair):
    targets = np.array([0, 1, 2, 0, 1])
    network = ki.load_network(pair[0])
    logits, gradient = logits_and_gradient(pair[1], IMAGES.astype(np.float64), targets)
    double = network.astype("float64")
    assert double(IMAGES).dtype == gradient.dtype == np.float64
    assert distance(double(IMAGES), logits) < 1e-12
    assert distance(ki.analyzer(network, "gradient", dtype="float64")(IMAGES, targets), gradient) < 1e-12


def test_float64_reads_images_in_float64(pair):
    network = ki.load_network(pair[0])
    moved = IMAGES.astype(np.float64) * (1 + 1e-12)
    assert not np.array_equal(network.astype("float64")(moved), network.astype("float64")(IMAGES))
    assert np.array_equal(network(moved), network(IMAGES))


def test_astype_leaves_the_network_as_it_was(pair):
    network = ki.load_network(pair[0])
    assert network.astype("float32") is network
    assert network.astype("float64").fingerprint == network.fingerprint
    assert network.dtype == "float32"


@pytest.mark.parametrize("name", CASES)
def test_every_kind_of_network_equals_its_model(network, name):
    # The models of these cases end in a dense layer without a head, so that their outputs are the logits.
    images, targets = case(name).images, case(name).targets
    x = tf.constant(images)
    with tf.GradientTape() as tape:
        tape.watch(x)
        logits = case(name).model(x, training=False)
        chosen = tf.gather(logits, targets, batch_dims=1)
    assert distance(network(name)(images), logits.numpy()) < 3e-6
    assert distance(ki.explain(network(name), images, "gradient", targets), tape.gradient(chosen, x).numpy()) < 3e-6


@pytest.mark.parametrize("size", [1, 2, 4, 5, 100])
def test_the_batch_size_changes_nothing(pair, size: int):
    network = ki.load_network(pair[0])
    np.testing.assert_allclose(network(IMAGES, batch_size=size), network(IMAGES), rtol=1e-5, atol=1e-6)


def test_no_images_give_no_logits(pair):
    assert ki.load_network(pair[0])(IMAGES[:0]).shape == (0, 3)


def test_the_model_is_not_changed(pair):
    model = pair[0]
    weights, outputs = model.get_weights(), model(IMAGES).numpy()
    network = ki.load_network(model)
    for method in ("gradient", "lrp-alpha2-beta1", "guided-backprop"):
        ki.explain(network, IMAGES, method)
    assert all(np.array_equal(now, before) for now, before in zip(model.get_weights(), weights, strict=True))
    assert np.array_equal(model(IMAGES), outputs)


def test_a_network_is_a_snapshot():
    model = keras.Sequential([keras.Input((4,)), layers.Dense(5, activation="relu"), layers.Dense(2)])
    model.compile("sgd", "mse")
    images = RNG.normal(size=(8, 4)).astype(np.float32)
    used, unused = ki.load_network(model), ki.load_network(model)
    logits, maps, fingerprint = used(images), ki.explain(used, images, "gradient", 0), used.fingerprint
    model.fit(images, np.ones((8, 2)), epochs=3, verbose=0)
    assert not np.allclose(model(images), logits)
    np.testing.assert_array_equal(used(images), logits)
    np.testing.assert_array_equal(unused(images), logits)
    np.testing.assert_array_equal(ki.explain(unused, images, "gradient", 0), maps)
    assert used.fingerprint == unused.fingerprint == fingerprint
    assert ki.load_network(model).fingerprint != fingerprint


def test_a_network_outlives_its_model(tmp_path):
    model = keras.Sequential([keras.Input((4,)), layers.Dense(2)])
    images = RNG.normal(size=(3, 4)).astype(np.float32)
    expected = model(images).numpy()
    model.export(tmp_path / "exported", verbose=False)
    networks = ki.load_network(model), ki.load_network(tmp_path / "exported")
    del model
    keras.backend.clear_session()
    for network in networks:
        np.testing.assert_allclose(network(images), expected, rtol=1e-6, atol=1e-6)
