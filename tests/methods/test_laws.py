"""What must hold between methods, and between a map and its logit, whatever the network computes."""

import keras
import numpy as np
import pytest

import keras_invariance as ki
from keras_invariance.patterns import weight_patterns
from tests.networks import case
from tests.oracle.agreement import distance

RELU_NETWORKS = ["mlp", "cnn", "residual", "normed", "mean-pooled", "rescaled"]


def exact(network: ki.Network, method: str, name: str, **options: object) -> np.ndarray:
    """Maps in float64."""
    return ki.analyzer(network, method, dtype="float64", **options)(case(name).images, case(name).targets)


def explained_logits(name: str) -> np.ndarray:
    """The explained logits in float64 [n]."""
    one = case(name)
    return one.oracle.logits(one.images)[np.arange(len(one.images)), one.targets]


def totals(maps: np.ndarray) -> np.ndarray:
    """The sum of each map [n]."""
    return maps.reshape(len(maps), -1).sum(axis=1)


@pytest.fixture(scope="module")
def unbiased():
    """A network by name, with all biases and offsets set to zero."""

    def loaded(name: str) -> ki.Network:
        model = keras.models.clone_model(case(name).model)
        for source, layer in zip(case(name).model.layers, model.layers, strict=True):
            if isinstance(layer, keras.layers.BatchNormalization):
                gamma, beta, mean, variance = source.get_weights()
                layer.set_weights([gamma, 0 * beta, 0 * mean, variance])
            else:
                layer.set_weights([w if w.ndim > 1 else 0 * w for w in source.get_weights()])
        return ki.load_network(model)

    return loaded


@pytest.mark.parametrize("name", RELU_NETWORKS)
def test_lrp_z_with_biases_absorbed_is_gradient_times_input(network, name):
    lrp, product = (exact(network(name), method, name) for method in ("lrp-z", "gradient-times-input"))
    assert distance(lrp, product) < 1e-9


@pytest.mark.parametrize("name", ["mlp", "cnn", "normed", "residual"])
def test_deep_taylor_of_a_positive_logit_is_alpha1_beta0_without_bias(network, name):
    positive = explained_logits(name) > 0
    assert positive.any()
    taylor = exact(network(name), "deep-taylor", name)[positive]
    relevance = exact(network(name), "lrp-alpha1-beta0", name, bias="ignore")[positive]
    assert distance(taylor, relevance) < 1e-9


@pytest.mark.parametrize("name", ["mlp", "cnn"])
def test_deep_taylor_of_a_negative_logit_is_zero(network, name):
    negative = explained_logits(name) < 0
    assert negative.any()
    assert not exact(network(name), "deep-taylor", name)[negative].any()


@pytest.mark.parametrize("name", ["mlp", "cnn", "residual"])
def test_deep_taylor_is_never_negative(network, name):
    assert exact(network(name), "deep-taylor", name).min() >= 0
    bounded = exact(network(name), "deep-taylor-bounded", name, low=-3.0, high=3.0)
    assert bounded.min() >= 0


@pytest.mark.parametrize("name", ["mlp", "cnn", "depthwise", "residual", "gated", "transposed"])
def test_pattern_net_with_the_weights_as_patterns_is_the_logit_times_the_gradient(network, name):
    signals = exact(network(name), "pattern-net", name, patterns=weight_patterns(network(name)))
    gradient = exact(network(name), "gradient", name)
    f = explained_logits(name).reshape(-1, *[1] * (gradient.ndim - 1))
    assert distance(signals, f * gradient) < 1e-6


@pytest.mark.parametrize("name", ["smooth", "mlp"])
@pytest.mark.parametrize("reference", ["zero", "black"])
def test_integrated_gradients_sum_to_the_change_of_the_logit(network, name, reference):
    one = case(name)
    maps = exact(network(name), "integrated-gradients", name, steps=2000, reference=reference)
    least = one.images.reshape(len(one.images), -1).min(axis=1).reshape(-1, *[1] * (one.images.ndim - 1))
    start = np.broadcast_to(0.0 if reference == "zero" else least, one.images.shape)
    begin = one.oracle.logits(start)[np.arange(len(maps)), one.targets]
    np.testing.assert_allclose(totals(maps), explained_logits(name) - begin, atol=5e-3)


@pytest.mark.parametrize(
    ("method", "name"),
    [
        *(("lrp-z", name) for name in ["mlp", "cnn", "residual", "normed", "mean-pooled", "branched", "gated"]),
        *(("lrp-gamma", name) for name in ["mlp", "cnn", "residual", "mean-pooled", "normed"]),
        *(("lrp-w-square", name) for name in ["mlp", "residual", "series"]),
        *(("lrp-flat", name) for name in ["mlp", "residual", "series"]),
        *(("lrp-alpha1-beta0", name) for name in ["residual", "depthwise", "branched"]),
    ],
)
def test_relevance_sums_to_the_logit_without_biases(unbiased, method, name):
    network = unbiased(name)
    maps = exact(network, method, name)
    logits = network(case(name).images)[np.arange(len(maps)), case(name).targets]
    np.testing.assert_allclose(totals(maps), logits, rtol=1e-4)


@pytest.mark.parametrize("name", ["mlp", "cnn", "residual"])
def test_relevance_with_biases_ignored_still_sums_to_the_logit(network, name):
    maps = exact(network(name), "lrp-z", name, bias="ignore")
    np.testing.assert_allclose(totals(maps), explained_logits(name), rtol=1e-6)


def test_epsilon_towards_zero_gives_lrp_z(network):
    gentle = exact(network("cnn"), "lrp-epsilon", "cnn", epsilon=1e-12)
    assert distance(gentle, exact(network("cnn"), "lrp-z", "cnn")) < 1e-8


def test_gamma_zero_is_lrp_z(network):
    plain = exact(network("cnn"), "lrp-gamma", "cnn", gamma=0.0)
    assert distance(plain, exact(network("cnn"), "lrp-z", "cnn")) < 1e-8


def test_a_great_gamma_is_alpha1_beta0_for_positive_logits(network):
    positive = explained_logits("mlp") > 0
    great = exact(network("mlp"), "lrp-gamma", "mlp", gamma=1e9)[positive]
    assert distance(great, exact(network("mlp"), "lrp-alpha1-beta0", "mlp")[positive]) < 1e-6


@pytest.mark.parametrize("method", ["smoothgrad", "integrated-gradients"])
def test_without_noise_or_way_to_go_only_the_gradient_is_left(network, method):
    gradient = exact(network("cnn"), "gradient", "cnn")
    if method == "smoothgrad":
        assert distance(exact(network("cnn"), method, "cnn", sigma=0.0, samples=3), gradient) < 1e-12
    else:
        image = case("cnn").images[:1]
        analyzer = ki.analyzer(network("cnn"), method, reference=image[0], steps=4)
        assert not analyzer(image).any()


def test_variance_is_the_mean_square_less_the_squared_mean(network):
    options = {"samples": 4, "sigma": 0.5, "seed": 2}
    mean, square, variance = (
        exact(network("smooth"), method, "smooth", **options)
        for method in ("smoothgrad", "smoothgrad-squared", "vargrad")
    )
    np.testing.assert_allclose(variance, square - mean**2, atol=1e-12 * square.max())
    assert variance.min() >= 0
