"""Max pools against a literal reading of every window: ties, near ties, overlaps, padding; whole axes; volumes."""

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
@pytest.mark.parametrize(("dtype", "apart"), [("float32", 4e-5), ("float64", 1e-13)])
def test_the_larger_of_two_values_wins_however_little_it_is_larger(pool, dtype, apart):
    model, images = pooled(pool), few_values().astype(dtype) - 1
    images *= 1 + np.asarray(apart, dtype) * uneven().astype(dtype)
    assert len(np.unique(images)) > len(np.unique(few_values()))
    np.testing.assert_allclose(gradients(model, images, dtype), literal(pool, model, images), atol=1e-6)


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


WHOLE = {
    "a global pool of pictures": layers.GlobalMaxPooling2D(),
    "kept axes": layers.GlobalMaxPooling2D(keepdims=True),
    "rows": layers.Lambda(lambda x: keras.ops.max(x, axis=1)),
    "channels": layers.Lambda(lambda x: keras.ops.max(x, axis=-1)),
    "first and last axis": layers.Lambda(lambda x: keras.ops.max(x, axis=(-1, 1))),
    "everything": layers.Lambda(lambda x: keras.ops.max(x, axis=(1, 2, 3), keepdims=True)),
}
REDUCED = {"rows": (0,), "channels": (2,), "first and last axis": (0, 2), "everything": (0, 1, 2)}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("pool", WHOLE)
def test_along_whole_axes_equal_values_share_as_in_tensorflow(pool, dtype):
    model = keras.Sequential([keras.Input(SIZE), WHOLE[pool], layers.Flatten(), layers.Dense(1, use_bias=False)])
    weights = np.random.default_rng(0).normal(size=model.layers[-1].kernel.shape)
    model.layers[-1].set_weights([weights])
    axes, images = REDUCED.get(pool, (0, 1)), few_values() - 1
    kept = [size for axis, size in enumerate(SIZE) if axis not in axes]
    expected = np.zeros(images.shape)
    for n, *place in np.ndindex(len(images), *kept):
        whole = [slice(None)] * 3
        for axis, at in zip([axis for axis in range(3) if axis not in axes], place, strict=True):
            whole[axis] = slice(at, at + 1)
        values = images[(n, *whole)]
        equal = values == values.max()
        expected[(n, *whole)] += equal * weights[np.ravel_multi_index(place, kept) if kept else 0, 0] / equal.sum()
    np.testing.assert_allclose(gradients(model, images, dtype), expected, atol=1e-6)


@pytest.mark.parametrize(("window", "stride", "padding"), [(2, 2, "valid"), (3, 2, "same"), ((1, 2, 3), 1, "valid")])
def test_in_volumes_the_first_of_equal_values_wins(window, stride, padding):
    shape = (5, 4, 6, 2)
    pool = layers.MaxPooling3D(window, stride, padding)
    model = keras.Sequential([keras.Input(shape), pool, layers.Flatten(), layers.Dense(1, use_bias=False)])
    weights = np.random.default_rng(0).normal(size=model.layers[-1].kernel.shape)
    model.layers[-1].set_weights([weights])
    images = np.random.default_rng(1).integers(-3, 0, (2, *shape)).astype(np.float32)
    high = (window,) * 3 if isinstance(window, int) else window
    sizes = model.layers[0].output.shape[1:4]
    totals = [max((n - 1) * stride + k - s, 0) for n, k, s in zip(sizes, high, shape[:3], strict=True)]
    before = [total // 2 if padding == "same" else 0 for total in totals]
    expected, grid = np.zeros(images.shape), weights.reshape(*sizes, shape[-1])
    for n, *corner, c in np.ndindex(len(images), *sizes, shape[-1]):
        starts = [at * stride - pad for at, pad in zip(corner, before, strict=True)]
        places = [tuple(np.add(starts, step)) for step in np.ndindex(*high)]
        inside = [place for place in places if all(0 <= at < size for at, size in zip(place, shape[:3], strict=True))]
        best = max(inside, key=lambda place: images[(n, *place, c)])  # max returns the first
        expected[(n, *best, c)] += grid[(*corner, c)]
    np.testing.assert_allclose(gradients(model, images), expected, atol=1e-6)


@pytest.mark.parametrize("method", ["gradient", "integrated-gradients"])
def test_a_global_pool_over_words_survives_a_shift(method):
    """At a reference of zeros every word is alike: the twin's rounding must not choose the winner."""
    keras.utils.set_random_seed(0)
    conv = layers.Conv1D(16, 3, activation="relu", bias_initializer=keras.initializers.RandomNormal(stddev=0.3))
    stack = [keras.Input((20, 8)), conv, layers.GlobalMaxPooling1D(), layers.Dense(3)]
    network = ki.load_network(keras.Sequential(stack))
    m = np.full((20, 8), 0.1)
    words = np.random.default_rng(0).normal(0, 0.05, (6, 20, 8)).astype(np.float32)
    words[:, 5:] = 0.0
    told = [{}, {}] if method == "gradient" else [{"reference": 0.0}, {"reference": m}]
    targets, twin = network.targets(words), ki.shifted_twin(network, m)
    first = ki.explain(network, words, method, targets, dtype="float64", **told[0])
    second = ki.explain(twin, words.astype(np.float64) + m, method, targets, dtype="float64", **told[1])
    np.testing.assert_allclose(second, first, atol=1e-12)
