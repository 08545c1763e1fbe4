"""The softmax-shift test: equal probabilities, other gradients."""

import numpy as np
import pytest
from scipy.special import softmax

import keras_invariance as ki
from keras_invariance.errors import MethodError, ShiftError
from keras_invariance.judging.sanity_checks import SoftmaxShift, softmax_shift
from keras_invariance.judging.softmax_shift import centred, with_added
from keras_invariance.network import Network


def shifted(network: Network, images: np.ndarray, method: str, **options: object) -> dict[str, SoftmaxShift]:
    return {one.explained: one for one in softmax_shift(network, images, [method], **options)}


@pytest.fixture
def u() -> np.ndarray:
    return np.random.default_rng(3).normal(size=(8, 8, 1))


def test_the_softmax_stays_and_every_gradient_moves_by_u(small: Network, images: np.ndarray, u: np.ndarray):
    other = with_added(small, u)
    np.testing.assert_allclose(softmax(other(images), axis=1), softmax(small(images), axis=1), rtol=1e-4)
    assert np.abs(other(images) - small(images)).min() > 0.1
    maps = [ki.explain(network, images, "gradient", targets=1) for network in (small, other)]
    np.testing.assert_allclose(maps[1] - maps[0], np.broadcast_to(u, images.shape), atol=1e-5)


def test_centred_logits_sum_to_nothing_and_know_nothing_of_u(small: Network, images: np.ndarray, u: np.ndarray):
    plain, other = centred(small), centred(with_added(small, u))
    np.testing.assert_allclose(plain(images).sum(axis=1), 0, atol=1e-5)
    np.testing.assert_allclose(plain(images), small(images) - small(images).mean(axis=1, keepdims=True), atol=1e-5)
    maps = [ki.explain(network, images, "gradient", targets=1) for network in (plain, other)]
    np.testing.assert_allclose(*maps, atol=1e-5)


def test_a_gradient_shows_what_was_added_unless_it_is_that_of_a_centred_logit(small: Network, images: np.ndarray):
    found = shifted(small, images, "gradient", strength=3.0)
    assert found["logit"].towards.mean == pytest.approx(1, abs=1e-4)
    assert found["logit"].similarities["spearman"].mean < 0.8
    assert found["centred logit"].similarities["spearman"].mean == pytest.approx(1, abs=1e-3)
    assert np.isnan(found["centred logit"].towards.mean)
    assert found["logit"].probabilities < 1e-5


@pytest.mark.parametrize(
    ("method", "changed"),
    [
        ("gradient", {"strength": 3.0}),
        ("gradient", {"direction": "checkerboard:2"}),
        ("lrp-gamma", {"options": {"lrp-gamma.gamma": 9.0}}),
    ],
)
def test_every_option_changes_the_result(small: Network, images: np.ndarray, method: str, changed: dict):
    plain, other = (shifted(small, images, method, **told)["logit"].similarities["ssim"].mean for told in ({}, changed))
    assert plain != pytest.approx(other, abs=1e-3)


def test_the_network_is_left_as_it_was(small: Network, images: np.ndarray):
    before, nodes = small(images), len(small.graph.nodes)
    shifted(small, images, "gradient")
    np.testing.assert_array_equal(small(images), before)
    assert len(small.graph.nodes) == nodes


def test_mistakes_are_told(small: Network, images: np.ndarray):
    with pytest.raises(ShiftError, match="stripes"):
        shifted(small, images, "gradient", direction="stripes")
    with pytest.raises(MethodError, match=r"pattern-net, whose patterns were fitted"):
        shifted(small, images, "pattern-net")
