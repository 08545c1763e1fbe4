"""Convergence of two random relevance vectors in the backward pass."""

from collections.abc import Callable

import numpy as np
import pytest
import tensorflow as tf

from keras_invariance.errors import MethodError
from keras_invariance.judging.convergence import passes_once
from keras_invariance.judging.sanity_checks import Convergence, convergence
from keras_invariance.methods.catalogue import METHODS, REQUIRED
from keras_invariance.network import Network
from keras_invariance.patterns import weight_patterns
from tests.networks import case


def cosines(network: Network, images: np.ndarray, method: str, **options: object) -> list[Convergence]:
    return list(convergence(network, images, [method], **options))


def test_gradients_are_those_of_tensorflow(small: Network, images: np.ndarray):
    """An oracle: the same vectors through Keras's own graph, by a tape."""
    found = cosines(small, images, "gradient", pairs=3, seed=2)
    vectors = np.random.default_rng(2).standard_normal((3, 2, 1, 3)).astype(np.float32)
    expected = []
    for pair in vectors:
        sides = []
        for vector in pair:
            x = tf.constant(images)
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = tf.reduce_sum(small.model(x) * vector)
            sides.append(tape.gradient(y, x).numpy().reshape(len(images), -1))
        lengths = np.linalg.norm(sides[0], axis=1) * np.linalg.norm(sides[1], axis=1)
        expected.append(np.abs((sides[0] * sides[1]).sum(axis=1)) / lengths)
    assert found[-1].cosine.mean == pytest.approx(np.mean(expected), abs=1e-5)
    start = np.abs([a[0] @ b[0] / np.linalg.norm(a) / np.linalg.norm(b) for a, b in vectors])
    assert found[0].cosine.mean == pytest.approx(start.mean(), abs=1e-6)


def test_layers_are_passed_from_the_logits_to_the_image(small: Network, images: np.ndarray):
    found = cosines(small, images, "gradient")
    assert [one.step for one in found] == [0, 1, 2, 3]
    assert [one.layer.partition("_")[0] for one in found] == ["logits", "dense", "dense", "conv2d"]


def test_rules_with_positive_matrices_converge_and_gradients_do_not(network: Callable[[str], Network]):
    deep, images = network("smooth"), case("smooth").images  # seven layers of six neurons
    ends = {name: cosines(deep, images, name) for name in ("gradient", "lrp-alpha1-beta0", "lrp-flat")}
    assert ends["gradient"][-1].cosine.mean < 0.9
    assert ends["lrp-alpha1-beta0"][-1].cosine.mean > 0.98
    assert ends["lrp-flat"][1].cosine.mean == pytest.approx(1)  # the same share for all: one layer suffices


def test_relevance_is_compared_not_its_multiplier(network: Callable[[str], Network]):
    """lrp-z carries r / x; at every layer its relevance is x times that, and on ReLU networks x times the gradient."""
    relu, images = network("mlp"), case("mlp").images
    relevance, product = (cosines(relu, images, method) for method in ("lrp-z", "gradient-times-input"))
    gradient = cosines(relu, images, "gradient")
    for one, other in zip(relevance, product, strict=True):
        assert one.cosine.mean == pytest.approx(other.cosine.mean, abs=1e-5)
    assert gradient[-1].cosine.mean != pytest.approx(relevance[-1].cosine.mean, abs=1e-3)


def test_patterns_are_told_as_an_option(small: Network, images: np.ndarray):
    patterns = weight_patterns(small)
    found = cosines(small, images, "pattern-net", options={"pattern-net.patterns": patterns})
    assert np.isfinite(found[-1].cosine.mean)


@pytest.mark.parametrize("changed", [{"pairs": 2}, {"seed": 1}])
def test_every_option_changes_the_result(small: Network, images: np.ndarray, changed: dict):
    plain, other = (cosines(small, images, "gradient", **told)[-1].cosine.mean for told in ({}, changed))
    assert plain != pytest.approx(other, abs=1e-4)


def test_methods_that_average_many_passes_are_refused(small: Network, images: np.ndarray):
    with pytest.raises(MethodError, match=r"smoothgrad, which averages many passes.*its base"):
        cosines(small, images, "smoothgrad")


def test_a_spelling_is_checked(small: Network, images: np.ndarray):
    with pytest.raises(MethodError, match="'gradent'"):
        cosines(small, images, "gradent")


def test_it_is_known_which_methods_pass_once(small: Network):
    once = {
        name
        for name, method in METHODS.items()
        if not {REQUIRED, "blur"} & {*map(str, method.options.values()), *method.options}
    }
    once -= {"attention-rollout"}  # this network has no attention
    assert {name for name in once if not passes_once(small, name, {})} == {
        "smoothgrad",
        "smoothgrad-squared",
        "vargrad",
        "integrated-gradients",
        "deeplift",
        "full-gradient",
        *(name for name, method in METHODS.items() if method.family in ("class activation", "black box")),
    }
