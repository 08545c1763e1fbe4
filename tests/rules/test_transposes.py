"""Transposes of linear operations, by whatever way, against TensorFlow's own derivative."""

from collections.abc import Callable

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

import keras_invariance as ki
from keras_invariance.network.execution.replay import Replay
from keras_invariance.network.structure.layers import NeuronLayer
from keras_invariance.rules.transposes import FEW_CHANNELS, transposed
from tests.networks.case import fill

BACK = "Conv2DBackpropInput"


def first_layer(*stack: layers.Layer, shape: tuple[int, ...]) -> tuple[ki.Network, NeuronLayer]:
    """The first neuron layer of a few layers with a logit behind them."""
    model = keras.Sequential([keras.Input(shape), *stack, layers.ReLU(), layers.Flatten(), layers.Dense(2)])
    fill(model, 6)
    return lifted(model)


def lifted(model: object) -> tuple[ki.Network, NeuronLayer]:
    network = ki.load_network(model)
    return network, next(unit.layer for unit in network.units if unit.layer is not None)


def up_to(network: ki.Network, layer: NeuronLayer, x: tf.Tensor) -> Replay:
    """What stands in front of the layer, such as shapes that it reads, run on images."""
    replay = Replay(network.graph, x)
    names = [node.name for node in network.graph.nodes]
    for node in network.graph.nodes[: names.index(layer.name)]:
        replay.run(node)
    return replay


def check(network: ki.Network, layer: NeuronLayer) -> list[str]:
    """Compare L^T(d; w) with TensorFlow's derivative of <d, L(x; w)>; returns the kinds of operation that it took."""
    rng = np.random.default_rng(1)
    images = tf.constant(rng.normal(size=(3, *network.input_shape)))
    w = tf.constant(rng.normal(size=layer.kernel.shape))

    def linear(images: tf.Tensor) -> tuple[Replay, tf.Tensor, tf.Tensor]:
        replay = up_to(network, layer, images)
        x = tf.identity(replay.value(layer.image))
        return replay, x, layer.apply(replay, x, w)

    def ours(images: tf.Tensor, d: tf.Tensor) -> tf.Tensor:
        replay, x, _ = linear(images)
        return transposed(replay, layer, x, w, d)

    def theirs(images: tf.Tensor, d: tf.Tensor) -> tf.Tensor:
        _, x, z = linear(images)
        return tf.gradients(z, x, grad_ys=d)[0]

    x, z = tf.function(lambda images: linear(images)[1:], autograph=False)(images)
    d = tf.constant(rng.normal(size=z.shape))
    back = tf.function(ours, autograph=False).get_concrete_function(images, d)
    wanted, given = tf.function(theirs, autograph=False)(images, d).numpy(), back(images, d).numpy()
    np.testing.assert_allclose(given, wanted, atol=1e-12 * np.abs(wanted).max())
    # Whatever TensorFlow says, <d, L(x)> = <L^T(d), x>.
    np.testing.assert_allclose(np.vdot(d.numpy(), z.numpy()), np.vdot(given, x.numpy()), rtol=1e-10)
    return [operation.type for operation in back.graph.get_operations()]


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("kernel", [(3, 3), (2, 2), (4, 4), (5, 5), (1, 3), (4, 1), (2, 3)])
@pytest.mark.parametrize("channels", [1, 2, 3])
def test_a_convolution_of_few_channels_runs_back_as_a_sum_of_taps(padding, kernel, channels):
    operations = check(*first_layer(layers.Conv2D(4, kernel, padding=padding), shape=(6, 5, channels)))
    assert BACK not in operations


def test_a_padded_kernel_larger_than_the_picture():
    assert BACK not in check(*first_layer(layers.Conv2D(4, 5, padding="same"), shape=(2, 3, 1)))


