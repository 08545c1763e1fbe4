"""Methods with a reference or a background: sums, draws, chunks, and what the twin is told."""

import numpy as np
import pytest

import keras_invariance as ki
from keras_invariance.errors import MethodError
from tests.networks import CASES, case
from tests.networks.case import signed_images
from tests.networks.wired import wired
from tests.oracle.agreement import distance

BACKGROUND_METHODS = ("deep-shap", "expected-gradients")


def background(network: ki.Network, count: int = 5) -> np.ndarray:
    return signed_images(network.input_shape, seed=8, count=count)


def exact(network: ki.Network, method: str, images: np.ndarray, **options: object) -> np.ndarray:
    return ki.analyzer(network, method, dtype="float64", **options)(images, 1)


@pytest.mark.parametrize("name", ["functions", "over time", "dilated", "attention"])
def test_deep_shap_is_the_mean_of_deeplift_whatever_its_rows_are(name):
    network = ki.load_network(wired(name))
    images, given = np.random.default_rng(1).normal(size=(3, *network.input_shape)), background(network, 4)
    apart = [exact(network, "deeplift", images, reference=one) for one in given]
    for size in (None, 3):
        together = exact(network, "deep-shap", images, background=given, batch_size=size)
        assert distance(together, np.mean(apart, axis=0)) < 1e-10


@pytest.mark.parametrize("name", CASES)
def test_deep_shap_sums_to_the_logit_less_the_backgrounds_mean(network, name):
    given, images = background(network(name)), case(name).images
    maps = exact(network(name), "deep-shap", images, background=given)
    logits = case(name).oracle.logits(images)[:, 1] - case(name).oracle.logits(given)[:, 1].mean()
    np.testing.assert_allclose(maps.reshape(len(maps), -1).sum(axis=1), logits, atol=1e-5)


def test_expected_gradients_sum_to_the_logit_less_the_backgrounds_mean_on_average(network):
    given, images = background(network("smooth")), case("smooth").images
    analyzer = ki.analyzer(network("smooth"), "expected-gradients", background=given, samples=1500)
    oracle = case("smooth").oracle
    change = oracle.logits(images)[:, 1] - oracle.logits(given)[:, 1].mean()
    maps = analyzer(images, 1)
    # The draws' spread is that of (x - r) g; its mean of 1500 is off by about a fortieth of it.
    np.testing.assert_allclose(maps.sum(axis=1), change, atol=0.3 * np.abs(maps).sum(axis=1).max())
    fewer = ki.analyzer(network("smooth"), "expected-gradients", background=given, samples=3)(images, 1)
    assert np.abs(fewer.sum(axis=1) - change).max() > np.abs(maps.sum(axis=1) - change).max()


@pytest.mark.parametrize("method", BACKGROUND_METHODS)
@pytest.mark.parametrize("name", ["mlp", "cnn"])
def test_the_size_of_batches_changes_nothing(network, name, method):
    given = {"background": background(network(name)), "batch_size": 1000}
    if method == "expected-gradients":
        given["samples"] = 7
    whole = exact(network(name), method, case(name).images, **given)
    for size in (1, 4):
        assert distance(exact(network(name), method, case(name).images, **{**given, "batch_size": size}), whole) < 1e-12


@pytest.mark.parametrize("method", ["deeplift", *BACKGROUND_METHODS])
@pytest.mark.parametrize("name", ["mlp", "cnn", "dilated"])
def test_what_moves_with_the_data_gives_the_twin_the_same_map_and_what_does_not_another(network, name, method):
    images = case(name).images.astype(np.float64)
    m = np.random.default_rng(0).normal(size=network(name).input_shape).astype(np.float32).astype(np.float64)
    twin = ki.shifted_twin(network(name), m)
    option, given = ("reference", 0.0) if method == "deeplift" else ("background", background(network(name)))
    maps = exact(network(name), method, images, **{option: given})
    assert distance(exact(twin, method, images + m, **{option: given + m}), maps) < 1e-10
    assert distance(exact(twin, method, images + m, **{option: given}), maps) > 1e-3


def test_a_background_can_be_named():
    mnist = ki.load_network("mnist_mlp")
    images = ki.datasets.load("mnist/test[:2]").images
    named = ki.explain(mnist, images, "deep-shap", background="mnist/train[:3]")
    given = ki.explain(mnist, images, "deep-shap", background=ki.datasets.load("mnist/train[:3]").images)
    np.testing.assert_array_equal(named, given)


@pytest.mark.parametrize("method", BACKGROUND_METHODS)
def test_a_background_that_does_not_fit_is_refused(network, method):
    with pytest.raises(MethodError, match=rf"\(4, 5, 8, 2\) for {method}.*\(9, 8, 2\), stacked along a first axis"):
        ki.analyzer(network("cnn"), method, background=np.zeros((4, 5, 8, 2)))
    with pytest.raises(MethodError, match=rf"no background for {method}.*mnist/train"):
        ki.analyzer(network("cnn"), method)


def test_images_of_one_key_meet_the_same_draws_and_others_do_not(network):
    analyzer = ki.analyzer(network("smooth"), "expected-gradients", background=background(network("smooth")), samples=3)
    image = np.repeat(case("smooth").images[:1], 3, axis=0)
    maps = analyzer(image, 0, keys=np.array([1, 2, 1]))
    np.testing.assert_allclose(maps[0], maps[2], rtol=1e-5)
    assert distance(maps[1:2], maps[:1].astype(np.float64)) > 1e-3
    np.testing.assert_allclose(analyzer(image[:1], 0, keys=np.array([2]))[0], maps[1], rtol=1e-4, atol=1e-7)


def test_a_reference_that_does_not_fit_is_refused(network):
    analyzer = ki.analyzer(network("cnn"), "deeplift", reference=np.zeros((9, 8, 3)))
    with pytest.raises(MethodError, match=r"\(9, 8, 3\).*\(9, 8, 2\).*one reference image"):
        analyzer(case("cnn").images)
