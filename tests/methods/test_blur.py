"""Blur integrated gradients: the blur itself, completeness, twins, and inputs that are no pictures."""

import numpy as np
import pytest

import keras_invariance as ki
from keras_invariance.errors import MethodError
from keras_invariance.methods.blur import blur_matrix
from tests.networks import case
from tests.oracle.agreement import distance
from tests.oracle.blurring import blurred


def test_a_blur_by_hand():
    # Deviation 0.25 reaches one pixel: weights e^-8, 1, e^-8; the pixel behind a border is the border's.
    near, whole = np.exp(-8.0), 1 + 2 * np.exp(-8.0)
    expected = np.array([[1 + near, near, 0], [near, 1, near], [0, near, 1 + near]]) / whole
    np.testing.assert_allclose(blur_matrix(3, 0.25), expected)


@pytest.mark.parametrize("deviation", [0.0, 0.7, 3.0, 20.0])
def test_blurs_are_the_literal_ones_and_keep_a_constant(deviation):
    image = np.random.default_rng(0).normal(size=(5, 4, 2))
    ours = np.einsum("ij,vw,jwc->ivc", blur_matrix(5, deviation), blur_matrix(4, deviation), image)
    np.testing.assert_allclose(ours, blurred(image, deviation), atol=1e-12)
    np.testing.assert_allclose(blur_matrix(5, deviation).sum(axis=1), 1)


def test_the_completeness_gap_falls_with_the_steps(network):
    one = case("residual")
    gaps = [
        ki.analyzer(network("residual"), "blur-integrated-gradients", dtype="float64", steps=steps)
        .completeness_gap(one.images, 0)
        .max()
        for steps in (4, 400)
    ]
    assert gaps[1] < 0.05 * gaps[0]


def test_a_constant_shift_changes_nothing_and_a_checkerboard_does(network):
    images = case("cnn").images.astype(np.float64)
    maps = ki.analyzer(network("cnn"), "blur-integrated-gradients", dtype="float64", steps=8)(images, 0)
    for shift, alike in (("constant:-1", True), ("checkerboard:2", False)):
        twin = ki.shifted_twin(network("cnn"), shift)
        moved = ki.analyzer(twin, "blur-integrated-gradients", dtype="float64", steps=8)(images + twin.place.m, 0)
        assert (distance(moved, maps) < 1e-10) is alike


@pytest.mark.parametrize("size", [1, 5, 1000])
def test_the_size_of_batches_changes_nothing(network, size):
    ask = {"dtype": "float64", "steps": 6}
    whole = ki.analyzer(network("cnn"), "blur-integrated-gradients", **ask)(case("cnn").images, 0)
    cut = ki.analyzer(network("cnn"), "blur-integrated-gradients", batch_size=size, **ask)(case("cnn").images, 0)
    assert distance(cut, whole) < 1e-12


def test_what_is_no_picture_is_refused(network):
    with pytest.raises(
        MethodError, match=r"shape \(5,\) for blur-integrated-gradients.*pictures.*integrated-gradients"
    ):
        ki.analyzer(network("smooth"), "blur-integrated-gradients")
