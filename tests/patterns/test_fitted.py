"""Patterns against the oracle's explicit patches, their laws, and their way to disk and back."""

from collections.abc import Callable, Mapping

import keras
import numpy as np
import pytest
from keras import layers

import keras_invariance as ki
from keras_invariance.errors import DataError, PatternError
from keras_invariance.patterns import Patterns
from keras_invariance.patterns.cache import cache_folder
from tests.networks import case
from tests.networks.case import fill, neurons, signed_images
from tests.oracle import Activation, Fitted, OracleNetwork, chain, convolution, dense, fitted_patterns, oracle_maps
from tests.oracle.agreement import distance

ESTIMATORS = ("positive", "published", "linear")
FITTED = ["mlp", "cnn", "dilated", "depthwise", "transposed", "leaky", "series", "rescaled", "volume", "channelwise"]
every_estimator = pytest.mark.parametrize("estimator", ESTIMATORS)


def data_of(name: str, count: int = 40) -> np.ndarray:
    """Images to fit on."""
    one = case(name)
    images = signed_images(one.oracle.input_shape, seed=9, count=count)
    return images if one.low < 0 else (images + 3) / 6


def worst(patterns: Patterns, other: Patterns | Mapping[int, Fitted]) -> float:
    """The largest relative L2 distance of a layer's patterns to those of another fit."""
    kernels = other.arrays if isinstance(other, Patterns) else [fitted.kernel for fitted in other.values()]
    pairs = zip(patterns.arrays, kernels, strict=True)
    return max(distance(array.reshape(1, -1), np.asarray(kernel, np.float64).reshape(1, -1)) for array, kernel in pairs)


@every_estimator
@pytest.mark.parametrize("centre", ["neuron", "image"])
@pytest.mark.parametrize("name", FITTED)
def test_patterns_equal_the_oracle(network, name, centre, estimator):
    patterns = ki.fit_patterns(network(name), data_of(name), estimator, centre=centre)
    fitted = fitted_patterns(case(name).oracle, data_of(name), estimator, centre=centre)
    assert worst(patterns, fitted) < 1e-5
    assert list(patterns.silent) == [layer.unfitted for layer in fitted.values()]


@every_estimator
@pytest.mark.parametrize("method", ["pattern-net", "pattern-attribution"])
@pytest.mark.parametrize("name", ["mlp", "cnn", "depthwise", "rescaled"])
def test_maps_along_fitted_patterns_equal_the_oracle(network, name, method, estimator):
    one = case(name)
    patterns = ki.fit_patterns(network(name), data_of(name), estimator)
    maps = ki.analyzer(network(name), method, dtype="float64", patterns=patterns)(one.images, one.targets)
    fitted = fitted_patterns(one.oracle, data_of(name), estimator)
    oracle = oracle_maps(one.oracle, method, one.images, one.targets, patterns=fitted)
    assert distance(maps, oracle) < 1e-5


@pytest.mark.parametrize(
    ("estimator", "by_hand"),
    [
        # Active: (2, 0) and (0, 1). E+[x y] = (2, 0.5), E+[x] = (1, 0.5), E+[y] = 1.5: c = (0.5, -0.25), w c = 0.25.
        ("positive", (2, -1)),
        # E[y] = (2 + 1 - 2) / 3 = 1/3: c = (2 - 1/3, 0.5 - 1/6) = (5/3, 1/3), w c = 2.
        ("published", (5 / 6, 1 / 6)),
        # E[x y] = (2, 1), E[x] = (1/3, 0): c = (2 - 1/9, 1) = (17/9, 9/9), w c = 26/9.
        ("linear", (17 / 26, 9 / 26)),
    ],
)
def test_patterns_worked_by_hand(estimator, by_hand):
    # One neuron, w = (1, 1), b = 0, on the images (2, 0), (0, 1), (-1, -1): y = 2, 1, -2.
    model = keras.Sequential([keras.Input((2,)), layers.Dense(1, activation="relu"), layers.Dense(1)])
    model.set_weights([np.ones((2, 1)), np.zeros(1), np.ones((1, 1)), np.zeros(1)])
    images = np.array([[2.0, 0.0], [0.0, 1.0], [-1.0, -1.0]])
    patterns = ki.fit_patterns(ki.load_network(model), images, estimator)
    np.testing.assert_allclose(patterns.arrays[0].ravel(), by_hand, rtol=1e-5)
    np.testing.assert_allclose(patterns.arrays[1].ravel(), [1.0], rtol=1e-5)


@every_estimator
@pytest.mark.parametrize("name", ["mlp", "cnn", "depthwise"])
def test_a_neuron_gives_its_pattern_the_value_one(network, name, estimator):
    patterns = ki.fit_patterns(network(name), data_of(name), estimator)
    for k, array in zip(case(name).oracle.neuron_steps(), patterns.arrays, strict=True):
        operation = case(name).oracle.steps[k].operation
        for neuron in range(operation.connections.output_shape[-1]):
            entries = operation.connections.patches(np.zeros(operation.connections.input_shape), neuron)[1]
            assert operation.kernel.ravel()[entries] @ array.ravel()[entries] == pytest.approx(1, abs=1e-4)


