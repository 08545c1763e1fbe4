"""Roles: what each kind of layer is read as, how affine layers fold, and what happens to what no role fits."""

from collections.abc import Callable

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

import keras_invariance as ki
from keras_invariance.errors import UnknownOperationError
from keras_invariance.network.execution.replay import Replay
from keras_invariance.network.structure.roles import Unit
from tests.networks import CASES, case
from tests.networks.case import fill
from tests.oracle.agreement import distance


def loaded(shape: tuple[int, ...], *inner: layers.Layer) -> ki.Network:
    """A network of these layers with a dense top, random weights in all of them."""
    model = keras.Sequential([keras.Input(shape), *inner, layers.Flatten(), layers.Dense(2)])
    fill(model, seed=0)
    return ki.load_network(model)


def before_top(network: ki.Network) -> list[tuple[str, str]]:
    """Role and operations of every unit but the reshapes and the dense top."""
    found = [(unit.role, unit.operation) for unit in network.units if unit.operation != "Reshape"]
    assert found[-1] == ("neurons", "MatMul + BiasAdd")
    return found[:-1]


IMAGE, SERIES, VOLUME = (6, 6, 2), (6, 2), (4, 4, 4, 2)


@pytest.mark.parametrize(
    ("shape", "layer", "operations"),
    [
        ((4,), layers.Dense(3), "MatMul + BiasAdd"),
        ((4,), layers.Dense(3, use_bias=False), "MatMul"),
        (SERIES, layers.Dense(3, activation="relu"), "MatMul + Reshape + BiasAdd + Relu"),
        (IMAGE, layers.Conv2D(3, 3), "Conv2D + BiasAdd"),
        (IMAGE, layers.Conv2D(3, 3, strides=2, padding="same", activation="relu"), "Conv2D + BiasAdd + Relu"),
        (IMAGE, layers.Conv2D(3, 3, padding="same", use_bias=False, activation="tanh"), "Conv2D + Tanh"),
        (IMAGE, layers.DepthwiseConv2D(3), "DepthwiseConv2dNative + BiasAdd"),
        (IMAGE, layers.Conv2DTranspose(3, 3), "Conv2DBackpropInput + BiasAdd"),
        (VOLUME, layers.Conv3D(3, 2), "Conv3D + BiasAdd"),
        (VOLUME, layers.Conv3DTranspose(3, 2), "Conv3DBackpropInputV2 + BiasAdd"),
    ],
)
def test_an_affine_layer_is_one_unit(shape, layer, operations):
    network = loaded(shape, layer)
    units = [unit for unit in network.units if unit.role == "neurons"]
    assert units[0].operation == operations
    assert units[0].layer is not None
    assert units[0].layer.first
    assert not units[1].layer.first or len(before_top(network)) == 1
    assert [role for role, _ in before_top(network) if role not in {"neurons", "route"}] == []


def test_a_series_is_convolved_as_one_unit():
    network = loaded(SERIES, layers.Conv1D(3, 3, activation="relu"))
    assert [role for role, _ in before_top(network)] == ["route", "neurons"]
    assert next(unit.operation for unit in network.units if unit.role == "neurons").endswith("+ BiasAdd + Relu")


def test_an_einsum_with_a_constant_side_is_a_layer():
    # Keras turns equations that it knows into products of matrices, and leaves this one.
    found = before_top(loaded((3, 4), layers.EinsumDense("abc,bcd->abd", output_shape=(3, 5), bias_axes="d")))
    assert found == [("neurons", "Einsum + BiasAdd")]


def test_a_nearest_upsampling_only_moves_values():
    found = before_top(loaded(IMAGE, layers.UpSampling2D()))
    assert found
    assert {role for role, _ in found} == {"route"}


def test_a_separable_convolution_is_two_units():
    found = before_top(loaded(IMAGE, layers.SeparableConv2D(3, 3, activation="relu")))
    assert found == [("neurons", "DepthwiseConv2dNative"), ("neurons", "Conv2D + BiasAdd + Relu")]


def test_a_dilated_convolution_keeps_its_bias_and_activation():
    network = loaded((9, 9, 2), layers.Conv2D(3, 3, dilation_rate=2, activation="relu"))
    neurons = [unit for unit in network.units if unit.role == "neurons"]
    assert len(neurons) == 2
    assert neurons[0].layer.bias is not None
    assert [node.op for node in neurons[0].layer.activation] == ["Relu"]


