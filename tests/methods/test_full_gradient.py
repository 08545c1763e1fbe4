"""The full gradient: against a literal copy, its sums on every kind of network, and where it puts what has a place."""

import keras
import numpy as np
import pytest
from keras import layers

import keras_invariance as ki
from keras_invariance.application import judge
from keras_invariance.methods.resizing import spreading_weights
from tests.comparison.test_theory_on_networks import NETWORKS
from tests.networks import CASES, case
from tests.oracle.agreement import distance
from tests.oracle.class_activation import in_float64
from tests.oracle.full_gradient import full_gradient

IN_A_ROW = ("mlp", "cnn", "dilated", "depthwise", "transposed", "mean-pooled", "leaky", "smooth", "normed", "rescaled")
IN_A_ROW += ("series", "volume", "channelwise")
CURVED = ("attention", "layer norm, gelu", "squeeze and excite", "hard swish", "maxout", "recurrent", "elu, tanh")


@pytest.mark.parametrize("name", IN_A_ROW)
def test_maps_equal_the_oracle_in_float64(network, name):
    one = case(name)
    maps = ki.analyzer(network(name), "full-gradient", dtype="float64")(one.images, one.targets)
    model = in_float64(one.model)
    pairs = zip(one.images.astype(np.float64), one.targets, strict=True)
    oracle = np.stack([full_gradient(model, image, int(target)) for image, target in pairs])
    assert maps.shape == one.images.shape
    assert distance(maps, oracle) < 1e-6


@pytest.mark.parametrize("name", CASES)
def test_sums_are_the_logit(network, name):
    one = case(name)
    analyzer = ki.analyzer(network(name), "full-gradient", dtype="float64")
    assert analyzer.completeness_gap(one.images, one.targets).max() < 1e-9


@pytest.mark.parametrize("name", CURVED)
def test_sums_are_the_logit_whatever_the_operations(name):
    keras.utils.set_random_seed(0)
    network = ki.load_network(NETWORKS[name]())
    images = np.random.default_rng(0).normal(size=(3, *network.input_shape))
    analyzer = ki.analyzer(network, "full-gradient", dtype="float64")
    assert analyzer.completeness_gap(images).max() < 1e-9
    twin = ki.shifted_twin(network, "constant:-1")
    assert ki.analyzer(twin, "full-gradient", dtype="float64").completeness_gap(images - 1).max() < 1e-9


def test_a_map_by_hand():
    """f = 3 relu(2 x0 - 1) + relu(-x1) + 4 at x = (1, 1): x g = (6, 0); 3 * -1 and 4 have no place: 1/2 to each."""
    hidden, last = layers.Dense(2, activation="relu"), layers.Dense(1)
    model = keras.Sequential([keras.Input((2,)), hidden, last])
    hidden.set_weights([np.array([[2.0, 0], [0, -1]]), np.array([-1.0, 0])])
    last.set_weights([np.array([[3.0], [1]]), np.array([4.0])])
    maps = ki.explain(ki.load_network(model), np.ones((1, 2)), "full-gradient")
    np.testing.assert_allclose(maps, [[6.5, 0.5]], atol=1e-6)


def test_a_convolutions_bias_stands_where_the_layer_is():
    """f reads the left half of a 1 x 4 picture, whose pixels get the bias 1 times the weights there."""
    conv, last = layers.Conv2D(1, 1), layers.Dense(1, use_bias=False)
    model = keras.Sequential([keras.Input((1, 4, 1)), conv, layers.Flatten(), last])
    conv.set_weights([np.ones((1, 1, 1, 1)), np.ones(1)])
    last.set_weights([np.array([[5.0], [7], [0], [0]])])
    maps = ki.explain(ki.load_network(model), np.zeros((1, 1, 4, 1)), "full-gradient")
    np.testing.assert_allclose(maps[0, 0, :, 0], [5, 7, 0, 0], atol=1e-6)


@pytest.mark.parametrize(("size", "places"), [(28, 10), (9, 4), (4, 9), (7, 7), (5, 1), (1, 6), (3, 20)])
def test_spreading_keeps_sums(size, places):
    weights = spreading_weights(size, places)
    assert weights.shape == (size, places)
    assert weights.min() >= 0
    np.testing.assert_allclose(weights.sum(axis=0), 1.0, atol=1e-12)


def test_it_is_sensitive_as_theory_says(network):
    """x g moves by m g, and the first bias, where it is spread, by as much in sum but not place by place."""
    one = case("cnn")
    twin = ki.shifted_twin(network("cnn"), "constant:-1")
    finding = judge(network("cnn"), twin, one.images, "constant:-1", "full-gradient")
    assert finding.verdict == "sensitive", finding.reason
    first, second = finding.maps
    np.testing.assert_allclose(*(side.reshape(len(side), -1).sum(axis=1) for side in (first, second)), atol=1e-5)


def test_it_follows_a_scale_as_an_attribution_does(network):
    one, scale = case("cnn"), np.array([4.0, 0.5])
    model = keras.models.clone_model(one.model)
    model.set_weights(one.model.get_weights())
    kernel, bias = model.layers[0].get_weights()
    model.layers[0].set_weights([kernel / scale.reshape(1, 1, 2, 1), bias])
    images = one.images * scale.astype(np.float32)
    maps = ki.explain(ki.load_network(model), images, "full-gradient", one.targets)
    np.testing.assert_array_equal(maps, ki.explain(network("cnn"), one.images, "full-gradient", one.targets))
