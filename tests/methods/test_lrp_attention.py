"""lrp-attention: equal to its formulas on transformers, conserving but for constants, by hand, and its verdict."""

import keras
import numpy as np
import pytest
from keras import layers

import keras_invariance as ki
from keras_invariance.application import judge
from keras_invariance.errors import UnknownOperationError
from keras_invariance.network.structure.normalisations import normalisations
from tests.networks import case
from tests.networks.attention import ATTENTION_CASES, attention_case
from tests.oracle.agreement import distance

every_case = pytest.mark.parametrize("name", ATTENTION_CASES)
TARGETS = np.array([0, 1, 2])


@every_case
def test_the_oracle_computes_what_keras_does(name):
    one = attention_case(name)
    logits = np.stack([trace.values[-1] for trace in one.traces()])
    np.testing.assert_allclose(logits, one.model(one.images, training=False), rtol=1e-4, atol=1e-5)


@every_case
@pytest.mark.parametrize("epsilon", [1e-6, 0.01])
def test_maps_equal_the_oracle_in_float64(name, epsilon):
    one = attention_case(name)
    maps = ki.analyzer(ki.load_network(one.model), "lrp-attention", dtype="float64", epsilon=epsilon)
    assert distance(maps(one.images, TARGETS), one.relevance(TARGETS, epsilon)[0]) < 1e-5


@every_case
def test_maps_equal_the_oracle_in_float32(name):
    one = attention_case(name)
    maps = ki.explain(ki.load_network(one.model), one.images, "lrp-attention", TARGETS)
    assert maps.dtype == np.float32
    assert distance(maps, one.relevance(TARGETS)[0]) < 3e-4  # measured: 7.3e-5; values near zero divide


@every_case
def test_relevance_sums_to_the_logit_less_what_constants_keep(name):
    one = attention_case(name)
    maps = ki.analyzer(ki.load_network(one.model), "lrp-attention", dtype="float64")(one.images, TARGETS)
    _, logits, kept = one.relevance(TARGETS)
    np.testing.assert_allclose(maps.reshape(len(maps), -1).sum(axis=1) + kept, logits, rtol=1e-4)


def self_attention(query: float, **told: object) -> ki.Network:
    """Two tokens of one number, one head: values are the tokens, the mean of both outputs is the logit."""
    tokens = keras.Input((2, 1))
    attend = layers.MultiHeadAttention(1, 1, use_bias=False, **told)
    model = keras.Model(tokens, layers.Dense(1, use_bias=False)(layers.Flatten()(attend(tokens, tokens))))
    model.set_weights([np.full((1, 1, 1), query), *[np.ones((1, 1, 1))] * 3, np.full((2, 1), 0.5)])
    return ki.load_network(model)


def test_attention_that_is_even_keeps_half_and_shares_the_rest_by_value():
    # The query is zero, so all weights are 1/2: both outputs are (1 + 3) / 2 = 2, f = (2 + 2) / 2 = 2, R = 1 each.
    # Half of that goes to the values, 1/4 and 3/4 of it: 2 * 0.5 * 1/4 = 0.25 and 0.75. The other half goes to the
    # weights, whose scores are zero: R_i = x_i (...) = 0, the softmax's constant 1/2 keeps it.
    maps = ki.explain(self_attention(0.0), np.array([[[1.0], [3.0]]]), "lrp-attention", epsilon=0.0)
    np.testing.assert_allclose(maps[0, :, 0], [0.25, 0.75], rtol=1e-5)


def test_products_give_half_to_each_factor():
    # y = a b, a = 2 x1 = 2, b = 3 x2 = 6, f = 12: 6 each.
    image = keras.Input((2,))
    first, second = (layers.Dense(1, use_bias=False) for _ in range(2))
    model = keras.Model(image, layers.Dense(1, use_bias=False)(layers.Multiply()([first(image), second(image)])))
    model.set_weights([np.array([[2.0], [0.0]]), np.array([[0.0], [3.0]]), np.ones((1, 1))])
    maps = ki.explain(ki.load_network(model), np.array([[1.0, 2.0]]), "lrp-attention")
    np.testing.assert_allclose(maps, [[6, 6]], rtol=1e-5)


@pytest.mark.parametrize("norm", ["layer", "rms", "unit", "group"])
def test_a_normalisation_is_one_step_that_passes_relevance(norm):
    # x -> norm -> w, no bias: the norm's output takes y w / f of the logit f, and the input gets just that.
    made = {
        "layer": layers.LayerNormalization,
        "rms": layers.RMSNormalization,
        "unit": layers.UnitNormalization,
        "group": lambda: layers.GroupNormalization(2),
    }[norm]()
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((4,)), made, layers.Dense(2, use_bias=False)])
    x = np.random.default_rng(0).normal(size=(3, 4)).astype(np.float32)
    network = ki.load_network(model)
    assert len(normalisations(network.graph)) == 1
    maps = ki.explain(network, x, "lrp-attention", 1, epsilon=0.0)
    np.testing.assert_allclose(maps, np.asarray(made(x)) * np.asarray(model.weights[-1])[:, 1], rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("name", ["mlp", "cnn", "residual", "mean-pooled", "series"])
def test_where_nothing_is_attended_to_it_is_lrp_epsilon(network, name):
    images, targets = case(name).images, case(name).targets
    one, other = (
        ki.analyzer(network(name), method, dtype="float64", epsilon=1e-3)(images, targets)
        for method in ("lrp-attention", "lrp-epsilon")
    )
    assert distance(one, other) < 1e-9


def test_masked_attention_has_finite_maps():
    tokens = keras.Input((5, 4))
    attended = layers.MultiHeadAttention(2, 3)(tokens, tokens, use_causal_mask=True)
    network = ki.load_network(keras.Model(tokens, layers.Dense(3)(layers.Flatten()(attended))))
    maps = ki.explain(network, np.random.default_rng(0).normal(size=(2, 5, 4)), "lrp-attention")
    assert np.isfinite(maps).all()
    assert np.abs(maps).max() > 0


def test_a_step_of_no_normalisation_is_named():
    image = keras.Input((4,))
    model = keras.Model(image, layers.Dense(2)(keras.ops.sqrt(layers.Dense(3, activation="softplus")(image))))
    with pytest.raises(UnknownOperationError, match=r"Sqrt in '.*no part of a normalisation.*gradient"):
        ki.analyzer(ki.load_network(model), "lrp-attention")


@every_case
def test_the_verdict_is_sensitive_as_theory_says(name):
    one, shift = attention_case(name), "constant:-1"
    network = ki.load_network(one.model)
    twin = ki.shifted_twin(network, shift)
    assert judge(network, twin, one.images, shift, "lrp-attention").verdict == "sensitive"
    assert judge(network, twin, one.images, shift, "gradient").verdict == "invariant"
