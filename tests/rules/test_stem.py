"""The stem: averages of gradients taken behind the first layers equal those taken at the image."""

from collections.abc import Callable

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

import keras_invariance as ki
from keras_invariance.network.network import Network
from keras_invariance.rules.stem import stem_of
from tests.networks import case
from tests.networks.case import fill, signed_images

CUT = [
    "mlp",
    "cnn",
    "dilated",
    "depthwise",
    "transposed",
    "leaky",
    "normed",
    "residual",
    "rescaled",
    "branched",
    "gated",
]
SHAPE = (5, 4, 2)
A, B, C = (
    tf.constant(np.random.default_rng(seed).normal(size=size), tf.float32)
    for seed, size in enumerate([(4, 5), (4, 5), (5, 3)])
)


def model(build: Callable[[object], object]) -> Network:
    image = keras.Input(SHAPE)
    whole = keras.Model(image, layers.Dense(3)(layers.Flatten()(build(image))))
    fill(whole, 41)
    return ki.load_network(whole)


def function(logits: Callable[[tf.Tensor], tf.Tensor], shape: tuple[int, ...] = (4,)) -> Network:
    traced = tf.function(logits, autograph=False)
    return ki.load_network(traced.get_concrete_function(tf.TensorSpec((None, *shape), tf.float32)))


def conv(count: int = 3) -> layers.Layer:
    return layers.Conv2D(count, 3, padding="same", activation="relu")


def shaped_by_the_image(x: tf.Tensor) -> tf.Tensor:
    """A reshape whose size is read off the image, behind the first layer."""
    return tf.reshape(tf.nn.relu(x @ A), [tf.shape(x)[0], 5]) @ C


WITH_A_STEM = {
    "linear": lambda: function(lambda x: x @ A),
    "sum of first layers": lambda: model(lambda x: layers.ReLU()(layers.Add()([layers.Conv2D(3, 1)(x), conv()(x)]))),
    "a first layer read twice": lambda: function(lambda x: (tf.nn.relu(x @ A) + tf.tanh(x @ A) * 0.5) @ C),
    "a stopped first layer": lambda: function(lambda x: (tf.stop_gradient(tf.nn.relu(x @ A)) + tf.tanh(x @ B)) @ C),
    "a compared first layer": lambda: function(lambda x: (tf.cast(x @ A > 0, x.dtype) * tf.tanh(x @ B)) @ C),
}
WITHOUT = {
    "image joined later": lambda: model(lambda x: conv(2)(layers.Concatenate()([conv()(x), x]))),
    "image multiplied later": lambda: model(lambda x: layers.Multiply()([conv(2)(x), x])),
    "rectified image": lambda: model(lambda x: conv()(layers.LeakyReLU()(x))),
    "rectified image joined": lambda: model(lambda x: layers.Concatenate()([conv()(x), layers.LeakyReLU()(x)])),
    "shape read off the image": lambda: function(shaped_by_the_image),
}


@pytest.fixture(scope="module")
def by_name(network) -> Callable[[str], Network]:
    """A network of the tables above or of the shared cases."""
    known: dict[str, Network] = {}

    def one(name: str) -> Network:
        if name in CUT:
            return network(name)
        if name not in known:
            known[name] = (WITH_A_STEM | WITHOUT)[name]()
        return known[name]

    return one


def images_of(name: str, network: Network) -> np.ndarray:
    return case(name).images if name in CUT else signed_images(network.input_shape, seed=5)


every_network = pytest.mark.parametrize("name", [*CUT, *WITH_A_STEM, *WITHOUT])


def assert_close(maps: np.ndarray, literal: np.ndarray) -> None:
    np.testing.assert_allclose(maps, literal, atol=1e-11 * np.abs(literal).max())


@pytest.mark.parametrize("name", [*CUT, *WITH_A_STEM])
def test_a_network_behind_affine_layers_has_a_stem(by_name, name):
    network = by_name(name)
    stem = stem_of(network.graph, network.units)
    assert stem is not None
    first = {layer.name for layer in stem.first}
    assert not first & {node.name for node in stem.body}
    assert first == {unit.name for unit in network.units if unit.layer is not None and unit.layer.first}


