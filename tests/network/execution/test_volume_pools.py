"""Pools over volumes in float64: TensorFlow's own in float32, and a network of scans that is audited."""

import keras
import numpy as np
import pytest
from keras import layers

import keras_invariance as ki
from keras_invariance.comparison.verdicts import judge

SHAPE = (5, 6, 7, 2)


@pytest.mark.parametrize("kind", [layers.MaxPooling3D, layers.AveragePooling3D])
@pytest.mark.parametrize(
    ("window", "strides", "padding"),
    [(2, 2, "valid"), (2, 2, "same"), (3, 2, "same"), ((1, 3, 2), (2, 1, 3), "valid"), ((3, 1, 2), 1, "same")],
)
def test_in_float64_they_are_what_they_are_in_float32(kind, window, strides, padding):
    pool = kind(window, strides, padding)
    network = ki.load_network(keras.Sequential([keras.Input(SHAPE), pool, layers.Flatten()]))
    images = np.random.default_rng(0).normal(size=(3, *SHAPE)).astype(np.float32)
    expected = np.asarray(pool(images)).reshape(3, -1)
    np.testing.assert_allclose(network.astype("float64")(images), expected, atol=1e-6)
    np.testing.assert_allclose(network(images), expected, atol=1e-6)


@pytest.mark.parametrize("pool", [layers.MaxPooling3D, layers.AveragePooling3D])
@pytest.mark.parametrize("method", ["gradient", "lrp-epsilon", "lrp-alpha1-beta0"])
def test_maps_of_scans_in_float64_are_those_in_float32(pool, method):
    keras.utils.set_random_seed(0)
    conv = layers.Conv3D(4, 3, activation="relu", bias_initializer=keras.initializers.RandomNormal(stddev=0.2))
    stack = [keras.Input(SHAPE), conv, pool(2, 1), layers.Flatten(), layers.Dense(3)]
    network = ki.load_network(keras.Sequential(stack))
    scans = np.random.default_rng(0).normal(size=(3, *SHAPE)).astype(np.float32)
    maps, exact = (ki.explain(network, scans, method, dtype=dtype) for dtype in ("float32", "float64"))
    np.testing.assert_allclose(maps, exact, atol=1e-5 * np.abs(exact).max())


@pytest.mark.parametrize(("method", "expected"), [("gradient", "invariant"), ("gradient-times-input", "sensitive")])
def test_a_network_of_scans_gets_a_verdict(method, expected):
    keras.utils.set_random_seed(0)
    conv = layers.Conv3D(4, 3, activation="relu", bias_initializer=keras.initializers.RandomNormal(stddev=0.2))
    stack = [keras.Input(SHAPE), conv, layers.MaxPooling3D(2), layers.Flatten(), layers.Dense(3)]
    network = ki.load_network(keras.Sequential(stack))
    scans = np.random.default_rng(0).random((5, *SHAPE)).astype(np.float32)
    scans[:, 3:] = 0.0
    shift = ki.shifts.constant(-1.0)
    assert judge(network, ki.shifted_twin(network, shift), scans, shift, method).verdict == expected