@pytest.mark.parametrize(
    ("activation", "operations"),
    [
        ("relu", "Relu"),
        ("relu6", "Relu6"),
        ("leaky_relu", "LeakyRelu"),
        ("elu", "Elu"),
        ("selu", "Selu"),
        ("softplus", "Softplus"),
        ("softsign", "Softsign"),
        ("sigmoid", "Sigmoid"),
        ("tanh", "Tanh"),
        ("gelu", "Mul + Neg + Erfc"),
        ("silu", "Mul + Sigmoid"),
        ("hard_silu", "AddV2 + Relu6 + RealDiv + Mul"),
        ("mish", "Softplus + Tanh + Mul"),
        ("celu", "Maximum + Minimum + RealDiv + Expm1 + Mul + AddV2"),
        ("tanh_shrink", "Tanh + Sub"),
        (layers.PReLU(shared_axes=[1, 2]), "Relu + Neg + Mul + AddV2"),
        (layers.ELU(0.5), "Elu + Greater + Mul + SelectV2"),
        (layers.LeakyReLU(0.2), "LeakyRelu"),
        (layers.ReLU(threshold=0.5), "Greater + SelectV2"),
        (lambda z: keras.activations.gelu(z, approximate=True), None),
    ],
)
def test_an_activation_belongs_to_the_layer_before(activation, operations):
    layer = (
        layers.Activation(activation)
        if isinstance(activation, str) or not isinstance(activation, layers.Layer)
        else activation
    )
    (found,) = before_top(loaded(IMAGE, layers.Conv2D(3, 3), layer))
    assert found[0] == "neurons"
    assert found[1].startswith("Conv2D + BiasAdd + ")
    if operations is not None:
        assert found[1] == f"Conv2D + BiasAdd + {operations}"


@pytest.mark.parametrize("activation", ["gelu", "silu", "hard_silu", "mish"])
def test_an_activation_behind_a_pool_stands_alone(activation):
    found = before_top(loaded(IMAGE, layers.Conv2D(3, 3), layers.MaxPooling2D(), layers.Activation(activation)))
    assert [role for role, _ in found] == ["neurons", "max pool", "activation"]


def test_guided_backprop_treats_prelu_as_one_activation():
    # x = (-2, 1), weight 1, PReLU slope 1/2: y = (-1, 1). The logits are y1 - y2 and y2 - y1.
    # Target 0: d = (1, -1); guided a'(z) max(d, 0) = (1/2, 0). Target 1: d = (-1, 1) gives (0, 1).
    image = keras.Input((2, 1))
    active = layers.Flatten()(
        layers.PReLU(shared_axes=[1], alpha_initializer=keras.initializers.Constant(0.5))(
            layers.Conv1D(1, 1, use_bias=False, kernel_initializer="ones")(image)
        )
    )
    top = layers.Dense(2, use_bias=False)
    model = keras.Model(image, top(active))
    top.set_weights([np.array([[1.0, -1.0], [-1.0, 1.0]])])
    images = np.array([[[-2.0], [1.0]]] * 2, np.float32)
    maps = ki.explain(ki.load_network(model), images, "guided-backprop", [0, 1])
    np.testing.assert_allclose(maps[..., 0], [[0.5, 0], [0, 1]], atol=1e-7)


class Of(layers.Layer):
    """A function of the signal as a layer."""

    def __init__(self, function: Callable):
        super().__init__()
        self.function = function

    def call(self, signal):
        return self.function(signal)


@pytest.mark.parametrize(
    ("layer", "roles"),
    [
        (layers.MaxPooling2D(), ["max pool"]),
        (layers.GlobalMaxPooling2D(), ["max pool"]),
        (layers.AveragePooling2D(2), ["mean pool"]),
        (layers.GlobalAveragePooling2D(), ["mean pool"]),
        (layers.UpSampling2D(interpolation="bilinear"), ["mean pool"]),
        (layers.ZeroPadding2D(), ["route"]),
        (layers.Cropping2D(), ["route"]),
        (layers.Permute((2, 1, 3)), ["route"]),
        (layers.Rescaling(0.5, offset=1.0), ["scale", "bias"]),
        (layers.BatchNormalization(), ["scale", "bias"]),
        (Of(lambda x: x + tf.constant(1.0)), ["bias"]),
        (Of(lambda x: -x), ["scale"]),
        (Of(lambda x: x / 2.0), ["scale"]),
        (Of(lambda x: tf.concat([x, x], -1)), ["route"]),
        (Of(lambda x: tf.concat(tf.split(x, 2, axis=-1)[::-1], -1)), ["route", "route"]),
        (Of(lambda x: x[:, 1:, ::2]), ["route"]),
        (Of(lambda x: x[:, 1:] + x[:, :-1]), ["route", "route", "sum"]),
        (Of(lambda x: x[:, 1:] * x[:, :-1]), ["route", "route", "gate"]),
        (Of(lambda x: tf.maximum(x[:, 1:], x[:, :-1])), ["route", "route", "max pool"]),
        (Of(tf.nn.softmax), ["normalisation"]),
        (Of(tf.sin), ["unknown"]),
        (Of(tf.cumsum), ["unknown"]),
        (Of(lambda x: tf.cast(tf.cast(x, tf.int32), tf.float32)), ["unknown", "unknown"]),
        (Of(lambda x: tf.cast(tf.cast(x, tf.float64), tf.float32)), ["route", "route"]),
    ],
)
def test_a_lone_operation_has_its_role(layer, roles):
    # A pool in front keeps scales and biases from being folded into a layer.
    found = before_top(loaded(IMAGE, layers.MaxPooling2D((1, 1)), layer))
    assert [role for role, _ in found[1:]] == roles


