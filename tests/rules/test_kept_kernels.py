"""Kernels that are too large to keep are handled anew at every call, and the maps are the same."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

import keras_invariance as ki
from keras_invariance.rules import kept_kernels
from tests.networks.case import fill

IMAGES = np.random.default_rng(3).normal(size=(3, 6, 6, 2)).astype(np.float32)


def network() -> ki.Network:
    model = keras.Sequential(
        [
            keras.Input((6, 6, 2)),
            layers.Conv2D(4, 3, activation="relu"),
            layers.Flatten(),
            layers.Dense(5, activation="relu"),
            layers.Dense(3),
        ]
    )
    fill(model, 7)
    return ki.load_network(model)


@pytest.mark.parametrize("method", ["gradient", "lrp-gamma", "lrp-alpha2-beta1", "lrp-w-square", "deep-taylor"])
def test_maps_do_not_depend_on_what_is_kept(method, monkeypatch):
    kept = ki.explain(network(), IMAGES, method, 0)
    monkeypatch.setattr(kept_kernels, "KEPT_BYTES", 0)
    np.testing.assert_allclose(ki.explain(network(), IMAGES, method, 0), kept, rtol=1e-4, atol=1e-5)


def test_small_kernels_are_kept_and_large_ones_are_not(monkeypatch):
    monkeypatch.setattr(kept_kernels, "KEPT_BYTES", 4 * 100)
    assert kept_kernels.is_kept(tf.zeros(60), tf.zeros(40))
    assert not kept_kernels.is_kept(tf.zeros(60), tf.zeros(41))
