"""Inspection: the rows, roles and coverage that people are shown."""

import keras
import pytest
import tensorflow as tf
from keras import layers

import keras_invariance as ki
from keras_invariance.application.inspection import Inspection, LayerRow, inspect_network

DERIVED = {
    "gradient",
    "gradient-times-input",
    "smoothgrad",
    "smoothgrad-squared",
    "vargrad",
    "integrated-gradients",
    "expected-gradients",
    "full-gradient",
    "blur-integrated-gradients",
}
FORWARD = {"occlusion", "rise", "lime", "kernel-shap"}


class Sine(layers.Layer):
    """An operation that no rule knows."""

    def call(self, signal):
        return tf.sin(signal)


def inspected(*inner: layers.Layer, shape: tuple[int, ...] = (6, 6, 2), name: str = "seen") -> Inspection:
    return inspect_network(ki.load_network(keras.Sequential([keras.Input(shape), *inner], name=name)))


@pytest.fixture(scope="module")
def small() -> Inspection:
    """A convolution with batch norm, a max pool, a mean pool, and a dense top with a softmax."""
    return inspected(
        layers.Conv2D(3, 3, use_bias=False),
        layers.BatchNormalization(),
        layers.ReLU(),
        layers.MaxPooling2D(),
        layers.Conv2D(4, 2, padding="same", use_bias=False),
        layers.GlobalAveragePooling2D(),
        layers.Dense(5, activation="softmax"),
    )


def test_the_networks_own_facts_are_repeated(small):
    assert (small.name, small.source) == ("seen", "Keras model 'seen'")
    assert (small.input_shape, small.classes) == ((6, 6, 2), 5)
    assert small.head == "Softmax taken off: logits are explained"


def test_layers_are_rows(small):
    names = [row.name for row in small.layers]
    assert all(part in name for part, name in zip(("conv2d", "conv2d", "dense"), names, strict=True))
    assert small.layers == (
        LayerRow(names[0], "Conv2D", (6, 6, 2), (4, 4, 3), bias=True, activation="Relu"),
        LayerRow(names[1], "Conv2D", (2, 2, 3), (2, 2, 4), bias=False, activation=""),
        LayerRow(names[2], "MatMul", (4,), (5,), bias=True, activation=""),
    )


def test_a_composed_activation_is_named_in_its_row():
    found = inspected(layers.Flatten(), layers.Dense(3, activation="mish"), layers.Dense(2))
    assert found.layers[0].activation == "Softplus + Tanh + Mul"


def test_roles_count_their_operations(small):
    assert small.roles == {
        "neurons": {"Conv2D + Mul + AddV2 + Relu": 1, "Conv2D": 1, "MatMul + BiasAdd": 1},
        "max pool": {"MaxPool": 1},
        "mean pool": {"Mean": 1},
    }


def test_every_method_says_what_it_treats(small):
    assert tuple(small.coverage) == ki.METHODS
    assert small.coverage["gradient"] == "3 neurons by rule; 1 max pool, 1 mean pool by derivative"
    assert small.coverage["lrp-alpha1-beta0"] == "3 neurons, 1 mean pool by rule; 1 max pool by derivative"
    assert small.coverage["smoothgrad"] == small.coverage["gradient"]
    assert small.coverage["integrated-gradients"] == small.coverage["gradient"]
    own = {name for name, text in small.coverage.items() if text.startswith("behind ")}
    assert own >= {"grad-cam", "grad-cam++", "hires-cam", "layer-cam", "xgrad-cam"}
    own |= {name for name, text in small.coverage.items() if text == "forward passes alone"}
    assert "score-cam" in own
    others = {name: text for name, text in small.coverage.items() if name not in own | {"attention-rollout"}}
    assert all("3 neurons" in text and "cannot" not in text for text in others.values())
    assert small.coverage["attention-rollout"].startswith("cannot: attention-rollout for")


def test_where_class_activation_maps_are_taken_is_said(small):
    assert small.activation_layer == (small.layers[1].name, (2, 2, 4))
    short = small.layers[1].name.split("/", 1)[1]
    assert small.coverage["grad-cam"] == f"behind {short}: 1 neurons by rule; 1 mean pool by derivative"
    flat = inspected(layers.Flatten(), layers.Dense(2))
    assert flat.activation_layer is None
    assert flat.coverage["grad-cam"].startswith("cannot: grad-cam for a network with input (6, 6, 2) and no spatial")


def test_what_cannot_be_used_says_why():
    coverage = inspected(layers.Flatten(), layers.Dense(3), Sine(), layers.Dense(2), name="odd").coverage
    refused = {method for method, text in coverage.items() if text.startswith("cannot: ")}
    assert refused.isdisjoint(DERIVED | FORWARD)
    assert {coverage[method] for method in FORWARD} == {"forward passes alone"}
    assert refused >= set(ki.METHODS) - DERIVED - FORWARD - {"pattern-net", "pattern-attribution"}
    assert coverage["lrp-z"].startswith("cannot: lrp-z met operation Sin in 'odd")
    assert coverage["lrp-z"].endswith("(role: unknown)")
    assert "1 unknown by derivative" in coverage["gradient"]


def test_what_a_method_never_meets_is_not_counted():
    # Relevance does not go back through the gate, so the layer behind it is met by the gradient alone.
    image = keras.Input((4,))
    gate = layers.Dense(3, activation="sigmoid")(image)
    gated = layers.Multiply()([layers.Dense(3)(image), gate])
    coverage = inspect_network(ki.load_network(keras.Model(image, layers.Dense(2)(gated)))).coverage
    assert coverage["gradient"].startswith("3 neurons by rule; 1 gate by derivative")
    assert coverage["lrp-alpha1-beta0"] == "2 neurons, 1 gate by rule"


def test_looking_leaves_the_network_as_it_was(network):
    before = network("cnn").fingerprint, len(network("cnn").analyzers)
    inspect_network(network("cnn"))
    assert (network("cnn").fingerprint, len(network("cnn").analyzers)) == before
