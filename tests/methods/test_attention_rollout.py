"""attention-rollout: equal to its formula, by hand, what every method promises, where tokens lie, and its verdict."""

import keras
import numpy as np
import pytest
from keras import layers

import keras_invariance as ki
from keras_invariance.application import inspect_network, judge
from keras_invariance.errors import ImageError, MethodError
from keras_invariance.network.structure.tokens import tokens
from tests.networks import case
from tests.networks.attention import ATTENTION_CASES, attention_case
from tests.oracle.agreement import distance

every_case = pytest.mark.parametrize("name", ATTENTION_CASES)


def rolled_out(name: str) -> np.ndarray:
    """The rollout of each image, token by token: of the class token, or of all on average. [n, tokens]."""
    found = []
    for trace in attention_case(name).traces():
        total = np.eye(trace.weights[0].shape[-1])
        for weights in trace.weights:
            total = (weights.mean(axis=0) / 2 + np.eye(len(total)) / 2) @ total
        found.append(total[0, 1:] if name == "vision transformer" else total.mean(axis=0))
    return np.stack(found)


def analyzer(name: str, **options: object) -> object:
    return ki.analyzer(ki.load_network(attention_case(name).model), "attention-rollout", **options)


@pytest.mark.parametrize(("dtype", "rounding"), [("float64", 1e-9), ("float32", 1e-6)])
def test_maps_of_tokens_equal_the_oracle(dtype, rounding):
    maps = analyzer("encoder", dtype=dtype)(attention_case("encoder").images)
    assert maps.dtype == dtype
    assert distance(maps, rolled_out("encoder")[..., None]) < rounding


@pytest.mark.parametrize(("dtype", "rounding"), [("float64", 1e-7), ("float32", 1e-6)])
def test_maps_of_patches_equal_the_oracle_resized_to_the_image(dtype, rounding):
    import tensorflow as tf

    maps = analyzer("vision transformer", dtype=dtype)(attention_case("vision transformer").images)
    patches = rolled_out("vision transformer").reshape(-1, 2, 2, 1)
    assert distance(maps, tf.image.resize(patches, (8, 8)).numpy()) < rounding


def test_a_layer_by_hand():
    # The query is zero, so that each token reads each with 1/2: A = [[3/4, 1/4], [1/4, 3/4]], its rows' mean 1/2, 1/2.
    # With the query 1, the scores of token a are a * (1, 3): softmax(1, 3) = (0.1192, 0.8808), softmax(3, 9) =
    # (0.0025, 0.9975). Half of them and half of one: rows (0.5596, 0.4404) and (0.0012, 0.9988), mean (0.2804, 0.7196).
    for query, expected in ((0.0, (0.5, 0.5)), (1.0, (0.2804, 0.7196))):
        rows = keras.Input((2, 1))
        attend = layers.MultiHeadAttention(1, 1, use_bias=False)
        model = keras.Model(rows, layers.Dense(1)(layers.Flatten()(attend(rows, rows))))
        model.set_weights([np.full((1, 1, 1), query), *[np.ones((1, 1, 1))] * 3, np.ones((2, 1)), np.zeros(1)])
        maps = ki.explain(ki.load_network(model), np.array([[[1.0], [3.0]]]), "attention-rollout")
        np.testing.assert_allclose(maps[0, :, 0], expected, atol=1e-4)


@every_case
def test_it_keeps_what_every_method_promises(name):
    images = attention_case(name).images
    before, run = images.copy(), analyzer(name)
    maps = run(images)
    assert maps.shape == (*images.shape[:-1], 1)
    assert maps.dtype == np.float32
    assert maps.min() >= 0
    np.testing.assert_array_equal(maps, run(images))
    np.testing.assert_array_equal(images, before)
    np.testing.assert_array_equal(maps, run(images, 2))  # a target changes nothing
    assert distance(analyzer(name, batch_size=2)(images), maps) < 1e-6
    assert run(images[:0]).shape == (0, *maps.shape[1:])
    with pytest.raises(ImageError, match="NaN"):
        run(np.full_like(images, np.nan))


@every_case
@pytest.mark.parametrize("spec", ["constant:-1", "constant:0.3"])
def test_it_is_invariant_as_theory_says(name, spec):
    one = attention_case(name)
    network = ki.load_network(one.model)
    twin = ki.shifted_twin(network, spec)
    first, second = ki.explain_pair(network, twin, one.images, spec, "attention-rollout")
    np.testing.assert_array_equal(first, second)
    assert judge(network, twin, one.images, spec, "attention-rollout").verdict == "invariant"


def test_tokens_lie_as_the_model_cuts_them():
    image = keras.Input((6, 9, 1))
    rows = layers.Reshape((6, 4))(layers.Conv2D(4, 3, strides=3)(image))
    attended = layers.MultiHeadAttention(1, 4)(rows, rows)
    network = ki.load_network(keras.Model(image, layers.Dense(2)(layers.GlobalAveragePooling1D()(attended))))
    found = tokens(network.graph)
    assert (found.count, found.before, found.behind, found.grid) == (6, 0, 0, (2, 3))
    x = np.random.default_rng(0).normal(size=(2, 6, 9, 1))
    assert ki.explain(network, x, "attention-rollout").shape == (2, 6, 9, 1)


def transformer_of(model_tokens: object, source: object) -> ki.Network:
    return ki.load_network(keras.Model(source, layers.Dense(2)(layers.GlobalAveragePooling1D()(model_tokens))))


def test_networks_that_it_does_not_fit_are_refused_in_one_line(network):
    rows = keras.Input((6, 4))
    first = layers.MultiHeadAttention(1, 4)(rows, rows)
    pooled = layers.AveragePooling1D(2)(first)
    shrinking = transformer_of(layers.MultiHeadAttention(1, 4)(pooled, pooled), rows)
    table = keras.Input((6,))
    features = layers.Reshape((6, 1))(table)
    tabular = transformer_of(layers.MultiHeadAttention(1, 4)(features, features), table)
    for one, words in (
        (network("cnn"), "without a softmax over tokens.*lrp-attention"),
        (shrinking, "over 3, 6 tokens in turn"),
        (tabular, r"6 tokens for an input \(6,\)"),
    ):
        with pytest.raises(MethodError, match=words) as caught:
            ki.analyzer(one, "attention-rollout")
        assert "\n" not in str(caught.value)


def test_attention_inside_windows_is_refused():
    rows = keras.Input((8, 4))
    windows = keras.ops.reshape(rows, (-1, 4, 4))
    attended = keras.ops.reshape(layers.MultiHeadAttention(1, 4)(windows, windows), (-1, 8, 4))
    windowed = transformer_of(attended, rows)
    with pytest.raises(MethodError, match=r"4 tokens|4 maps for 2 images"):
        ki.explain(windowed, np.ones((2, 8, 4)), "attention-rollout")


def test_inspect_says_what_is_read():
    coverage = inspect_network(ki.load_network(attention_case("vision transformer").model)).coverage
    assert coverage["attention-rollout"] == "2 softmax read, 5 tokens"
    assert "14 neurons, 7 normalisation, 4 gate" in coverage["lrp-attention"]  # 2 softmaxes and 5 layer norms
    assert inspect_network(ki.load_network(case("mlp").model)).coverage["attention-rollout"].startswith("cannot: ")
