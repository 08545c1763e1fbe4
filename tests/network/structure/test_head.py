"""Heads: softmax and sigmoid taken off however they are written, and said where they cannot be."""

from collections.abc import Callable

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

import keras_invariance as ki

IMAGES = np.random.default_rng(0).normal(size=(4, 6)).astype(np.float32)


class Head(layers.Layer):
    """A function of the logits as a layer."""

    def __init__(self, function: Callable):
        super().__init__()
        self.function = function

    def call(self, logits):
        return self.function(logits)


def networks(*head: layers.Layer, classes: int = 3) -> tuple[ki.Network, np.ndarray, keras.Model]:
    """A network with this head, the logits before it, and the model."""
    top = layers.Dense(classes, bias_initializer="ones")
    model = keras.Sequential([keras.Input((6,)), layers.Dense(5, activation="relu"), top, *head])
    bare = keras.Sequential([keras.Input((6,)), *model.layers[:2]])
    return ki.load_network(model), bare(IMAGES).numpy(), model


def exponential_share(logits):
    raised = tf.exp(logits)
    return raised / tf.reduce_sum(raised, axis=-1, keepdims=True)


def stable_share(logits):
    raised = tf.exp(logits - tf.reduce_max(logits, axis=-1, keepdims=True))
    return raised / tf.reduce_sum(raised, axis=-1, keepdims=True)


def detached_share(logits):
    raised = tf.exp(logits - tf.stop_gradient(tf.reduce_max(logits, axis=-1, keepdims=True)))
    return raised / tf.reduce_sum(raised, axis=-1, keepdims=True)


WRITTEN = "softmax written out as exp / sum"


@pytest.mark.parametrize(
    ("head", "operation"),
    [
        (layers.Softmax(), "Softmax"),
        (layers.Activation("softmax"), "Softmax"),
        (layers.Activation("sigmoid"), "Sigmoid"),
        (layers.Activation("log_softmax"), "LogSoftmax"),
        (Head(tf.nn.softmax), "Softmax"),
        (Head(lambda logits: tf.reshape(tf.nn.softmax(logits), (-1, 3))), "Softmax"),
        (Head(exponential_share), WRITTEN),
        (Head(stable_share), WRITTEN),
        (Head(detached_share), WRITTEN),
    ],
)
def test_a_head_is_taken_off(head: layers.Layer, operation: str):
    network, logits, model = networks(head)
    assert (network.head.operation, network.head.removed) == (operation, True)
    assert str(network.head) == f"{operation} taken off: logits are explained"
    np.testing.assert_allclose(network(IMAGES), logits, rtol=1e-5, atol=1e-6)
    assert not np.allclose(model(IMAGES), logits, atol=1e-2)  # the model itself keeps its head


def test_a_head_inside_the_last_layer_is_taken_off():
    model = keras.Sequential([keras.Input((6,)), layers.Dense(3, activation="softmax")])
    kernel, bias = model.get_weights()
    np.testing.assert_allclose(ki.load_network(model)(IMAGES), IMAGES @ kernel + bias, rtol=1e-5, atol=1e-6)


def test_a_single_logit_loses_its_sigmoid():
    network, logits, _ = networks(layers.Activation("sigmoid"), classes=1)
    assert network.classes == 1
    np.testing.assert_allclose(network(IMAGES), logits, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("head", [(), (layers.Activation("linear"),), (layers.Rescaling(3.0),), (layers.ReLU(),)])
def test_a_network_without_a_head_keeps_its_outputs(head: tuple):
    network, _, model = networks(*head)
    assert str(network.head) == "none: the outputs are taken as logits"
    np.testing.assert_allclose(network(IMAGES), model(IMAGES), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("tail", "operation"),
    [
        ((layers.Softmax(), layers.Rescaling(100.0)), "Softmax"),
        ((layers.Softmax(), Head(lambda share: tf.clip_by_value(share, 0.1, 0.9))), "Softmax"),
        ((layers.Activation("sigmoid"), Head(lambda share: 1 - share)), "Sigmoid"),
        ((Head(lambda logits: tf.nn.softmax(logits) + tf.nn.softmax(2 * logits)),), "Softmax"),
    ],
)
def test_a_head_that_stays_is_said(tail: tuple, operation: str):
    network, _, model = networks(*tail)
    assert (network.head.operation, network.head.removed) == (operation, False)
    said = f"{operation} could not be taken off: its outputs, not the logits, are explained"
    assert str(network.head) == said
    np.testing.assert_allclose(network(IMAGES), model(IMAGES), rtol=1e-5, atol=1e-6)


def test_a_softmax_over_another_axis_is_no_head():
    # exp / sum over the images of the batch is not a softmax over the classes: nothing may be taken off.
    def share(images):
        raised = tf.exp(images @ tf.ones((6, 3)))
        return raised / tf.reduce_sum(raised, axis=0, keepdims=True)

    function = tf.function(share)
    network = ki.load_network(function, input_shape=(6,))
    np.testing.assert_allclose(network(IMAGES), function(IMAGES), rtol=1e-5)


def test_a_sigmoid_inside_the_network_is_no_head():
    model = keras.Sequential([keras.Input((6,)), layers.Dense(5, activation="sigmoid"), layers.Dense(3)])
    network = ki.load_network(model)
    assert network.head.operation == ""
    np.testing.assert_allclose(network(IMAGES), model(IMAGES), rtol=1e-5, atol=1e-6)
