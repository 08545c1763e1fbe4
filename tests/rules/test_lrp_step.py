"""Relevance rules on a 2-2-1 network, worked by hand.

x = (1, 2); W1 = [[1, -1], [1, 2]] (rows: inputs, columns: neurons), b1 = (1, -1); W2 = (1, -1), b2 = 1.
z1 = (1 + 2 + 1, -1 + 4 - 1) = (4, 2); ReLU leaves them; f = 4 - 2 + 1 = 3.
"""

import keras
import numpy as np
import pytest

import keras_invariance as ki


@pytest.fixture(scope="module")
def two_two_one() -> ki.Network:
    """The network above."""
    model = keras.Sequential(
        [
            keras.Input((2,)),
            keras.layers.Dense(2, activation="relu", name="hidden"),
            keras.layers.Dense(1, name="logit"),
        ]
    )
    model.get_layer("hidden").set_weights([np.array([[1.0, -1.0], [1.0, 2.0]]), np.array([1.0, -1.0])])
    model.get_layer("logit").set_weights([np.array([[1.0], [-1.0]]), np.array([1.0])])
    return ki.load_network(model)


@pytest.mark.parametrize(
    ("method", "options", "by_hand"),
    [
        # Hidden: 4 * 3/3 = 4, -2 * 3/3 = -2. x1: 1 * 4/4 + (-1) * -2/2 = 2; x2: 2 * 4/4 + 4 * -2/2 = -2.
        ("lrp-z", {}, (2, -2)),
        # Top: 4 - 2 = 2, so 4 * 3/2 = 6, -2 * 3/2 = -3. Below (3, 3): x1: 6/3 + 3/3 = 3; x2: 2 * 6/3 - 4 * 3/3 = 0.
        ("lrp-z", {"bias": "ignore"}, (3, 0)),
        # Top: 3 + 1, so 3, -1.5. Below (5, 3): x1: 3/5 + (-1) * -1.5/3 = 1.1; x2: 2 * 3/5 + 4 * -1.5/3 = -0.8.
        ("lrp-epsilon", {"epsilon": 1.0}, (1.1, -0.8)),
        # Top, positive parts twice: 8 - 2 + 2 = 8, so 8 * 3/8 = 3, -2 * 3/8 = -0.75.
        # Neuron 1: 2 + 4 + 2 = 8: 2 * 3/8 = 0.75, 4 * 3/8 = 1.5.
        # Neuron 2: -1 + 8 - 1 = 6: 1 * 0.75/6 = 0.125, -8 * 0.75/6 = -1.
        ("lrp-gamma", {"gamma": 1.0}, (0.875, 0.5)),
        # Top: 4 * 3/(4 + 1) = 2.4, nothing to neuron 2. Neuron 1: 1 + 2 + 1 = 4: 2.4/4 = 0.6, 2 * 2.4/4 = 1.2.
        ("lrp-alpha1-beta0", {}, (0.6, 1.2)),
        # Top: 2 * 2.4 = 4.8; inhibition -2 alone: -3. Neuron 1: 2 * (4.8/4, 4.8/2) = (2.4, 4.8), no inhibition.
        # Neuron 2: excitation 4, 2 * (0, -3) = (0, -6); inhibition -1 - 1 = -2: -(-1/-2 * -3) = 1.5 to x1.
        ("lrp-alpha2-beta1", {}, (3.9, -1.2)),
        # Top: 1.5, 1.5. Neuron 1: 1/2, 1/2; neuron 2: 1/5, 4/5. 0.75 + 0.3, 0.75 + 1.2.
        ("lrp-w-square", {}, (1.05, 1.95)),
        # Half of the logit to each neuron, half of that to each input.
        ("lrp-flat", {}, (1.5, 1.5)),
        # Top: all 3 to neuron 1, which has 1 + 2.
        ("deep-taylor", {}, (1, 2)),
        # Neuron 1: 3 - (-1) * 2 - 3 * 0 = 5: (1 + 1) * 3/5, (2 + 1) * 3/5.
        ("deep-taylor-bounded", {"low": -1.0, "high": 3.0}, (1.2, 1.8)),
    ],
)
def test_relevance_is_that_worked_by_hand(two_two_one, method, options, by_hand):
    maps = ki.explain(two_two_one, np.array([[1.0, 2.0]]), method, **options)
    np.testing.assert_allclose(maps, [by_hand], rtol=1e-6, atol=1e-6)


def test_a_neuron_with_a_negative_sum_favours_what_is_negative():
    # x = (1, 1), w = (1, -2), b = -1: z = -2, f = -2. Gamma 1 doubles -2 and -1: 1 - 4 - 2 = -5.
    # x1: 1 * -2/-5 = 0.4; x2: -4 * -2/-5 = -1.6. Without the bias: 1 - 4 = -3: 2/3, -8/3.
    network = one_neuron([1.0, -2.0], -1.0)
    np.testing.assert_allclose(ki.explain(network, np.ones((1, 2)), "lrp-gamma", gamma=1.0), [[0.4, -1.6]], rtol=1e-6)
    ignored = ki.explain(network, np.ones((1, 2)), "lrp-gamma", gamma=1.0, bias="ignore")
    np.testing.assert_allclose(ignored, [[2 / 3, -8 / 3]], rtol=1e-6)


def test_the_box_takes_the_upper_end_where_weights_are_negative():
    # x = (2, 0.5), w = (1, -2): f = 1. 1 - (-1) * 1 - 3 * (-2) = 8: (2 + 1)/8, (-1 + 6)/8.
    maps = ki.explain(one_neuron([1.0, -2.0], 0.0), np.array([[2.0, 0.5]]), "deep-taylor-bounded", low=-1.0, high=3.0)
    np.testing.assert_allclose(maps, [[3 / 8, 5 / 8]], rtol=1e-6)


def test_negative_inputs_excite_through_negative_weights():
    # x = (-1, 2), w = (-3, 1), b = 1: parts 3 and 2, f = 6. With the bias 3 + 2 + 1 = 6: 3 and 2; without it 3.6, 2.4.
    network, image = one_neuron([-3.0, 1.0], 1.0), np.array([[-1.0, 2.0]])
    np.testing.assert_allclose(ki.explain(network, image, "lrp-alpha1-beta0"), [[3, 2]], rtol=1e-6)
    np.testing.assert_allclose(ki.explain(network, image, "lrp-alpha1-beta0", bias="ignore"), [[3.6, 2.4]], rtol=1e-6)


def one_neuron(weights: list[float], bias: float) -> ki.Network:
    """Two inputs and one logit."""
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.set_weights([np.array(weights).reshape(2, 1), np.array([bias])])
    return ki.load_network(model)


@pytest.mark.parametrize("method", ["lrp-z", "lrp-epsilon", "lrp-alpha1-beta0", "deep-taylor"])
def test_a_scale_of_1e_minus_20_keeps_its_relevance(method):
    # A guard against division by zero must be relative to the layer's scale: f = 3e-20 still reaches the image.
    options = {"epsilon": 1e-30} if method == "lrp-epsilon" else {}
    maps = ki.explain(one_neuron([1e-20, 1e-20], 0.0), np.array([[1.0, 2.0]]), method, **options)
    np.testing.assert_allclose(maps, [[1e-20, 2e-20]], rtol=1e-5)
