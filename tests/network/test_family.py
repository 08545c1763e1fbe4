"""Families: a network and its twins run the same traced functions, each with its own offsets."""

from threading import Thread

import keras
import numpy as np
import pytest
from keras import layers

import keras_invariance as ki
from keras_invariance.network.loaded import Loaded
from keras_invariance.network.network import Network
from tests.networks.case import fill

SHAPE = (6, 5, 2)
IMAGES = np.random.default_rng(5).normal(size=(4, *SHAPE)).astype(np.float32)
GRADED = np.linspace(-1, 1, int(np.prod(SHAPE)), dtype=np.float32).reshape(SHAPE)


@pytest.fixture(scope="module")
def network() -> Network:
    """A padded convolution, a batch norm behind it, and a branch that reads the image without one."""
    image = keras.Input(SHAPE)
    normed = layers.BatchNormalization()(layers.Conv2D(3, 3, padding="same", use_bias=False)(image))
    features = layers.Concatenate()([layers.ReLU()(normed), layers.Conv2D(2, 1, activation="relu")(image)])
    hidden = layers.Dense(5, activation="relu")(layers.Flatten()(features))
    model = keras.Model(image, layers.Dense(3)(hidden))
    fill(model, 4)
    return ki.load_network(model)


def alone(twin: Network) -> Network:
    """The same twin with its offsets written into its graph, and functions of its own."""
    return Network(twin.graph, twin.name, Loaded(twin.source))


def distance(maps: np.ndarray, others: np.ndarray) -> float:
    return float(np.linalg.norm(maps - others) / np.linalg.norm(others))


BACKGROUND = np.random.default_rng(5).normal(size=(3, *IMAGES.shape[1:]))
METHODS = {
    **{name: {} for name in ki.METHODS if not name.startswith("pattern") and name != "attention-rollout"},
    "lrp-epsilon-gamma-box": {"low": -2.0, "high": 2.0},
    "deep-taylor-bounded": {"low": -2.0, "high": 2.0},
    "lrp-z": {"bias": "ignore"},
    "integrated-gradients": {"steps": 4},
    "deep-shap": {"background": BACKGROUND},
    "expected-gradients": {"background": BACKGROUND, "samples": 3},
    **{name: {"samples": 3} for name in ("smoothgrad", "smoothgrad-squared", "vargrad")},
}


@pytest.mark.parametrize("method", METHODS)
def test_a_twin_is_explained_as_if_it_had_functions_of_its_own(network, method):
    for shift in (ki.shifts.constant(0.5), ki.shifts.array(GRADED)):
        twin = ki.shifted_twin(network, shift)
        maps, others = (
            ki.analyzer(one, method, dtype="float64", **METHODS[method])(IMAGES, 0) for one in (twin, alone(twin))
        )
        assert distance(maps, others) < 1e-12


def test_twins_and_the_network_beside_them_share_what_is_traced(network):
    twins = [ki.shifted_twin(network, m * GRADED) for m in (0.5, -2.0)]
    analyzers = [ki.analyzer(one, "gradient") for one in (*twins, network.beside(twins[0]))]
    assert len({id(analyzer.shared) for analyzer in analyzers}) == 1
    assert [analyzer.request.network for analyzer in analyzers[:2]] == twins


def test_calls_in_turn_do_not_mix(network):
    twins = [ki.shifted_twin(network, m * GRADED) for m in (0.5, -2.0)]
    analyzers = [ki.analyzer(twin, "lrp-gamma") for twin in twins]
    first = [analyzer(IMAGES, 0) for analyzer in analyzers]
    second = [analyzer(IMAGES, 0) for analyzer in analyzers]
    assert distance(*first) > 1e-2
    for maps, again in zip(first, second, strict=True):
        np.testing.assert_array_equal(maps, again)


def test_threads_wait_for_each_other(network):
    twins = [ki.shifted_twin(network, m * GRADED) for m in (0.5, -2.0, 3.0)]
    wanted = [twin(IMAGES) for twin in twins]
    wrong: list[int] = []

    def ask(number: int) -> None:
        for _ in range(20):
            same = np.array_equal(twins[number](IMAGES), wanted[number])
            wrong.extend([] if same else [number])

    threads = [Thread(target=ask, args=(number,)) for number in range(len(twins))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_the_network_beside_its_twin_is_the_network(network):
    twin = ki.shifted_twin(network, GRADED)
    beside = network.beside(twin)
    np.testing.assert_allclose(beside(IMAGES), network(IMAGES), rtol=1e-5)
    assert beside.fingerprint == network.fingerprint
    np.testing.assert_allclose(
        ki.explain(beside, IMAGES, "lrp-z", 0), ki.explain(network, IMAGES, "lrp-z", 0), atol=1e-4
    )


def test_a_twins_twin_undoes_both_shifts(network):
    twin = ki.shifted_twin(ki.shifted_twin(network, GRADED), ki.shifts.constant(0.25))
    np.testing.assert_allclose(twin(IMAGES + GRADED + 0.25), network(IMAGES), atol=1e-4)
    assert twin.original is network


def test_a_shift_back_and_forth_is_none(network):
    back = ki.shifted_twin(ki.shifted_twin(network, GRADED), -GRADED)
    np.testing.assert_allclose(back(IMAGES), network(IMAGES), atol=1e-5)


def test_a_base_analyzer_of_a_twin_is_used_for_that_twin(network):
    twin = ki.shifted_twin(network, GRADED)
    base = ki.analyzer(twin, "lrp-gamma", gamma=0.5)
    maps = ki.explain(twin, IMAGES, "smoothgrad", 0, base=base, samples=2)
    others = ki.explain(
        alone(twin), IMAGES, "smoothgrad", 0, base=ki.analyzer(alone(twin), "lrp-gamma", gamma=0.5), samples=2
    )
    assert distance(maps, others) < 1e-4


def test_what_else_an_analyzer_can_do_is_done_for_the_twin(network):
    twin = ki.shifted_twin(network, GRADED)
    gaps = [
        ki.analyzer(one, "integrated-gradients", steps=8).completeness_gap(IMAGES, 0) for one in (twin, alone(twin))
    ]
    np.testing.assert_allclose(*gaps, atol=1e-4)