@pytest.mark.parametrize("name", WITHOUT)
def test_a_network_that_reads_the_image_again_has_none(by_name, name):
    network = by_name(name)
    assert stem_of(network.graph, network.units) is None


@every_network
@pytest.mark.parametrize("reference", ["zero", "black", 0.5])
def test_integrated_gradients_are_a_literal_mean_of_gradients(by_name, name, reference):
    network = by_name(name)
    images = images_of(name, network)
    least = images.reshape(len(images), -1).min(axis=1).reshape(-1, *[1] * (images.ndim - 1))
    start = {"zero": np.zeros_like(least), "black": least}.get(reference, np.full_like(least, 0.5))
    way = images.astype(np.float64) - start
    gradient = ki.analyzer(network, "gradient", dtype="float64")
    # The middles of four steps.
    literal = way * sum(gradient(start + t * way, 1) / 4 for t in (0.125, 0.375, 0.625, 0.875))
    analyzer = ki.analyzer(network, "integrated-gradients", dtype="float64", steps=4, reference=reference)
    assert_close(analyzer(images, 1), literal)


@pytest.mark.parametrize(
    ("name", "base"),
    [
        *((name, "gradient") for name in [*CUT, *WITH_A_STEM, *WITHOUT]),
        # A comparison has a derivative and no rule.
        *(
            (name, base)
            for base in ("guided-backprop", "deconvnet")
            for name in [*CUT, *WITHOUT, "a stopped first layer"]
        ),
    ],
)
def test_smoothgrad_is_a_literal_mean_of_maps(by_name, name, base):
    network = by_name(name)
    images = images_of(name, network)
    smooth = ki.analyzer(network, "smoothgrad", dtype="float64", base=base, samples=3, sigma=0.5, seed=4)
    inner = ki.analyzer(network, base, dtype="float64")
    noise = smooth.noise(np.zeros(len(images), int), slice(0, 3)).astype(np.float64)
    literal = sum(inner(images + 0.5 * one, 1) for one in noise) / 3
    assert_close(smooth(images, 1), literal)


@pytest.mark.parametrize("name", ["mlp", "cnn", "branched"])
def test_noise_of_each_images_own_goes_through_the_stem_too(by_name, name):
    network = by_name(name)
    images = images_of(name, network)
    smooth = ki.analyzer(network, "smoothgrad", dtype="float64", samples=2, sigma=0.5)
    keys = np.arange(len(images))
    noise = smooth.noise(keys, slice(0, 2)).astype(np.float64)
    gradient = ki.analyzer(network, "gradient", dtype="float64")
    literal = sum(gradient(images + 0.5 * one, 1) for one in noise) / 2
    assert_close(smooth(images, 1, keys=keys), literal)


def test_the_first_layer_runs_once_per_image_not_once_per_point(by_name):
    analyzer = ki.analyzer(by_name("mlp"), "integrated-gradients", steps=7)
    assert analyzer.base.stem is not None
    assert ki.analyzer(by_name("mlp"), "gradient-times-input").stem is None
    traced = tf.function(analyzer._traced, autograph=False).get_concrete_function(
        tf.TensorSpec((2, 3, 4, 1)),
        tf.TensorSpec((2,), tf.int32),
        *[tf.TensorSpec((8,))] * 2,
        tf.TensorSpec((2, 3, 4, 1)),
    )
    # 12 pixels to 7 neurons: r and x forward, x back. All are of two rows, none of 16; the kernel's own derivative
    # (12 rows), which TensorFlow writes down beside that of x, is never run.
    products = [op for op in traced.graph.get_operations() if op.type == "MatMul"]
    shapes = [tuple(op.outputs[0].shape) for op in products if 12 in (*op.inputs[0].shape, *op.outputs[0].shape)]
    assert set(shapes) - {(12, 7)} == {(2, 7), (2, 12)}