def test_a_residual_sum_is_no_activation():
    image = keras.Input(IMAGE)
    first = layers.Conv2D(2, 3, padding="same", activation="relu")(image)
    joined = layers.Add()([first, layers.Conv2D(2, 3, padding="same")(first)])
    network = ki.load_network(keras.Model(image, layers.Dense(2)(layers.Flatten()(joined))))
    (total,) = [unit for unit in network.units if unit.role == "sum"]
    assert len(total.signals) == 2


def test_a_sum_of_scales_is_no_activation():
    # x + 2 x is affine: a sum of a value and its scaled self, with nothing bent in between.
    found = before_top(loaded(IMAGE, layers.MaxPooling2D((1, 1)), Of(lambda x: x + 2 * x)))
    assert [role for role, _ in found[1:]] == ["scale", "sum"]


def test_squeeze_and_excite_is_a_gate():
    image = keras.Input(IMAGE)
    first = layers.Conv2D(4, 3, activation="relu")(image)
    squeezed = layers.Dense(2, activation="relu")(layers.GlobalAveragePooling2D(keepdims=True)(first))
    gated = layers.Multiply()([first, layers.Dense(4, activation="sigmoid")(squeezed)])
    network = ki.load_network(keras.Model(image, layers.Dense(2)(layers.Flatten()(gated))))
    (gate,) = [unit for unit in network.units if unit.role == "gate"]
    assert [network.graph.producer(value).op for value in gate.gates] == ["Sigmoid"]
    assert [network.graph.producer(value).op for value in gate.signals] == ["Relu"]


def test_layer_norm_is_a_gate_of_its_deviation():
    network = loaded((5, 3), layers.Conv1D(4, 2), layers.LayerNormalization())
    gates = [unit for unit in network.units if unit.role == "gate"]
    assert gates
    assert all(unit.gates for unit in gates)
    assert not [unit for unit in network.units if unit.role == "unknown"]


def test_attention_projects_by_neurons_and_gates_its_values():
    image = keras.Input((4, 3))
    attended = layers.MultiHeadAttention(num_heads=2, key_dim=3)(image, image)
    network = ki.load_network(keras.Model(image, layers.Dense(2)(layers.Flatten()(attended))))
    roles = [unit.role for unit in network.units]
    assert roles.count("neurons") == 5  # query, key, value, output, top
    assert roles.count("normalisation") == 1  # the softmax of the scores
    assert "unknown" not in roles
    gates = [unit for unit in network.units if unit.role == "gate"]
    assert len(gates) == 2  # queries with keys, which share; weights with values, where the weights gate
    assert sorted(len(unit.gates) for unit in gates) == [0, 1]
    images = np.random.default_rng(0).normal(size=(2, 4, 3)).astype(np.float32)
    for method in ("gradient", "lrp-z", "lrp-alpha2-beta1", "guided-backprop"):
        maps = ki.explain(network, images, method)
        assert np.isfinite(maps).all()
        assert maps.any()


def test_a_batch_norm_behind_a_convolution_is_folded():
    (found,) = before_top(loaded(IMAGE, layers.Conv2D(3, 3), layers.BatchNormalization(), layers.ReLU()))
    assert found == ("neurons", "Conv2D + BiasAdd + Mul + AddV2 + Relu")


def test_a_fused_batch_norm_is_a_scale_and_a_bias():
    # y = gamma (x - mean) / sqrt(variance + epsilon) + beta, by the operation that only old models contain.
    gamma, beta, mean, variance = (tf.constant(numbers) for numbers in ([2.0, -1], [0.5, 1], [1.0, -2], [4.0, 0.25]))

    def normed(images):
        return tf.raw_ops.FusedBatchNormV3(
            x=images, scale=gamma, offset=beta, mean=mean, variance=variance, epsilon=1e-3, is_training=False
        )[0]

    kernel = tf.constant(np.random.default_rng(0).normal(size=(1, 1, 2, 2)), tf.float32)
    for convolve in (True, False):
        function = tf.function(
            lambda images, convolve=convolve: tf.reduce_sum(
                normed(tf.nn.conv2d(images, kernel, 1, "VALID") if convolve else images), (1, 2)
            )
        )
        network = ki.load_network(function, input_shape=(3, 3, 2))
        images = np.random.default_rng(1).normal(size=(4, 3, 3, 2)).astype(np.float32)
        np.testing.assert_allclose(network(images), function(images), rtol=1e-4, atol=1e-4)
        assert "FusedBatchNormV3" not in network.graph.counts
        found = [(unit.role, unit.operation) for unit in network.units][:-1]
        assert found == ([("neurons", "Conv2D + Mul + AddV2")] if convolve else [("scale", "Mul"), ("bias", "AddV2")])


