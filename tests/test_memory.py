"""Twins and analyzers that are dropped are gone: nothing of them stays for the life of the process."""

import gc
from collections.abc import Iterator

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

import keras_invariance as ki
from keras_invariance.network.network import Network
from keras_invariance.patterns import Patterns, weight_patterns
from tests.networks.case import fill

LARGE = 5_000


def living() -> tuple[int, int, int]:
    """Networks, large eager tensors and traced graphs that are alive."""
    gc.collect()
    gc.collect()
    things = gc.get_objects()
    large = [
        thing for thing in things if isinstance(thing, tf.Tensor) and hasattr(thing, "numpy") and size(thing) > LARGE
    ]
    graphs = [thing for thing in things if type(thing).__name__ == "FuncGraph"]
    return sum(isinstance(thing, Network) for thing in things), len(large), len(graphs)


def size(tensor: tf.Tensor) -> int:
    return int(np.prod(tensor.shape))


@pytest.fixture(scope="module", autouse=True)
def others_set_apart() -> Iterator[None]:
    """What other tests left is neither collected nor counted: millions of objects, seconds each time."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture(scope="module")
def network() -> Network:
    """A dense network whose first kernel is large enough to be counted."""
    return ki.load_network(dense())


@pytest.fixture(scope="module")
def patterns(network: Network) -> Patterns:
    return weight_patterns(network)


def dense() -> keras.Model:
    model = keras.Sequential(
        [keras.Input((100,)), layers.Dense(80, activation="relu"), layers.Dense(5, activation="relu"), layers.Dense(3)]
    )
    fill(model, 2)
    return model


OPTIONS: dict[str, dict[str, object]] = {
    "gradient": {},
    "lrp-alpha1-beta0": {},
    "integrated-gradients": {"steps": 2},
    "smoothgrad": {"samples": 2},
}


def use_twin(network: Network, patterns: Patterns, number: int) -> None:
    """Make a twin, explain by it in several ways, and drop it."""
    images = np.random.default_rng(number).normal(size=(2, 100))
    twin = ki.shifted_twin(network, 0.1 * number + 0.1)
    for method, options in OPTIONS.items():
        ki.explain(twin, images, method, 0, **options)
    ki.explain(twin, images, "pattern-net", 0, patterns=patterns)


def test_twenty_twins_and_their_analyzers_leave_nothing_behind(network, patterns):
    use_twin(network, patterns, 0)  # what TensorFlow sets up once
    before = living()
    for number in range(20):
        use_twin(network, patterns, number)
    after = living()
    assert after[0] == before[0]
    assert after[1] <= before[1]
    assert after[2] <= before[2]


def test_living_things_are_counted():
    # Without this, the test above could pass by counting nothing.
    before = living()
    networks = [ki.load_network(dense()) for _ in range(3)]
    analyzers = [ki.analyzer(network, "gradient") for network in networks]
    for analyzer in analyzers:
        analyzer(np.zeros((1, 100)), 0)
    held = living()
    assert held[0] >= before[0] + 3
    assert held[1] >= before[1] + 3
    assert held[2] >= before[2] + 3


def test_fitting_patterns_leaves_nothing_behind(network):
    def fit(number: int) -> None:
        data = np.random.default_rng(number).normal(size=(20, 100)).astype(np.float32)
        ki.fit_patterns(ki.shifted_twin(network, 0.5), data, centre="image")

    fit(0)
    before = living()
    for number in range(1, 6):
        fit(number)
    after = living()
    assert (after[0], after[2]) == (before[0], before[2])
    assert after[1] <= before[1]
