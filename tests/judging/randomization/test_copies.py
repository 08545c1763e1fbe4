"""Copies: the same maps as the network's, and numbers that come and go."""

from collections.abc import Callable

import numpy as np
import pytest

import keras_invariance as ki
from keras_invariance.judging.randomization.copies import copy_of
from keras_invariance.judging.randomization.parameters import parameters_of
from keras_invariance.network import Network
from tests.networks import case


@pytest.mark.parametrize("method", ["integrated-gradients", "lrp-epsilon", "lrp-alpha2-beta1"])
@pytest.mark.parametrize("name", ["mlp", "normed"])
def test_a_copy_has_the_networks_maps(network: Callable[[str], Network], name: str, method: str):
    images = case(name).images
    maps = [ki.explain(one, images, method) for one in (network(name), copy_of(network(name)).network)]
    assert ki.compare(*maps).relative_l2.max() < 1e-5


def test_numbers_come_and_go_without_touching_the_network(small: Network, images: np.ndarray):
    logits, fingerprint = small(images), small.fingerprint
    weights = small.model.get_weights()
    copy = copy_of(small)
    drawn = parameters_of(small).draw(0)
    copy.put(drawn)
    assert not np.allclose(copy.network(images), logits, rtol=0.1)
    np.testing.assert_array_equal(small(images), logits)
    copy.put({})
    np.testing.assert_allclose(copy.network(images), logits, rtol=1e-5)
    assert small.fingerprint == ki.load_network(small.model).fingerprint == fingerprint
    assert all(np.array_equal(*pair) for pair in zip(weights, small.model.get_weights(), strict=True))
