"""Every method on every network against the oracle: to rounding in float64, and in float32 as float32 allows."""

from collections.abc import Mapping

import numpy as np
import pytest

import keras_invariance as ki
from keras_invariance.methods.catalogue import METHODS
from keras_invariance.patterns import weight_patterns
from tests.networks import CASES, case
from tests.networks.case import signed_images
from tests.oracle import ORACLES, Fitted, OracleNetwork, oracle_maps
from tests.oracle.agreement import distance

SMALL: Mapping[str, Mapping[str, object]] = {  # options that keep the loops of the oracle short
    "smoothgrad": {"samples": 5},
    "smoothgrad-squared": {"samples": 5},
    "vargrad": {"samples": 5, "sigma": 1.0},  # enough for gates to flip, or nothing varies
    "integrated-gradients": {"steps": 6},
    "expected-gradients": {"samples": 5},
    "blur-integrated-gradients": {"steps": 4, "blur": 3.0},
}
# Sums of both signs, and at each convolution three times as much relevance as arrives, two up and one down: 5.2e-6.
ROUNDING = {"lrp-epsilon-alpha2-beta1": 1e-5, "lrp-epsilon-alpha2-beta1-flat": 1e-5}
BY_UNITS = [name for name in METHODS if name in ORACLES]
PATTERN_METHODS = ("pattern-net", "pattern-attribution")

VARIANTS = [
    ("lrp-z", {"bias": "ignore"}),
    ("lrp-epsilon", {"epsilon": 0.1, "bias": "ignore"}),
    ("lrp-epsilon", {"epsilon": 2.0}),
    ("lrp-gamma", {"gamma": 3.0, "bias": "ignore"}),
    ("lrp-alpha1-beta0", {"bias": "ignore"}),
    ("lrp-alpha2-beta1", {"bias": "ignore"}),
    ("integrated-gradients", {"steps": 3, "reference": "black"}),
    ("integrated-gradients", {"steps": 1, "reference": 0.5}),
    ("deeplift", {"reference": "black"}),
    ("deeplift", {"reference": 0.5}),
    ("smoothgrad", {"samples": 3, "sigma": 0.7, "seed": 5}),
    ("smoothgrad-squared", {"samples": 3, "base": "gradient-times-input"}),
    ("vargrad", {"samples": 3, "base": "lrp-epsilon"}),
]


def weights_as_patterns(oracle: OracleNetwork) -> dict[int, Fitted]:
    """The oracle's patterns that equal the weights."""
    return {k: Fitted(oracle.steps[k].operation.kernel, ()) for k in oracle.neuron_steps()}


def bounds_of(name: str) -> dict[str, float]:
    """The range that a case's images lie in, as options of deep-taylor-bounded."""
    return {"low": case(name).low, "high": case(name).high}


def maps_of_both(network: ki.Network, name: str, method: str, dtype: str, options: Mapping[str, object]) -> tuple:
    """The engine's maps and the oracle's, for the same images and targets."""
    one = case(name)
    same = {**SMALL.get(method, {}), **options}
    if "low" in METHODS[method].options:
        same |= bounds_of(name)
    if "background" in METHODS[method].options:
        same["background"] = signed_images(network.input_shape, seed=8, count=3)
    engine_only, oracle_only = {}, {}
    if method in PATTERN_METHODS:
        engine_only, oracle_only = {"patterns": weight_patterns(network)}, {"patterns": weights_as_patterns(one.oracle)}
    maps = ki.analyzer(network, method, dtype=dtype, **same, **engine_only)(one.images, one.targets)
    return maps, oracle_maps(one.oracle, method, one.images, one.targets, **same, **oracle_only)


# Those that blur need pictures.
ASKED = [
    (name, method)
    for name in CASES
    for method in BY_UNITS
    if "blur" not in METHODS[method].options or name not in {"smooth", "series", "volume"}
]


@pytest.mark.parametrize(("name", "method"), ASKED)
def test_maps_equal_the_oracle_in_float64(network, name, method):
    maps, oracle = maps_of_both(network(name), name, method, "float64", {})
    assert distance(maps, oracle) < 1e-6


@pytest.mark.parametrize(("method", "options"), VARIANTS)
@pytest.mark.parametrize("name", ["cnn", "normed", "leaky", "residual"])
def test_options_equal_the_oracle_in_float64(network, name, method, options):
    if name == "cnn" and "reference" in options:
        options = {**options, "reference": signed_images((9, 8, 2), seed=4, count=1)[0]}  # a flat one ties all pools
    maps, oracle = maps_of_both(network(name), name, method, "float64", options)
    assert distance(maps, oracle) < 5e-6  # the graph holds batch norm's scale in float32


@pytest.mark.parametrize("method", BY_UNITS)
@pytest.mark.parametrize("name", ["mlp", "cnn", "residual"])
def test_maps_equal_the_oracle_in_float32(network, name, method):
    maps, oracle = maps_of_both(network(name), name, method, "float32", {})
    assert maps.dtype == np.float32
    assert distance(maps, oracle) < ROUNDING.get(method, 3e-6)  # measured: 1.4e-6 at most
