"""Composites: which rule a layer gets, laws, and what is refused."""

from collections.abc import Callable

import keras
import numpy as np
import pytest
from keras import layers

import keras_invariance as ki
from keras_invariance.application import judge
from keras_invariance.errors import MethodError
from keras_invariance.methods.composites import EPSILON
from tests.networks import case
from tests.oracle.agreement import distance

rules = ki.rules


def exact(network: ki.Network, method: object, name: str, **options: object) -> np.ndarray:
    """Maps in float64."""
    return ki.analyzer(network, method, dtype="float64", **options)(case(name).images, case(name).targets)


@pytest.mark.parametrize(
    ("method", "table"),
    [
        ("lrp-gamma", {"neurons": rules.gamma(0.25)}),
        ("lrp-alpha1-beta0", {"dense": rules.z_plus(), "convolution": rules.z_plus()}),
        ("lrp-alpha2-beta1", {"neurons": rules.alpha_beta(2.0, 1.0)}),
        ("lrp-w-square", {"neurons": rules.w_square}),
        ("lrp-flat", {"first": rules.flat, "neurons": rules.flat}),
        ("lrp-epsilon", {"neurons": rules.epsilon(1e-3)}),
        ("lrp-z", {"neurons": rules.epsilon(0.0)}),
    ],
)
@pytest.mark.parametrize("name", ["mlp", "cnn", "dilated", "channelwise"])
def test_a_table_with_one_rule_is_the_method_of_that_rule(network, name, method, table):
    assert distance(exact(network(name), ki.composite(table), name), exact(network(name), method, name)) < 1e-9


@pytest.mark.parametrize("name", ["residual", "normed", "mean-pooled", "branched", "gated", "series", "volume"])
def test_epsilon_everywhere_is_lrp_epsilon_on_every_kind_of_network(network, name):
    table = ki.composite({"neurons": rules.epsilon(1e-3)})
    if name == "normed":  # its lone batch norm passes relevance, and under lrp-epsilon its bias takes a share
        assert np.isfinite(exact(network(name), table, name)).all()
    else:
        assert distance(exact(network(name), table, name), exact(network(name), "lrp-epsilon", name)) < 1e-6


@pytest.mark.parametrize(
    ("method", "table"),
    [
        ("lrp-epsilon-plus", {"convolution": rules.z_plus(guard=EPSILON)}),
        ("lrp-epsilon-plus-flat", {"convolution": rules.z_plus(guard=EPSILON), "first": rules.flat}),
        (
            "lrp-epsilon-gamma-box",
            {"convolution": rules.gamma(0.25, guard=EPSILON), "first": rules.box(-3.0, 3.0, guard=EPSILON)},
        ),
    ],
)
def test_the_presets_are_tables(network, method, table):
    one = ki.composite({"dense": rules.epsilon(EPSILON), **table})
    options = {"low": -3.0, "high": 3.0} if "box" in method else {}
    assert distance(exact(network("cnn"), one, "cnn"), exact(network("cnn"), method, "cnn", **options)) < 1e-9


@pytest.fixture(scope="module")
def four() -> ki.Network:
    """Two convolutions and a block of two dense layers, all named."""
    keras.utils.set_random_seed(3)
    block = keras.Sequential([layers.Dense(6, activation="relu", name="dense"), layers.Dense(5, activation="relu")])
    block.name = "block"
    model = keras.Sequential(
        [
            keras.Input((6, 6, 2)),
            layers.Conv2D(3, 3, activation="relu", name="conv2d"),
            layers.Conv2D(4, 2, activation="relu", name="conv2d_1"),
            layers.Flatten(),
            block,
            layers.Dense(3, name="logits"),
        ]
    )
    return ki.load_network(model)


def counting(used: list[str], name: str) -> Callable:
    """The z rule, which notes at which layers it was."""

    def rule(replay: object, layer: object, x: object) -> object:
        used.append(f"{name} {layer.linear.op}{tuple(layer.kernel.shape)}")
        return rules.epsilon(1e-6)(replay, layer, x)

    return rule


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        (["neurons"], ["neurons"] * 5),
        (["dense", "convolution"], ["convolution", "convolution", "dense", "dense", "dense"]),
        (["first", "last", "neurons"], ["first", "neurons", "neurons", "neurons", "last"]),
        (["conv2d", "neurons"], ["conv2d", *["neurons"] * 4]),
        (["conv2d_1", "neurons"], ["neurons", "conv2d_1", *["neurons"] * 3]),
        (["conv2d", "first", "neurons"], ["conv2d", *["neurons"] * 4]),
        (["block", "neurons"], ["neurons", "neurons", "block", "block", "neurons"]),
        (["block", "dense", "convolution"], ["convolution", "convolution", "block", "block", "dense"]),
        (["logits", "last", "neurons"], [*["neurons"] * 4, "logits"]),
    ],
)
def test_names_go_before_positions_and_these_before_kinds(four, keys, expected):
    used: list[str] = []
    table = {key: counting(used, key) for key in keys}
    ki.explain(four, np.ones((1, 6, 6, 2)), ki.composite(table))
    assert [one.split()[0] for one in used] == expected


