"""Twins: the same logits for shifted images, whatever reads the image first, and gradients that do not notice."""

from collections.abc import Callable

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers
from PIL import Image

import keras_invariance as ki
from keras_invariance.errors import PatternError, ShiftError
from keras_invariance.patterns import weight_patterns
from keras_invariance.twins.shifted import twin_error
from tests.networks.case import fill, signed_images

SHAPE = (6, 5, 2)


def behind(*first: layers.Layer, shape: tuple[int, ...] = SHAPE) -> keras.Model:
    """Some layers, a ReLU, a hidden layer and three logits."""
    rest = [layers.ReLU(), layers.Flatten(), layers.Dense(5, activation="tanh"), layers.Dense(3)]
    return keras.Sequential([keras.Input(shape), *first, *rest])


def functional(build: Callable[[object], object]) -> keras.Model:
    """A network in which several things read the image."""
    image = keras.Input(SHAPE)
    features = layers.Flatten()(build(image))
    return keras.Model(image, layers.Dense(3)(layers.Dense(5, activation="relu")(features)))


def conv(**options: object) -> layers.Layer:
    return layers.Conv2D(3, 3, **options)


def normed() -> layers.Layer:
    return layers.Normalization(mean=[0.3, -0.2], variance=[0.5, 2.0])


def branches(image: object) -> object:
    return layers.ReLU()(layers.Concatenate()([conv(padding="same")(image), layers.Conv2D(2, 1)(image)]))


def summed(image: object) -> object:
    return layers.ReLU()(layers.Add()([conv(padding="same")(image), layers.Conv2D(3, 5, padding="same")(image)]))


def also_rectified(image: object) -> object:
    return layers.Concatenate()([layers.ReLU()(conv(padding="same")(image)), layers.ReLU()(image)])


def also_multiplied(image: object) -> object:
    return layers.Multiply()([layers.Conv2D(2, 1, activation="relu")(image), image])


def also_joined(image: object) -> object:
    return conv(activation="relu")(layers.Concatenate()([layers.ReLU()(conv(padding="same")(image)), image]))


def also_pooled(image: object) -> object:
    return layers.Concatenate()([conv(padding="same", activation="relu")(image), layers.MaxPool2D(3, 1, "same")(image)])


def linear() -> keras.Model:
    return keras.Sequential([keras.Input(SHAPE), layers.Flatten(), layers.Dense(3, use_bias=False)])


def linear_twice() -> keras.Model:
    return keras.Sequential([keras.Input(SHAPE), conv(padding="same"), layers.Flatten(), layers.Dense(3)])


MODELS: dict[str, Callable[[], keras.Model]] = {
    "dense": lambda: behind(layers.Flatten(), layers.Dense(7)),
    "dense without bias": lambda: behind(layers.Flatten(), layers.Dense(7, use_bias=False)),
    "dense on every pixel": lambda: behind(layers.Dense(4)),
    "valid": lambda: behind(conv()),
    "valid without bias": lambda: behind(conv(use_bias=False)),
    "same": lambda: behind(conv(padding="same")),
    "same without bias": lambda: behind(conv(padding="same", use_bias=False)),
    "strided": lambda: behind(conv(strides=2)),
    "same strided": lambda: behind(conv(padding="same", strides=2)),
    "dilated": lambda: behind(conv(dilation_rate=2)),
    "same dilated": lambda: behind(conv(padding="same", dilation_rate=2)),
    "depthwise": lambda: behind(layers.DepthwiseConv2D(3, depth_multiplier=2, padding="same")),
    "separable": lambda: behind(layers.SeparableConv2D(4, 3, padding="same")),
    "transposed": lambda: behind(layers.Conv2DTranspose(3, 3, strides=2)),
    "series": lambda: behind(layers.Conv1D(4, 3, padding="same"), shape=(8, 2)),
    "volume": lambda: behind(layers.Conv3D(3, 2, padding="same"), shape=(4, 3, 4, 1)),
    "rescaled": lambda: behind(layers.Rescaling(2.0, offset=-0.75), conv(padding="same")),
    "normalised": lambda: behind(normed(), conv(padding="same")),
    "batch norm in front": lambda: behind(layers.BatchNormalization(), conv(padding="same")),
    "batch norm behind": lambda: behind(conv(padding="same", use_bias=False), layers.BatchNormalization()),
    "zero padding": lambda: behind(layers.ZeroPadding2D(((1, 0), (0, 2))), conv()),
    "all in front": lambda: behind(layers.Rescaling(0.5), normed(), layers.ZeroPadding2D(1), conv()),
    "mean pool in front": lambda: behind(layers.AveragePooling2D(2, padding="same"), conv(padding="same")),
    "activation first": lambda: behind(layers.LeakyReLU(), conv(padding="same")),
    "max pool first": lambda: behind(layers.MaxPooling2D(2, padding="same"), conv(padding="same")),
    "branches": lambda: functional(branches),
    "sum of first layers": lambda: functional(summed),
    "also rectified": lambda: functional(also_rectified),
    "also multiplied": lambda: functional(also_multiplied),
    "also joined": lambda: functional(also_joined),
    "also pooled": lambda: functional(also_pooled),
    "linear": linear,
    "linear twice": linear_twice,
}
every_model = pytest.mark.parametrize("name", MODELS)