@every_estimator
def test_neither_the_order_nor_the_size_of_batches_matters(network, estimator):
    images = data_of("cnn")
    whole = ki.fit_patterns(network("cnn"), images, estimator, batch_size=40)
    pieces = ki.fit_patterns(network("cnn"), images[::-1].copy(), estimator, batch_size=7)
    assert worst(pieces, whole) < 1e-5


def far_away() -> tuple[keras.Model, OracleNetwork]:
    """A convolution and a dense layer that work around images of 100: their biases undo the offset."""
    conv, last = layers.Conv2D(6, 3, activation="relu"), layers.Dense(3)
    model = keras.Sequential([keras.Input((5, 5, 2)), conv, layers.Flatten(), last])
    fill(model, 21)
    kernel, bias = conv.get_weights()
    conv.set_weights([kernel, bias - 100 * kernel.astype(np.float64).sum(axis=(0, 1, 2))])
    first = neurons(convolution((5, 5, 2), (3, 3, 2, 6)), conv)
    return model, chain((5, 5, 2), first, Activation("relu"), neurons(dense(54, 3), last))


@every_estimator
def test_an_offset_of_100_costs_no_precision(estimator):
    model, oracle = far_away()
    images = signed_images((5, 5, 2), seed=3, count=60) + np.float32(100)
    patterns = ki.fit_patterns(ki.load_network(model), images, estimator, batch_size=16)
    assert worst(patterns, fitted_patterns(oracle, images, estimator)) < 5e-5


def refitted(network: ki.Network, name: str, shift: object, *options: object, **more: object) -> float:
    """How far patterns move when they are fitted again to the twin, on shifted data."""
    images = data_of(name).astype(np.float32)
    twin = ki.shifted_twin(network, shift)
    before = ki.fit_patterns(network, images, *options, **more)
    after = ki.fit_patterns(twin, images + shift.values(images.shape[1:]), *options, **more)
    return worst(after, before)


SHIFTS: dict[str, Callable[[], object]] = {
    "constant": lambda: ki.shifts.constant(-1.0),
    "checkerboard": lambda: ki.shifts.checkerboard(cell=2, amplitude=1.0),
}
every_shift = pytest.mark.parametrize("shift", SHIFTS)


@every_shift
@pytest.mark.parametrize("estimator", ["positive", "linear"])
def test_positive_and_linear_patterns_of_dense_layers_survive_a_shift(network, estimator, shift):
    assert refitted(network("mlp"), "mlp", SHIFTS[shift](), estimator) < 1e-5


@pytest.mark.parametrize("estimator", ["positive", "linear"])
def test_positive_and_linear_patterns_of_a_valid_convolution_survive_a_constant_shift(network, estimator):
    assert refitted(network("cnn"), "cnn", SHIFTS["constant"](), estimator) < 1e-5


@every_shift
def test_published_patterns_do_not_survive_a_shift(network, shift):
    assert refitted(network("mlp"), "mlp", SHIFTS[shift](), "published") > 0.1


@pytest.mark.parametrize("estimator", ["positive", "published"])
def test_pooled_over_padded_positions_no_masked_patterns_survive_a_shift(network, estimator):
    assert refitted(network("dilated"), "dilated", SHIFTS["constant"](), estimator) > 0.01


@every_shift
@every_estimator
@pytest.mark.parametrize("name", ["mlp", "cnn", "dilated", "rescaled"])
def test_centred_by_the_mean_image_all_patterns_survive_a_shift(network, name, estimator, shift):
    assert refitted(network(name), name, SHIFTS[shift](), estimator, centre="image") < 1e-5


def test_a_neuron_that_never_fires_gets_its_scaled_weights_and_is_listed():
    model = keras.Sequential([keras.Input((3,)), layers.Dense(4, activation="relu"), layers.Dense(2)])
    fill(model, 5)
    kernel, bias, *rest = model.get_weights()
    bias[2] = -100
    model.set_weights([kernel, bias, *rest])
    patterns = ki.fit_patterns(ki.load_network(model), signed_images((3,), count=50), "positive")
    assert patterns.silent == ((2,), ())
    np.testing.assert_allclose(patterns.arrays[0][:, 2], kernel[:, 2] / (kernel[:, 2] @ kernel[:, 2]), rtol=1e-6)


def test_progress_tells_how_many_images_are_done(network):
    told: list[tuple[int, int]] = []
    ki.fit_patterns(network("mlp"), data_of("mlp"), batch_size=16, progress=lambda *now: told.append(now))
    assert told == [(16, 40), (32, 40), (40, 40)]


def test_patterns_come_back_from_disk_as_they_were(network, tmp_path):
    fitted = ki.fit_patterns(network("cnn"), data_of("cnn"), "published")
    loaded = ki.load_patterns(fitted.save(tmp_path / "cnn.npz"), network("cnn"))
    assert (loaded.about, loaded.names, loaded.silent) == (fitted.about, fitted.names, fitted.silent)
    for after, before in zip(loaded.arrays, fitted.arrays, strict=True):
        np.testing.assert_array_equal(after, before)


