"""Guards a model: what its explanations are about must not change unnoticed from one version to the next."""

import os
from functools import cache

import pytest

import keras_invariance as ki
from keras_invariance.comparison.verdicts import Finding, judge

MODEL = os.environ.get("MODEL", "model.keras")  # the version that is about to be released
IMAGES = ki.datasets.load("mnist/test[:16]").images  # your own, in the model's own encoding
CHOSEN = ("gradient", "lrp-flat")  # the methods that people look at

# The verdicts of the version in use. Whoever changes one of them does it here, for all to see.
RELEASED = {
    ("gradient", "constant:-1"): "invariant",
    ("gradient", "checkerboard:4"): "invariant",
    ("lrp-flat", "constant:-1"): "invariant",
    ("lrp-flat", "checkerboard:4"): "invariant",
    ("gradient-times-input", "constant:-1"): "sensitive",
    ("lrp-epsilon", "constant:-1"): "sensitive",
}


@cache
def network() -> ki.Network:
    return ki.load_network(MODEL)


@cache
def finding(method: str, shift: str) -> Finding:
    m = ki.shifts.parse(shift)
    return judge(network(), ki.shifted_twin(network(), m), IMAGES, m, method)


@pytest.mark.parametrize("shift", ["constant:-1", "checkerboard:4"])
@pytest.mark.parametrize("method", CHOSEN)
def test_a_chosen_method_explains_the_network_alone(method: str, shift: str):
    found = finding(method, shift)
    assert found.verdict == "invariant", found.reason


@pytest.mark.parametrize(("method", "shift"), RELEASED)
def test_no_verdict_has_flipped(method: str, shift: str):
    found = finding(method, shift)
    assert found.verdict == RELEASED[method, shift], found.reason