@pytest.fixture(scope="module")
def lifted() -> Callable[[str], ki.Network]:
    """A network of the table, by name, read once."""
    known: dict[str, ki.Network] = {}

    def one(name: str) -> ki.Network:
        if name not in known:
            model = MODELS[name]()
            fill(model, 31)
            known[name] = ki.load_network(model)
        return known[name]

    return one


def uneven(shape: tuple[int, ...], seed: int = 8) -> np.ndarray:
    """A shift that is different everywhere."""
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def wrong_by(network: ki.Network, twin: ki.Network, shift: object, dtype: str = "float32") -> float:
    """|f1(x) - f2(x + m)| relative to the logits, in single or double precision."""
    images = signed_images(network.input_shape, seed=4)
    return twin_error(network.astype(dtype), twin.astype(dtype), images, shift)


@every_model
@pytest.mark.parametrize(("dtype", "rounding"), [("float32", 2e-5), ("float64", 1e-13)])
def test_a_twin_gives_the_same_logits_for_shifted_images(lifted, name, dtype, rounding):
    network = lifted(name)
    shift = uneven(network.input_shape)
    twin = ki.shifted_twin(network, shift)
    assert wrong_by(network, twin, shift, dtype) < rounding
    assert wrong_by(network, network, shift) > 0.1


@every_model
def test_a_twin_gives_the_same_logits_after_a_constant_shift(lifted, name):
    network = lifted(name)
    assert wrong_by(network, ki.shifted_twin(network, ki.shifts.constant(-1.0)), -1.0, "float64") < 1e-13


@pytest.fixture
def picture(tmp_path):
    """A grey ramp as a file."""
    path = tmp_path / "ramp.png"
    Image.fromarray(np.linspace(0, 255, 48).reshape(8, 6).astype(np.uint8)).save(path)
    return path


@pytest.mark.parametrize("kind", ["channel", "checkerboard", "array", "image", "sum", "number"])
@pytest.mark.parametrize("name", ["dense", "same strided", "zero padding", "also joined"])
def test_every_kind_of_shift_can_be_undone(lifted, picture, name, kind):
    shift = {
        "channel": lambda: ki.shifts.per_channel([0.5, -2.0]),
        "checkerboard": lambda: ki.shifts.checkerboard(cell=2, amplitude=0.5),
        "array": lambda: ki.shifts.array(uneven((5, 1))),
        "image": lambda: ki.shifts.image(picture, strength=2.0),
        "sum": lambda: ki.shifts.constant(1.5) + ki.shifts.checkerboard(cell=1) + ki.shifts.image(picture),
        "number": lambda: 0.25,
    }[kind]()
    twin = ki.shifted_twin(lifted(name), shift)
    assert wrong_by(lifted(name), twin, shift, "float64") < 1e-13
    assert wrong_by(lifted(name), lifted(name), shift) > 0.01


def test_one_number_per_channel_would_not_undo_a_shift_under_padding(lifted):
    # The offset that is right in the middle of the image, m * sum(w), put into the bias of the padded layer.
    model = keras.models.clone_model(lifted("same").model)
    model.set_weights(lifted("same").model.get_weights())
    kernel, bias = model.layers[0].get_weights()
    model.layers[0].set_weights([kernel, bias - 2.0 * kernel.sum(axis=(0, 1, 2))])
    network = lifted("same")
    assert wrong_by(network, ki.load_network(model), 2.0) > 0.1
    assert wrong_by(network, ki.shifted_twin(network, 2.0), 2.0) < 1e-5


def test_a_valid_convolutions_constant_shift_is_one_number_per_channel(lifted):
    # The only new operation subtracts m * sum(w) for each of the three channels.
    twin = ki.shifted_twin(lifted("valid"), 2.0)
    kernel = lifted("valid").model.layers[0].get_weights()[0].astype(np.float64)
    (offset,) = (twin.graph.constants[value] for value in twin.graph.constants.keys() - lifted("valid").graph.constants)
    np.testing.assert_allclose(offset.numpy(), 2.0 * kernel.sum(axis=(0, 1, 2)), rtol=1e-12)


@pytest.mark.parametrize("method", ["gradient", "guided-backprop", "deconvnet"])
@pytest.mark.parametrize("name", ["dense", "valid", "same strided", "rescaled", "branches", "series"])
def test_gradients_do_not_notice_the_shift_and_their_product_with_the_image_does(lifted, name, method):
    network = lifted(name)
    images, shift = signed_images(network.input_shape, seed=4), uneven(network.input_shape)
    twin = ki.shifted_twin(network, shift)
    targets = network.targets(images)

    def change(method: str) -> float:
        before = ki.analyzer(network, method, dtype="float64")(images, targets)
        after = ki.analyzer(twin, method, dtype="float64")(images.astype(np.float64) + shift, targets)
        return np.abs(after - before).max() / np.abs(before).max()

    assert change(method) < 1e-13
    assert change("gradient-times-input") > 0.1