def test_a_name_as_inspect_prints_it_is_one_too(four):
    used: list[str] = []
    name = four.units[0].name
    table = ki.composite({name: counting(used, "this"), "neurons": rules.flat})
    ki.explain(four, np.ones((1, 6, 6, 2)), table)
    assert len(used) == 1


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"conv9": rules.flat, "neurons": rules.flat}, "conv9.*dense, convolution, neurons, first, last.*conv2d"),
        ({"convolution": rules.flat}, "no rule for layer.*MatMul.*'neurons'"),
        ({"neurons": rules.box(0.0, 1.0)}, "box.*by the key 'neurons'.*'first'"),
        ({"first": rules.box(1.0, 0.0), "neurons": rules.flat}, "low = 1.* above high = 0"),
        ({"first": rules.box(np.zeros(7), 1.0), "neurons": rules.flat}, r"low of shape \(7,\)"),
    ],
)
def test_a_table_that_does_not_fit_the_network_is_refused_before_anything_is_traced(four, table, words):
    with pytest.raises(MethodError, match=f"(?s){words}") as caught:
        ki.analyzer(four, ki.composite(table))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("table", "words"),
    [({}, "without rules"), ({"dense": "epsilon"}, "'epsilon'.*rules.epsilon"), ({"dense": rules.GRADIENT}, "dense")],
)
def test_what_is_no_table_of_rules_is_refused(table, words):
    with pytest.raises(MethodError, match=words):
        ki.composite(table)


# Not where a neuron may find nothing that speaks for or against it, whose relevance is lost.
CONSERVED = [
    *(("lrp-epsilon-plus", name) for name in ["residual", "series", "depthwise"]),
    *(("lrp-epsilon-plus-flat", name) for name in ["residual", "mean-pooled", "series", "depthwise"]),
    *(("lrp-epsilon-gamma-box", name) for name in ["residual", "mean-pooled", "series", "depthwise"]),
]


@pytest.mark.parametrize(("method", "name"), CONSERVED)
def test_without_biases_relevance_sums_to_the_logit(method, name):
    model = keras.models.clone_model(case(name).model)
    for source, layer in zip(case(name).model.layers, model.layers, strict=True):
        if isinstance(layer, layers.BatchNormalization):
            gamma, _, mean, variance = source.get_weights()
            layer.set_weights([gamma, 0 * gamma, 0 * mean, variance])
        else:
            layer.set_weights([w if w.ndim > 1 else 0 * w for w in source.get_weights()])
    network = ki.load_network(model)
    maps = exact(network, method, name, **({"low": -3.0, "high": 3.0} if "box" in method else {}))
    logits = network.astype("float64")(case(name).images)[np.arange(len(maps)), case(name).targets]
    np.testing.assert_allclose(maps.reshape(len(maps), -1).sum(axis=1), logits, rtol=1e-3)


@pytest.mark.parametrize(
    ("method", "verdict"),
    [
        ("lrp-epsilon-plus", "sensitive"),
        ("lrp-epsilon-plus-flat", "invariant"),
        ("lrp-epsilon-gamma-box", "sensitive"),
        ("lrp-epsilon-alpha2-beta1", "sensitive"),
        ("lrp-epsilon-alpha2-beta1-flat", "invariant"),
    ],
)
@pytest.mark.parametrize("name", ["mlp", "cnn"])
def test_verdicts_are_as_theory_says(network, name, method, verdict):
    shift = "constant:-1"
    one, twin = network(name), ki.shifted_twin(network(name), shift)
    options = {"low": -3.0, "high": 3.0} if "box" in method else {}
    assert judge(one, twin, case(name).images, shift, method, options=options).verdict == verdict
    if "box" in method:  # bounds that move with the images
        moved = {"low": -4.0, "high": 2.0}
        finding = judge(one, twin, case(name).images, shift, method, options=options, twin_options=moved)
        assert finding.verdict == "invariant"


def test_a_composite_stands_where_a_name_stands(network):
    table = ki.composite({"neurons": rules.z_plus(), "first": rules.flat}, name="mine")
    one, twin = network("cnn"), ki.shifted_twin(network("cnn"), "constant:-1")
    images = case("cnn").images
    first, second = ki.explain_pair(one, twin, images, "constant:-1", table)
    np.testing.assert_array_equal(first, ki.explain(one, images, table))
    np.testing.assert_array_equal(first, second)
    finding = judge(one, twin, images, "constant:-1", table)
    assert (finding.method, finding.verdict) == ("mine", "invariant")
    smooth = ki.explain(one, images, "smoothgrad", base=ki.analyzer(one, table), samples=2)
    assert smooth.shape == images.shape
    again = ki.explain(twin, images - 1.0, "smoothgrad", base=ki.analyzer(twin, table), samples=2)
    np.testing.assert_allclose(again, smooth, rtol=0, atol=1e-4 * np.abs(smooth).max())
