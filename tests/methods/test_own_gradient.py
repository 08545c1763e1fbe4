"""The float32 gradient is the network's own: what a tape gives of the Keras model, on every image."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

import keras_invariance as ki
from keras_invariance import models
from keras_invariance.network.replicas import on_device

NEAR = 1e-5


def taped(model: keras.Model, images: np.ndarray, targets: np.ndarray) -> np.ndarray:
    x = tf.constant(images)
    with tf.GradientTape() as tape:
        tape.watch(x)
        logits = tf.gather(model(x, training=False), targets, batch_dims=1)
    return np.asarray(tape.gradient(logits, x))


def farthest(model: keras.Model, images: np.ndarray) -> float:
    """The largest relative L2 of our map and the tape's."""
    network = ki.load_network(model)
    targets = network.targets(images)
    batches = [slice(at, at + 250) for at in range(0, len(images), 250)]
    expected = np.concatenate([taped(model, images[rows], targets[rows]) for rows in batches])
    return float(ki.compare(ki.explain(network, images, "gradient", targets), expected).relative_l2.max())


def noisy(images: np.ndarray, sigma: float) -> np.ndarray:
    return np.asarray(images + sigma * np.random.default_rng(0).standard_normal(images.shape), np.float32)


@pytest.fixture(scope="module")
def cnn() -> keras.Model:
    return keras.models.load_model(models.path("mnist_cnn"), compile=False)


@pytest.mark.parametrize("sigma", [0.0, 1e-3, 0.1])
def test_digits(cnn, sigma):
    """With noise of 0.001 no two inputs of a pool are equal, and most differ by little."""
    assert farthest(cnn, noisy(ki.datasets.load("mnist/test").images[:500], sigma)) < NEAR


@pytest.mark.slow
@pytest.mark.parametrize("sigma", [0.0, 1e-3, 0.1])
def test_all_held_out_digits(cnn, sigma):
    assert farthest(cnn, noisy(ki.datasets.load("mnist/test").images, sigma)) < NEAR


@pytest.mark.slow
@pytest.mark.parametrize("name", ["VGG16", "ResNet50", "EfficientNetB0"])
def test_large_networks(name):
    keras.utils.set_random_seed(0)
    model = getattr(keras.applications, name)(weights=None, classifier_activation=None)
    assert farthest(model, ki.datasets.load("photographs", size=(224, 224, 3)).images[:3]) < NEAR


@pytest.fixture(scope="module")
def normed() -> keras.Model:
    """Three convolutions with batch norms whose numbers are drawn."""
    keras.utils.set_random_seed(2)
    blocks = [
        [layers.Conv2D(32, 3, padding="same"), layers.BatchNormalization(), layers.ReLU(), layers.MaxPooling2D(2)]
        for _ in range(3)
    ]
    stack = [keras.Input((32, 32, 3)), *[layer for block in blocks for layer in block], layers.Flatten()]
    model = keras.Sequential([*stack, layers.Dense(4)])
    random = np.random.default_rng(0)
    for layer in model.layers:
        if isinstance(layer, layers.BatchNormalization):
            size = layer.gamma.shape
            layer.set_weights([random.uniform(low, 2.0, size) for low in (0.2, -2.0, -2.0, 0.2)])
    return model


def test_a_batch_norm_is_not_folded_on_the_way_forward(normed):
    """Folded, it rounds otherwise, and ReLUs that stand near their kink open: then the maps differ by a percent."""
    assert farthest(normed, np.random.default_rng(1).random((400, 32, 32, 3)).astype(np.float32)) < NEAR


def test_what_a_model_computes_of_its_numbers_is_rounded_as_the_model_rounds_it(normed):
    """A batch norm's scale that is rounded once, from float64, is off in the last place: the model rounds twice."""
    network = ki.load_network(normed)
    scales = [
        network.graph.constant_for(node.inputs[1], tf.float32) for node in network.graph.nodes if node.op == "Mul"
    ]
    norms = [layer for layer in normed.layers if isinstance(layer, layers.BatchNormalization)]
    assert len(scales) == len(norms) == 3
    for scale, norm in zip(scales, norms, strict=True):
        expected = tf.math.rsqrt(norm.moving_variance.value + norm.epsilon) * norm.gamma.value
        np.testing.assert_array_equal(np.ravel(tf.cast(scale, tf.float32)), expected)
    images = np.random.default_rng(1).random((8, 32, 32, 3)).astype(np.float32)
    np.testing.assert_array_equal(network(images), normed(images, training=False))
    np.testing.assert_array_equal(on_device(network, "CPU:0")(images), network(images))
    exact = network.astype("float64")(images)
    assert 0 < np.abs(exact - network(images)).max() < 1e-4


def test_of_two_equal_inputs_of_a_pool_the_one_that_tensorflow_takes_wins(cnn):
    """Black digits: all inputs of nearly every window are equal."""
    assert farthest(cnn, np.zeros((1, 28, 28, 1), np.float32)) < NEAR
    assert farthest(cnn, np.ones((1, 28, 28, 1), np.float32)) < NEAR