@pytest.mark.parametrize(
    ("layer", "channels"),
    [
        (lambda: layers.Conv2D(4, 3, padding="same"), FEW_CHANNELS + 1),
        (lambda: layers.Conv2D(4, 3, strides=2, padding="same"), 2),
        (lambda: layers.Conv2D(4, 3, strides=(1, 2)), 2),
        (lambda: layers.Conv2D(4, 1), 2),
    ],
    ids=["many channels", "strided", "strided one way", "one tap"],
)
def test_other_convolutions_run_back_as_tensorflow_does(layer: Callable[[], layers.Layer], channels):
    assert BACK in check(*first_layer(layer(), shape=(7, 6, channels)))


@pytest.mark.parametrize("padding", ["valid", "same"])
def test_reshapes_behind_the_convolution_are_undone(padding):
    network, layer = first_layer(layers.Conv1D(4, 4, padding=padding), shape=(9, 2))
    assert layer.routes
    assert BACK not in check(network, layer)


@pytest.mark.parametrize("padding", ["valid", "same"])
def test_a_dilated_convolution_that_keras_runs_on_a_rearranged_batch(padding):
    check(*first_layer(layers.Conv2D(4, 2, dilation_rate=2, padding=padding), shape=(7, 6, 2)))


def test_explicit_padding():
    kernel = tf.constant(np.random.default_rng(0).normal(size=(3, 2, 2, 4)), tf.float32)

    def logits(x: tf.Tensor) -> tf.Tensor:
        padded = tf.nn.conv2d(x, kernel, 1, [[0, 0], [2, 0], [0, 1], [0, 0]])
        return tf.reduce_mean(tf.nn.relu(padded), [1, 2])

    function = tf.function(logits, autograph=False).get_concrete_function(tf.TensorSpec((None, 5, 4, 2), tf.float32))
    network, layer = lifted(function)
    assert layer.linear.attributes["padding"].s == b"EXPLICIT"
    assert BACK not in check(network, layer)


@pytest.mark.parametrize("flipped", [False, True])
def test_a_dense_layer_stored_either_way(flipped):
    kernel = tf.constant(np.random.default_rng(0).normal(size=(3, 4) if flipped else (4, 3)), tf.float32)
    function = tf.function(lambda x: tf.nn.relu(tf.matmul(x, kernel, transpose_b=flipped)), autograph=False)
    check(*lifted(function.get_concrete_function(tf.TensorSpec((None, 4), tf.float32))))


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        (lambda: layers.Conv3D(3, 2, padding="same"), (3, 4, 3, 2)),
        (lambda: layers.DepthwiseConv2D(3, padding="same", depth_multiplier=2), (4, 5, 2)),
        (lambda: layers.Conv2DTranspose(3, 3, strides=2), (4, 3, 2)),
        (lambda: layers.Dense(4), (4, 3, 2)),
    ],
    ids=["volume", "depthwise", "transposed", "dense on every pixel"],
)
def test_other_linear_operations(layer: Callable[[], layers.Layer], shape):
    check(*first_layer(layer(), shape=shape))


@pytest.mark.parametrize("method", ["gradient", "lrp-epsilon", "lrp-alpha2-beta1"])
def test_a_convolution_in_groups_is_one_with_zeros_where_a_neuron_does_not_look(method):
    shape = (5, 5, 4)
    grouped, whole = (
        keras.Sequential([keras.Input(shape), layers.Conv2D(4, 3, groups=groups, activation="relu"), *rest()])
        for groups in (2, 1)
    )
    fill(grouped, 6)
    kernel, *others = grouped.get_weights()
    wide = np.zeros((3, 3, 4, 4))
    wide[:, :, :2, :2], wide[:, :, 2:, 2:] = kernel[..., :2], kernel[..., 2:]
    whole.set_weights([wide, *others])
    images = np.random.default_rng(2).normal(size=(2, *shape))
    maps = [ki.explain(ki.load_network(model), images, method, 0) for model in (grouped, whole)]
    np.testing.assert_allclose(*maps, atol=1e-5 * np.abs(maps[1]).max())


def rest() -> list[layers.Layer]:
    return [layers.Flatten(), layers.Dense(2)]