@pytest.mark.parametrize("name", ["dense", "same", "also joined", "linear", "activation first", "transposed"])
def test_a_twin_has_twins(lifted, name):
    network = lifted(name)
    first, second = uneven(network.input_shape), 2.0
    twin = ki.shifted_twin(ki.shifted_twin(network, first), second)
    assert wrong_by(network, twin, first + np.float32(second), "float64") < 1e-6
    back = ki.shifted_twin(twin, -(first.astype(np.float64) + second))
    assert wrong_by(network, back, 0.0) < 2e-5


def test_the_network_stays_as_it_was(lifted):
    network = lifted("same")
    images = signed_images(SHAPE)
    weights = [array.copy() for array in network.model.get_weights()]
    before, fingerprint, operations = network(images), network.fingerprint, len(network.graph.nodes)
    shift = uneven(SHAPE)
    kept = shift.copy()
    twin = ki.shifted_twin(network, shift)
    twin(images)
    np.testing.assert_array_equal(network(images), before)
    np.testing.assert_array_equal(shift, kept)
    assert (network.fingerprint, len(network.graph.nodes)) == (fingerprint, operations)
    assert all(np.array_equal(*pair) for pair in zip(network.model.get_weights(), weights, strict=True))
    assert twin.fingerprint != fingerprint
    assert twin.original is network


@pytest.mark.parametrize(
    ("shift", "words"),
    [
        (np.zeros((5, 6, 2)), r"\(5, 6, 2\).*\(6, 5, 2\).*[Rr]eshape"),
        (ki.shifts.per_channel([1.0, 2.0, 3.0]), r"3 channel values.*\(6, 5, 2\).*one number per entry"),
        (np.full(SHAPE, np.nan), r"NaN.*finite.*nan_to_num"),
    ],
)
def test_a_shift_that_does_not_fit_is_refused(lifted, shift, words):
    with pytest.raises(ShiftError, match=f"(?s){words}"):
        ki.shifted_twin(lifted("same"), shift)


def test_the_error_of_a_twin_is_a_share_of_the_largest_logit():
    # f1 = x, f2 = x + 0.5 where 1 is undone but 1.5 was added: logits 1 and 4, both 0.5 off: 0.5 / 4.
    model = keras.Sequential([keras.Input((1,)), layers.Dense(1, use_bias=False)])
    model.set_weights([np.ones((1, 1))])
    network = ki.load_network(model)
    twin = ki.shifted_twin(network, 1.0)
    images = np.array([[1.0], [4.0]])
    assert twin_error(network, twin, images, 1.5) == pytest.approx(0.125, rel=1e-6)
    assert twin_error(network, twin, images, 1.0) == 0.0
    assert twin_error(network, twin, images[:0], 1.0) == 0.0


@pytest.mark.parametrize("name", ["dense", "same", "also joined"])
def test_patterns_of_the_network_fit_its_twin_and_no_other_network(lifted, name):
    patterns = weight_patterns(lifted(name))
    twin = ki.shifted_twin(lifted(name), uneven(SHAPE))
    images = signed_images(SHAPE)
    targets = lifted(name).targets(images)
    before = ki.explain(lifted(name), images, "pattern-net", targets, patterns=patterns)
    after = ki.explain(twin, images + uneven(SHAPE), "pattern-net", targets, patterns=patterns)
    np.testing.assert_allclose(after, before, atol=2e-5 * np.abs(before).max())
    with pytest.raises(PatternError, match=r"weights.*fit_patterns"):
        ki.explain(lifted("valid"), images, "pattern-net", patterns=patterns)


def test_a_function_has_a_twin():
    kernel = tf.constant(uneven((3, 2)))
    function = tf.function(lambda x: tf.nn.relu(x @ kernel) + tf.reduce_sum(x * x, 1, keepdims=True), autograph=False)
    network = ki.load_network(function.get_concrete_function(tf.TensorSpec((None, 3), tf.float32)))
    shift = uneven((3,))
    assert wrong_by(network, ki.shifted_twin(network, shift), shift, "float64") < 1e-13


def test_parts_of_a_split_image_are_shifted_back_each_by_its_own():
    kernel = tf.constant(uneven((4, 2)))

    def logits(x: tf.Tensor) -> tf.Tensor:
        left, right = tf.split(x, 2, axis=1)
        return tf.concat([tf.nn.relu(left), tf.tanh(right)], axis=1) @ kernel

    function = tf.function(logits, autograph=False)
    network = ki.load_network(function.get_concrete_function(tf.TensorSpec((None, 4), tf.float32)))
    shift = uneven((4,))
    assert wrong_by(network, ki.shifted_twin(network, shift), shift, "float64") < 1e-13
