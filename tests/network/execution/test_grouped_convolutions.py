"""Convolutions in groups are a dense kernel with zeros, in both number types, whatever the CPU knows of groups."""

import keras
import numpy as np
import pytest
from keras import layers

import keras_invariance as ki
from keras_invariance.network import Network
from tests.networks.case import fill

CASES = {
    "pictures": ((8, 7, 4), lambda groups: layers.Conv2D(8, 3, padding="same", groups=groups, activation="relu")),
    "strided": ((8, 7, 4), lambda groups: layers.Conv2D(8, 3, 2, groups=groups, activation="relu")),
    "dilated": ((8, 7, 4), lambda groups: layers.Conv2D(8, 3, dilation_rate=2, groups=groups, activation="relu")),
    "uneven strides": ((8, 7, 4), lambda groups: layers.Conv2D(8, 3, (2, 1), groups=groups, activation="relu")),
    "signals": ((12, 4), lambda groups: layers.Conv1D(8, 3, groups=groups, activation="relu")),
    "volumes": ((4, 5, 6, 4), lambda groups: layers.Conv3D(8, 2, groups=groups, activation="relu")),
}
METHODS = ["gradient", "lrp-epsilon", "lrp-alpha2-beta1", "integrated-gradients"]
every_case = pytest.mark.parametrize("name", CASES)
every_count = pytest.mark.parametrize("count", [2, 4])


def pair_of(name: str, count: int) -> tuple[Network, Network]:
    """A network with a convolution in groups behind another, and the same with a dense kernel that has zeros."""
    shape, build = CASES[name]
    first = layers.Conv1D(4, 1) if len(shape) == 2 else layers.Conv2D(4, 1) if len(shape) == 3 else layers.Conv3D(4, 1)
    stack = [keras.Input(shape), first, build(count), layers.Flatten(), layers.Dense(3)]
    model = keras.Sequential(stack)
    fill(model, 5)
    plain = keras.Sequential(
        [keras.Input(shape), type(first).from_config(first.get_config()), build(1), layers.Flatten(), layers.Dense(3)]
    )
    for own, other in zip(model.layers, plain.layers, strict=True):
        if own is not model.layers[1]:
            other.set_weights(own.get_weights())
    kernel, bias = model.layers[1].get_weights()
    whole = np.zeros((*kernel.shape[:-2], 4, kernel.shape[-1]), np.float32)
    inputs, outputs = 4 // count, kernel.shape[-1] // count
    for group in range(count):
        read, made = slice(group * inputs, (group + 1) * inputs), slice(group * outputs, (group + 1) * outputs)
        whole[..., read, made] = kernel[..., made]
    plain.layers[1].set_weights([whole, bias])
    return ki.load_network(model), ki.load_network(plain)


def images_for(network: Network) -> np.ndarray:
    return np.random.default_rng(3).normal(size=(3, *network.input_shape))


@every_case
@every_count
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_logits_are_those_of_a_kernel_with_zeros(name, count, dtype):
    grouped, plain = (network.astype(dtype) for network in pair_of(name, count))
    x = images_for(grouped)
    np.testing.assert_allclose(grouped(x), plain(x), rtol=1e-4 if dtype == "float32" else 1e-12)


@every_case
@every_count
@pytest.mark.parametrize("method", METHODS)
def test_maps_are_those_of_a_kernel_with_zeros(name, count, method):
    maps = [ki.explain(network, images_for(network), method, 1, dtype="float64") for network in pair_of(name, count)]
    np.testing.assert_allclose(maps[0], maps[1], atol=1e-10 * np.abs(maps[1]).max())
    single = ki.explain(pair_of(name, count)[0], images_for(pair_of(name, count)[0]), method, 1)
    np.testing.assert_allclose(single, maps[0], atol=1e-4 * np.abs(maps[0]).max())


@every_count
@pytest.mark.parametrize("shift", ["constant:-1", "checkerboard:2"])
def test_a_first_convolution_in_groups_has_an_exact_twin(count, shift):
    model = keras.Sequential([keras.Input((8, 7, 4)), CASES["pictures"][1](count), layers.Flatten(), layers.Dense(3)])
    fill(model, 6)
    network, m = ki.load_network(model), ki.shifts.parse(shift)
    x = images_for(network)
    twin = ki.shifted_twin(network, m)
    moved = x + m.values(network.input_shape)
    logits = network.astype("float64")(x)
    np.testing.assert_allclose(twin.astype("float64")(moved), logits, atol=1e-12 * np.abs(logits).max())
    first, second = ki.explain_pair(network, twin, x, m, "gradient")
    np.testing.assert_array_equal(second, first)


@every_count
def test_patterns_are_fitted_to_them(count):
    grouped, _ = pair_of("pictures", count)
    x = np.random.default_rng(3).normal(size=(40, *grouped.input_shape)).astype(np.float32)
    fitted = ki.fit_patterns(grouped.astype("float64"), x, estimator="linear")
    assert all(np.isfinite(array).all() for array in fitted.arrays)
    maps = ki.explain(grouped, x[:2], "pattern-net", 1, patterns=fitted)
    assert maps.shape == x[:2].shape
    assert np.abs(maps).max() > 0