def values_of(network: ki.Network, images: np.ndarray, unit: Unit) -> tuple[np.ndarray, np.ndarray]:
    """z as the graph computes it, and L(x; s w) + b from the folded layer, in float64."""

    @tf.function(autograph=False)
    def both(image):
        replay = Replay(network.graph, image)
        for node in network.graph.nodes:
            replay.run(node)
        z = unit.layer.apply(replay, replay.value(unit.layer.image), unit.layer.weights(tf.float64))
        offset = unit.layer.offset(tf.float64)
        return replay.value(unit.layer.preactivation), z if offset is None else z + offset

    return tuple(tensor.numpy() for tensor in both(tf.constant(images, tf.float64)))


@pytest.mark.parametrize("name", CASES)
def test_folded_scales_and_biases_give_the_graphs_preactivations(network, name):
    for unit in network(name).units:
        if unit.layer is not None:
            graph, folded = values_of(network(name), case(name).images, unit)
            assert graph.shape == folded.shape
            assert distance(folded, graph) < 1e-12


@pytest.mark.parametrize(
    "tail",
    [
        [Of(lambda z: 2 * z - 1), layers.ReLU()],
        [Of(lambda z: (z + 1) / tf.constant([2.0, -4.0, 0.5])), layers.ReLU()],
        [layers.BatchNormalization(), Of(lambda z: z * tf.constant([2.0, 3.0, -1.0])), layers.BatchNormalization()],
        [Of(lambda z: z + tf.reshape(tf.range(48.0), (4, 4, 3))), layers.ReLU()],
    ],
)
def test_any_row_of_scales_and_biases_folds(tail):
    network = loaded(IMAGE, layers.Conv2D(3, 3), *tail)
    unit = network.units[0]
    assert [found[0] for found in before_top(network)] == ["neurons"]
    graph, folded = values_of(network, np.random.default_rng(0).normal(size=(3, *IMAGE)), unit)
    assert distance(folded, graph) < 1e-12


def test_a_scale_that_differs_by_place_is_not_folded():
    network = loaded(IMAGE, layers.Conv2D(3, 3), Of(lambda z: z * tf.reshape(tf.range(16.0), (4, 4, 1))))
    assert [role for role, _ in before_top(network)] == ["neurons", "scale"]


def test_a_value_that_two_read_ends_a_layer():
    # The second reader sees the convolution's own output, so its batch norm is not part of the layer.
    image = keras.Input(IMAGE)
    first = layers.Conv2D(2, 3, use_bias=False)(image)
    joined = layers.Concatenate()([first, layers.BatchNormalization()(first)])
    network = ki.load_network(keras.Model(image, layers.Dense(2)(layers.Flatten()(joined))))
    assert [unit.operation for unit in network.units][:3] == ["Conv2D", "Mul", "AddV2"]


def test_signs_are_known_behind_a_relu():
    inner = [layers.Conv2D(2, 3, activation="relu"), layers.MaxPooling2D(), layers.Conv2D(2, 1), layers.Conv2D(2, 1)]
    neurons = [unit for unit in loaded((8, 8, 2), *inner).units if unit.role == "neurons"]
    assert [unit.non_negative for unit in neurons] == [False, True, False, False]


@pytest.mark.parametrize(("function", "operation"), [(tf.sin, "Sin"), (tf.cumsum, "Cumsum")])
def test_an_unknown_operation_stops_rules_but_no_gradient(function, operation):
    model = keras.Sequential([keras.Input((4,)), layers.Dense(3), Of(function), layers.Dense(2)], name="odd")
    network = ki.load_network(model)
    images = np.random.default_rng(0).normal(size=(3, 4)).astype(np.float32)
    for method in ("lrp-z", "lrp-epsilon", "lrp-gamma", "deep-taylor", "guided-backprop", "deconvnet"):
        with pytest.raises(UnknownOperationError, match=rf"{method} met operation {operation} in 'odd.*Use gradient"):
            ki.explain(network, images, method)
    x = tf.constant(images)
    with tf.GradientTape() as tape:
        tape.watch(x)
        chosen = model(x)[:, 1]
    expected = tape.gradient(chosen, x).numpy()
    for method in ("gradient", "smoothgrad", "integrated-gradients"):
        assert np.isfinite(ki.explain(network, images, method)).all()
    np.testing.assert_allclose(ki.explain(network, images, "gradient", 1), expected, rtol=1e-5, atol=1e-6)
