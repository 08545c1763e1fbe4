"""Gradient, guided backprop and deconvnet on a 2-2-1 network, worked by hand.

x = (3, 1); W1 = [[1, -1], [1, 2]] (rows: inputs, columns: neurons), b1 = (1, -1): z1 = (5, -2), so neuron 2 is shut.
"""

import keras
import numpy as np
import pytest

import keras_invariance as ki


def two_two_one(top: tuple[float, float], activation: str = "relu") -> ki.Network:
    """The network above with the weights of its logit, whose bias is 1."""
    model = keras.Sequential(
        [
            keras.Input((2,)),
            keras.layers.Dense(2, activation=activation, name="hidden"),
            keras.layers.Dense(1, name="logit"),
        ]
    )
    model.get_layer("hidden").set_weights([np.array([[1.0, -1.0], [1.0, 2.0]]), np.array([1.0, -1.0])])
    model.get_layer("logit").set_weights([np.array(top).reshape(2, 1), np.array([1.0])])
    return ki.load_network(model)


@pytest.mark.parametrize(
    ("method", "top", "by_hand"),
    [
        # d = (-1, 1) at the ReLUs. Gradient: neuron 1 open, neuron 2 shut: -1 * (1, 1).
        ("gradient", (-1.0, 1.0), (-1, -1)),
        ("gradient-times-input", (-1.0, 1.0), (-3, -1)),
        # Guided: neuron 1 has d < 0, neuron 2 is shut.
        ("guided-backprop", (-1.0, 1.0), (0, 0)),
        # Deconvnet asks d alone: neuron 2's (-1, 2) goes through though it is shut.
        ("deconvnet", (-1.0, 1.0), (-1, 2)),
        # d = (2, -1): neuron 1 open and d > 0: 2 * (1, 1); neuron 2 has d < 0.
        ("guided-backprop", (2.0, -1.0), (2, 2)),
        ("deconvnet", (2.0, -1.0), (2, 2)),
    ],
)
def test_signals_are_those_worked_by_hand(method, top, by_hand):
    maps = ki.explain(two_two_one(top), np.array([[3.0, 1.0]]), method)
    np.testing.assert_allclose(maps, [by_hand], atol=1e-6)


@pytest.mark.parametrize("method", ["guided-backprop", "deconvnet"])
def test_the_seed_is_one_and_not_the_logit(method):
    # One linear layer: the map is w whatever f = 3 * 1 - 2 + 1 is, and negative weights stay.
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.set_weights([np.array([[1.0], [-2.0]]), np.array([1.0])])
    np.testing.assert_allclose(ki.explain(ki.load_network(model), np.array([[3.0, 1.0]]), method), [[1, -2]])


@pytest.mark.parametrize(
    "build",
    [
        lambda hidden: [hidden, keras.layers.ReLU()],
        lambda hidden: [hidden, keras.layers.Activation("relu")],
        lambda hidden: [keras.Sequential([keras.Input((3,)), hidden, keras.layers.ReLU()])],
        lambda hidden: [hidden, keras.layers.Lambda(keras.ops.relu)],
    ],
    ids=["layer", "activation", "nested", "function"],
)
@pytest.mark.parametrize("method", ["guided-backprop", "deconvnet"])
def test_every_way_to_write_a_relu_is_reached(build, method):
    rng = np.random.default_rng(0)
    hidden, last = keras.layers.Dense(8), keras.layers.Dense(3)
    model = keras.Sequential([keras.Input((3,)), *build(hidden), last])
    weights = [rng.normal(size=w.shape) for w in model.get_weights()]
    model.set_weights(weights)
    plain = keras.Sequential([keras.Input((3,)), keras.layers.Dense(8, activation="relu"), keras.layers.Dense(3)])
    plain.set_weights(weights)
    images = rng.normal(size=(9, 3)).astype(np.float32)
    maps, expected = (ki.explain(ki.load_network(one), images, method) for one in (model, plain))
    np.testing.assert_allclose(maps, expected, rtol=1e-6, atol=1e-6)
    assert np.abs(maps - ki.explain(ki.load_network(model), images, "gradient")).max() > 0.01
