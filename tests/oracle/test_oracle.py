"""The oracle against itself: its forward pass is Keras's, its gradient is the slope, its relevance is conserved."""

from dataclasses import replace

import numpy as np
import pytest

from tests.networks import CASES, case
from tests.oracle import Neurons, OracleNetwork, Scale, Step, oracle_maps
from tests.oracle.fit import fitted_patterns

every_case = pytest.mark.parametrize("name", CASES)


def without_bias(network: OracleNetwork) -> OracleNetwork:
    """The same network with every bias zero."""
    steps = [
        Step(replace(step.operation, bias=np.zeros_like(step.operation.bias)), step.inputs)
        if isinstance(step.operation, Neurons | Scale)
        else step
        for step in network.steps
    ]
    return OracleNetwork(network.input_shape, tuple(steps))


@every_case
def test_forward_pass_is_that_of_keras(name):
    logits = case(name).model(case(name).images, training=False).numpy()
    np.testing.assert_allclose(case(name).oracle.logits(case(name).images), logits, rtol=1e-5, atol=1e-5)


@every_case
def test_gradient_is_the_slope(name):
    one = case(name)
    step = 1e-6
    directions = np.random.default_rng(1).normal(size=one.images.shape)
    images = one.images.astype(np.float64)
    ahead, behind = (one.oracle.logits(images + sign * step * directions) for sign in (1, -1))
    slope = (ahead - behind)[np.arange(len(images)), one.targets] / (2 * step)
    gradient = oracle_maps(one.oracle, "gradient", images, one.targets)
    np.testing.assert_allclose(
        (gradient * directions).reshape(len(images), -1).sum(axis=1), slope, rtol=1e-5, atol=1e-9
    )


# Theory promises no more: relevance ends at means of zeros, and alpha1-beta0 finds no excitation in some neurons.
CONSERVED = [
    *(("lrp-z", name) for name in CASES),
    *(("lrp-gamma", name) for name in CASES),
    *(("lrp-w-square", name) for name in CASES if name != "gated"),
    *(("lrp-flat", name) for name in CASES if name != "gated"),
    *(
        ("lrp-alpha1-beta0", name)
        for name in CASES
        if name not in {"mlp", "cnn", "leaky", "smooth", "channelwise", "volume"}
    ),
]


@pytest.mark.parametrize(("method", "name"), CONSERVED)
def test_relevance_is_conserved_without_biases(method, name):
    one, network = case(name), without_bias(case(name).oracle)
    maps = oracle_maps(network, method, one.images, one.targets)
    logits = network.logits(one.images)[np.arange(len(maps)), one.targets]
    np.testing.assert_allclose(maps.reshape(len(maps), -1).sum(axis=1), logits, rtol=1e-9)


@pytest.mark.parametrize("name", ["mlp", "cnn", "residual", "normed", "mean-pooled", "series"])
def test_lrp_z_with_biases_absorbed_is_gradient_times_input(name):
    one = case(name)
    lrp, product = (oracle_maps(one.oracle, m, one.images, one.targets) for m in ("lrp-z", "gradient-times-input"))
    np.testing.assert_allclose(lrp, product, atol=1e-9)


@pytest.mark.parametrize("estimator", ["positive", "published", "linear"])
def test_a_neuron_gives_its_pattern_the_value_one(estimator):
    one = case("cnn")
    for step, fitted in fitted_patterns(one.oracle, one.images, estimator).items():
        products = one.oracle.steps[step].operation.kernel * fitted.kernel
        np.testing.assert_allclose(products.reshape(-1, products.shape[-1]).sum(axis=0), 1, rtol=1e-9)
