"""Max pools against a literal reading of every window: ties, near ties, overlaps, padding."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

import keras_invariance as ki

SIZE = (7, 6, 2)
POOLS = {
    "side by side": ((2, 2), (2, 2), "valid"),
    "overlapping": ((3, 3), (2, 2), "valid"),
    "overlapping, padded": ((3, 3), (2, 2), "same"),
    "dense, padded": ((3, 2), (1, 1), "same"),
    "long": ((1, 4), (1, 1), "valid"),
    "with gaps": ((2, 2), (3, 3), "same"),
}
every_pool = pytest.mark.parametrize("pool", POOLS)


def pooled(pool: str) -> keras.Model:
    """A max pool and one logit with a different weight for each of its outputs."""
    size, strides, padding = POOLS[pool]
    kind = layers.MaxPooling2D(size, strides, padding)
    model = keras.Sequential([keras.Input(SIZE), kind, layers.Flatten(), layers.Dense(1, use_bias=False)])
    weights = np.random.default_rng(0).normal(size=model.layers[-1].kernel.shape)
    model.layers[-1].set_weights([weights])
    return model


def gradients(model: keras.Model, images: np.ndarray, dtype: str = "float32") -> np.ndarray:
    return ki.analyzer(ki.load_network(model), "gradient", dtype=dtype)(images, 0)


def literal(pool: str, model: keras.Model, images: np.ndarray) -> np.ndarray:
    """Every window read from its top left corner, row by row; the first of its largest values takes the weight."""
    (high, wide), (down, right), padding = POOLS[pool]
    rows, columns = model.layers[0].output.shape[1:3]
    weights = model.layers[-1].get_weights()[0].reshape(rows, columns, -1)
    # TensorFlow's SAME padding: the smaller half comes first.
    top = max((rows - 1) * down + high - SIZE[0], 0) // 2 if padding == "same" else 0
    left = max((columns - 1) * right + wide - SIZE[1], 0) // 2 if padding == "same" else 0
    found = np.zeros(images.shape)
    for n, i, j, c in np.ndindex(len(images), rows, columns, SIZE[2]):
        places = [(i * down - top + p, j * right - left + q) for p in range(high) for q in range(wide)]
        inside = [(p, q) for p, q in places if 0 <= p < SIZE[0] and 0 <= q < SIZE[1]]
        row, column = max(inside, key=lambda place: images[n, place[0], place[1], c])  # max returns the first
        found[n, row, column, c] += weights[i, j, c]
    return found


def few_values(seed: int = 1) -> np.ndarray:
    """Images of the numbers -2, -1 and 0: ties everywhere, and nothing above zero."""
    return np.random.default_rng(seed).integers(-2, 1, (3, *SIZE)).astype(np.float32)


def uneven() -> np.ndarray:
    """Images of numbers in [0, 1), no two alike."""
    numbers = np.random.default_rng(2).permuted(np.tile(np.arange(84), (3, 1)), axis=1) / 84
    return numbers.reshape(3, *SIZE).astype(np.float32)


@every_pool
def test_without_ties_it_is_the_derivative_that_tensorflow_knows(pool):
    model = pooled(pool)
    images = uneven() - 0.5
    with tf.GradientTape() as tape:
        x = tf.constant(images)
        tape.watch(x)
        logits = model(x)
    np.testing.assert_allclose(gradients(model, images), tape.gradient(logits, x).numpy(), atol=1e-6)


@every_pool
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_of_equal_values_the_first_in_the_window_wins(pool, dtype):
    model, images = pooled(pool), few_values()
    np.testing.assert_allclose(gradients(model, images, dtype), literal(pool, model, images), atol=1e-6)


@every_pool
def test_a_flat_image_gives_its_signal_to_the_first_place_of_each_window(pool):
    model, images = pooled(pool), np.full((1, *SIZE), -3.0, np.float32)
    np.testing.assert_allclose(gradients(model, images), literal(pool, model, images), atol=1e-6)


def test_by_hand():
    # Rows 1 2 / 2 2: the first 2 is at (0, 1). Rows 5 5 / 5 9: 9 wins though it comes last.
    model = keras.Sequential([keras.Input((2, 4, 1)), layers.MaxPooling2D(2), layers.Flatten(), layers.Dense(1)])
    model.layers[-1].set_weights([np.array([[3.0], [4.0]]), np.zeros(1)])
    image = np.array([[[1, 2, 5, 5], [2, 2, 5, 9]]], np.float32)[..., np.newaxis]
    np.testing.assert_array_equal(gradients(model, image)[0, ..., 0], [[0, 3, 0, 0], [0, 0, 0, 4]])


@every_pool
def test_values_that_agree_within_rounding_are_a_tie(pool):
    model, images = pooled(pool), few_values() - 1
    noise = np.random.default_rng(3).uniform(-2e-7, 2e-7, images.shape).astype(np.float32)
    np.testing.assert_array_equal(gradients(model, images * (1 + noise)), gradients(model, images))


@every_pool
def test_values_that_differ_in_the_third_digit_are_none(pool):
    model, images = pooled(pool), few_values() - 1
    images *= 1 + np.float32(0.02) * uneven()
    np.testing.assert_allclose(gradients(model, images), literal(pool, model, images), atol=1e-6)


def test_in_float64_a_tie_is_closer():
    model, images = pooled("overlapping"), few_values().astype(np.float64) - 1
    images *= 1 + 1e-9 * uneven().astype(np.float64)
    expected = literal("overlapping", model, images)
    np.testing.assert_allclose(gradients(model, images, "float64"), expected, atol=1e-6)
    assert np.abs(gradients(model, images.astype(np.float32)) - expected).max() > 0.1


def test_a_bright_image_beside_it_changes_nothing():
    model = pooled("overlapping")
    dark = np.random.default_rng(4).uniform(1e-3, 2e-3, (1, *SIZE)).astype(np.float32)
    together = gradients(model, np.concatenate([dark, 1e4 * few_values()]))
    np.testing.assert_array_equal(together[:1], gradients(model, dark))


def on_black(shape: tuple[int, ...], seed: int = 0) -> np.ndarray:
    """Small bright patches on black."""
    random = np.random.default_rng(seed)
    images = np.zeros((6, *shape), np.float32)
    for image in images:
        row, column = random.integers(1, shape[0] - 5, 2)
        image[row : row + 4, column : column + 4] = random.random((4, 4, *shape[2:]))
    return images


@pytest.mark.parametrize("shift", ["checkerboard:2", "checkerboard:3:0.7", "constant:-1"])
@pytest.mark.parametrize("pooling", [(2, 2, "valid"), (3, 2, "same"), (3, 1, "valid")])
@pytest.mark.parametrize("method", ["gradient", "guided-backprop"])
def test_a_pooled_networks_gradient_survives_a_shift_of_a_black_background(method, pooling, shift):
    keras.utils.set_random_seed(3)
    bias = keras.initializers.RandomNormal(stddev=0.3)
    conv = [layers.Conv2D(6, 3, padding="same", activation="relu", bias_initializer=bias) for _ in range(2)]
    pools = [layers.MaxPooling2D(*pooling) for _ in range(2)]
    stack = [keras.Input((12, 12, 1)), conv[0], pools[0], conv[1], pools[1], layers.Flatten(), layers.Dense(4)]
    network = ki.load_network(keras.Sequential(stack))
    m = ki.shifts.parse(shift)
    images = on_black(network.input_shape)
    targets = network.targets(images)
    before = ki.explain(network, images, method, targets)
    after = ki.explain(ki.shifted_twin(network, m), images + m.values(network.input_shape), method, targets)
    np.testing.assert_allclose(after, before, atol=1e-4 * np.abs(before).max())
