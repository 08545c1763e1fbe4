"""Parameters: which layers there are, and what drawing them anew gives."""

from collections.abc import Callable

import keras
import numpy as np
import pytest
from keras import layers

import keras_invariance as ki
from keras_invariance.errors import ModelError
from keras_invariance.judging.randomization.copies import copy_of
from keras_invariance.judging.randomization.layers import permuted_parameters
from keras_invariance.judging.randomization.names import shortened
from keras_invariance.judging.randomization.parameters import parameters_of
from keras_invariance.network import Network
from tests.networks.case import fill

Build = Callable[..., keras.Model]


def multiset(numbers: np.ndarray) -> list[float]:
    return sorted(np.ravel(numbers).tolist())


def test_layers_come_from_the_image_up_and_say_how_they_are_drawn(small: Network):
    layers_ = parameters_of(small).layers
    assert [layer.name.partition("_")[0] for layer in layers_] == ["conv2d", "dense", "dense"]
    assert {layer.drawn for layer in layers_} == {"kernel: GlorotUniform, bias: Zeros"}
    assert all(len(layer.values) == 2 for layer in layers_)


def test_all_layers_drawn_anew_are_the_network_that_was_never_trained(images: np.ndarray):
    """Initialisers without chance: what is drawn must be the fresh model, batch norm's own constants among it."""

    def fresh() -> keras.Model:
        numbers = {"kernel_initializer": keras.initializers.Constant(0.1), "bias_initializer": "ones"}
        return keras.Sequential(
            [
                keras.Input((8, 8, 1)),
                layers.Rescaling(2.0),
                layers.Conv2D(3, 3, **numbers),
                layers.BatchNormalization(beta_initializer=keras.initializers.Constant(0.3)),
                layers.ReLU(),
                layers.DepthwiseConv2D(2, depthwise_initializer=keras.initializers.Constant(-0.2)),
                layers.LayerNormalization(gamma_initializer=keras.initializers.Constant(0.7)),
                layers.Flatten(),
                layers.Dense(3, **numbers),
            ]
        )

    trained = fresh()
    for layer in trained.layers:
        rng = np.random.default_rng(0)
        layer.set_weights([rng.uniform(0.5, 1.5, weights.shape) for weights in layer.get_weights()])
    network = ki.load_network(trained)
    parameters = parameters_of(network)
    copy = copy_of(network)
    copy.put(parameters.draw(0))
    expected = ki.load_network(fresh())(images)
    assert not np.allclose(network(images), expected, rtol=0.1)
    np.testing.assert_allclose(copy.network(images), expected, rtol=1e-5)


def test_a_draw_knows_nothing_of_the_trained_weights(build: Build):
    draws = [parameters_of(ki.load_network(build(seed))).draw(3) for seed in (1, 2)]
    for numbers in zip(*(draw.values() for draw in draws), strict=True):
        np.testing.assert_array_equal(*numbers)


def test_a_seed_gives_the_same_draw_whatever_came_before(small: Network):
    parameters = parameters_of(small)
    first = parameters.draw(3)
    other = parameters.draw(4)
    again = parameters_of(small).draw(3)
    assert all(np.array_equal(first[value], again[value]) for value in first)
    assert not all(np.array_equal(first[value], other[value]) for value in first)


def test_a_seed_that_the_layer_fixed_is_not_drawn_again(build: Build):
    network = ki.load_network(build(1, kernel_initializer=keras.initializers.RandomNormal(stddev=9.0, seed=7)))
    parameters = parameters_of(network)
    (kernel,) = [value for value in parameters.layers[1].values if network.graph.constants[value].shape.rank == 2]
    sizes = [np.std(parameters.draw(seed)[kernel]) for seed in (0, 1)]
    assert sizes == pytest.approx([9, 9], rel=0.2)
    assert sizes[0] != sizes[1]