def test_patterns_of_another_network_are_refused(network, tmp_path):
    fitted = ki.fit_patterns(network("cnn"), data_of("cnn"))
    path = fitted.save(tmp_path / "cnn.npz")
    with pytest.raises(PatternError, match=r"weights.*fit_patterns"):
        ki.load_patterns(path, network("mlp"))
    with pytest.raises(PatternError, match=r"weights.*fit_patterns"):
        ki.explain(network("mlp"), case("mlp").images, "pattern-net", patterns=fitted)


def test_a_twin_takes_the_patterns_of_its_network(network):
    fitted = ki.fit_patterns(network("mlp"), data_of("mlp"))
    twin = ki.shifted_twin(network("mlp"), ki.shifts.constant(-1.0))
    images = case("mlp").images
    before = ki.explain(network("mlp"), images, "pattern-attribution", patterns=fitted)
    after = ki.explain(twin, images - 1, "pattern-attribution", patterns=fitted)
    assert distance(after, before.astype(np.float64)) < 1e-5


@pytest.mark.parametrize("kept", [0, 10, 0.5, 0.99])
def test_a_truncated_file_is_refused(network, tmp_path, kept):
    path = ki.fit_patterns(network("mlp"), data_of("mlp")).save(tmp_path / "mlp.npz")
    content = path.read_bytes()
    path.write_bytes(content[: int(kept * len(content)) if kept < 1 else int(kept)])
    with pytest.raises(PatternError, match=r"mlp\.npz.*fit_patterns"):
        ki.load_patterns(path, network("mlp"))


def test_a_missing_file_and_a_foreign_file_are_refused(network, tmp_path):
    with pytest.raises(PatternError, match=r"none\.npz"):
        ki.load_patterns(tmp_path / "none.npz", network("mlp"))
    np.savez(tmp_path / "foreign.npz", images=np.zeros(3))
    with pytest.raises(PatternError, match=r"foreign\.npz"):
        ki.load_patterns(tmp_path / "foreign.npz", network("mlp"))


def test_the_second_fit_comes_out_of_the_cache(network):
    told: list[tuple[int, int]] = []
    first = ki.fit_patterns(network("mlp"), data_of("mlp"))
    second = ki.fit_patterns(network("mlp"), data_of("mlp"), progress=lambda *now: told.append(now))
    assert not told
    assert worst(second, first) == 0
    assert list(cache_folder().iterdir())


@pytest.mark.parametrize("change", ["data", "network", "estimator", "centre"])
def test_the_cache_keeps_different_fits_apart(network, change):
    told: list[tuple[int, int]] = []
    ki.fit_patterns(network("mlp"), data_of("mlp"), "positive")
    chosen = ki.shifted_twin(network("mlp"), ki.shifts.constant(-1.0)) if change == "network" else network("mlp")
    images = data_of("mlp") + (np.float32(1e-3) if change == "data" else np.float32(0))
    estimator = "linear" if change == "estimator" else "positive"
    centre = "image" if change == "centre" else "neuron"
    ki.fit_patterns(chosen, images, estimator, centre=centre, progress=lambda *now: told.append(now))
    assert told


def test_a_damaged_cache_is_fitted_again(network):
    first = ki.fit_patterns(network("mlp"), data_of("mlp"))
    for path in cache_folder().iterdir():
        path.write_bytes(path.read_bytes()[:100])
    assert worst(ki.fit_patterns(network("mlp"), data_of("mlp")), first) < 1e-6


@pytest.mark.parametrize(
    ("options", "words"),
    [({"estimator": "negative"}, "negative.*published"), ({"centre": "middle"}, "middle.*image")],
)
def test_a_wrong_option_is_refused_and_the_right_ones_are_listed(network, options, words):
    with pytest.raises(PatternError, match=words):
        ki.fit_patterns(network("mlp"), data_of("mlp"), **options)


def test_data_of_another_shape_or_without_images_is_refused(network):
    with pytest.raises(PatternError, match=r"\(9, 8, 2\).*\(3, 4, 1\)"):
        ki.fit_patterns(network("mlp"), data_of("cnn"))
    with pytest.raises(DataError, match=r"\(0, 3, 4, 1\).*at least one image"):
        ki.fit_patterns(network("mlp"), data_of("mlp")[:0])


def test_estimator_and_centre_change_the_patterns(network):
    images = data_of("cnn")
    fits = [ki.fit_patterns(network("cnn"), images, estimator) for estimator in ESTIMATORS]
    assert min(worst(fits[i], fits[j]) for i, j in [(0, 1), (0, 2), (1, 2)]) > 0.01
    dilated = [ki.fit_patterns(network("dilated"), data_of("dilated") + 1, centre=c) for c in ("neuron", "image")]
    assert worst(*dilated) > 0.01
