"""Passages: what a unit reads is the same to the last bit, and no derivative runs out of the unit."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

import keras_invariance as ki
from keras_invariance.rules.backward import detached


@pytest.mark.parametrize("dtype", [tf.float32, tf.float64, tf.int32])
def test_what_is_apart_is_the_same_to_the_last_bit(dtype):
    numbers = tf.cast([[0.0, -1.5, 3e30, 1e-40, 7.0]], tf.float64) if dtype.is_floating else tf.constant([[0.0, 7.0]])
    x = tf.cast(numbers, dtype)
    copy = tf.function(detached).get_concrete_function(tf.TensorSpec((None, x.shape[1]), dtype))(x)
    assert (copy.dtype, copy.shape) == (dtype, x.shape)
    np.testing.assert_array_equal(copy, x)


def test_no_derivative_runs_into_it_or_out_of_it():
    found = {}

    @tf.function
    def traced(x):
        before = 2.0 * x
        inside = detached(before)
        y = 3.0 * inside
        behind = 5.0 * detached(y)
        found["into"], found["out"] = tf.gradients(y, before)[0], tf.gradients(behind, inside)[0]
        return tf.gradients(y, inside)[0]

    np.testing.assert_array_equal(traced(tf.ones((2, 3))), np.full((2, 3), 3.0))
    assert found == {"into": None, "out": None}


def test_a_long_network_is_explained_as_keras_does():
    """Five hundred units and more: an LSTM unrolled over 40 steps."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((40, 3)), layers.LSTM(4), layers.Dense(2)])
    signals = np.random.default_rng(0).normal(size=(2, 40, 3)).astype(np.float32)
    network = ki.load_network(model)
    with tf.GradientTape() as tape:
        x = tf.constant(signals)
        tape.watch(x)
        logit = model(x)[:, 1]
    np.testing.assert_allclose(ki.explain(network, signals, "gradient", 1), tape.gradient(logit, x), atol=1e-6)