def test_what_has_no_initialiser_is_permuted(build: Build):
    def unseeded(shape: tuple[int, ...], dtype: object = None) -> np.ndarray:
        return np.zeros(shape, dtype)

    network = ki.load_network(build(1, kernel_initializer=unseeded))
    parameters = parameters_of(network)
    assert parameters.layers[0].drawn == "kernel: permuted, bias: Zeros"
    before, after = network.graph.constants, parameters.draw(0)
    kernels = [value for value in after if after[value].ndim > 1]
    assert len(kernels) == 3
    for value in kernels:
        assert multiset(before[value].numpy()) == multiset(after[value])
        assert not np.array_equal(before[value], after[value])


def test_permutation_keeps_every_number_of_a_saved_model(saved: Network, small: Network):
    parameters = parameters_of(saved)
    assert [layer.drawn for layer in parameters.layers] == ["permuted"] * 3
    assert len({layer.name for layer in parameters.layers}) == 3
    assert len(parameters.layers) == len(parameters_of(small).layers)
    draw = parameters.draw(0)
    assert sorted(numbers.size for numbers in draw.values()) == [3, 3, 6, 18, 27, 648]
    for value, numbers in draw.items():
        before = saved.graph.constants[value].numpy()
        assert multiset(before) == multiset(numbers)
        assert numbers.size < 10 or not np.array_equal(before, numbers)


def test_statistics_of_the_data_are_no_parameters():
    normalise = layers.Normalization(mean=[0.5], variance=[2.0])
    model = keras.Sequential([keras.Input((3,)), normalise, layers.Dense(2)])
    assert [layer.name for layer in parameters_of(ki.load_network(model)).layers] == [model.layers[-1].name]


def test_scales_before_the_first_neurons_are_not_permuted():
    normalise = layers.Normalization(mean=[0.5, 1.0, 2.0], variance=[2.0, 3.0, 4.0])
    model = keras.Sequential([keras.Input((3,)), normalise, layers.Dense(4, activation="relu"), layers.Dense(2)])
    found = permuted_parameters(ki.load_network(model)).layers
    assert [len(layer.values) for layer in found] == [2, 2]
    assert [layer.name.partition("_")[0] for layer in found] == ["dense", "dense"]


def test_lone_batch_norms_are_layers_too(network: Callable[[str], Network]):
    names = [layer.name for layer in permuted_parameters(network("normed")).layers]
    assert sum("batch_normalization" in name for name in names) == 2  # its scale and its bias
    assert len(names) == 5


def test_a_layer_used_twice_is_drawn_once():
    shared = layers.Dense(4, activation="relu")
    model = keras.Sequential([keras.Input((4,)), shared, shared, layers.Dense(2)])
    parameters = parameters_of(ki.load_network(model))
    assert [layer.name for layer in parameters.layers] == [shared.name, model.layers[-1].name]


def test_a_model_that_was_trained_on_meanwhile_is_permuted(build: Build):
    model = build(1)
    network = ki.load_network(model)
    fill(model, 5)
    assert {layer.drawn for layer in parameters_of(network).layers} == {"permuted"}


def test_a_network_without_parameters_is_refused():
    model = keras.Sequential([keras.Input((3,)), layers.ReLU()])
    with pytest.raises(ModelError, match=r"a network without parameters.*was trained"):
        parameters_of(ki.load_network(model))


@pytest.mark.parametrize(
    ("names", "whole", "short"),
    [
        (["m/dense/MatMul", "m/dense_1/MatMul"], False, ("dense", "dense_1")),
        (["m/dense/kernel", "m/dense/other"], False, ("kernel", "other")),
        (["m/block/a", "m/block/b", "m/c"], True, ("block/a", "block/b", "c")),
        (["dense"], False, ("dense",)),
    ],
)
def test_names_leave_out_what_all_share(names: list[str], whole: bool, short: tuple[str, ...]):
    assert shortened(names, whole=whole) == short
