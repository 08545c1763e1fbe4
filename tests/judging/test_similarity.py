"""Similarities: equal maps, opposite maps, maps of chance, maps without a similarity."""

import numpy as np
import pytest
from skimage.feature import hog

from keras_invariance.judging.similarity import MEASURES, histograms, scaled, similarities


@pytest.fixture
def maps() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(3, 14, 14, 2)).astype(np.float32)


def test_equal_maps_have_similarity_one(maps: np.ndarray):
    for found in similarities(maps, maps.copy()).values():
        np.testing.assert_allclose(found, 1.0, atol=1e-12)


def test_no_similarity_depends_on_a_maps_size(maps: np.ndarray):
    other = np.random.default_rng(1).normal(size=maps.shape).astype(np.float32)
    plain, larger = similarities(maps, other), similarities(maps, 1000 * other)
    for name in MEASURES:
        np.testing.assert_allclose(plain[name], larger[name], atol=1e-4)


def test_opposite_maps_differ_in_sign_alone(maps: np.ndarray):
    found = similarities(maps, -maps)
    np.testing.assert_allclose(found["spearman"], -1.0)
    np.testing.assert_allclose(found["absolute_spearman"], 1.0)
    np.testing.assert_allclose(found["hog"], 1.0)  # gradients of both directions count as one
    assert found["ssim"].max() < 0.6


def test_maps_of_chance_have_nothing_in_common():
    first, second = np.random.default_rng(0).uniform(-1, 1, (2, 20, 28, 28, 1))
    found = similarities(first, second)
    for name in MEASURES:
        assert abs(found[name].mean()) < (0.2 if name == "hog" else 0.03), name


def test_rank_correlation_by_hand():
    # ranks 1 2 3 4 against 1 2 4 3: 1 - 6 * 2 / (4 * 15) = 0.8; of |values| 4 3 1 2 against 4 3 2 1: the same
    first, second = np.array([[-4.0, -3.0, 1.0, 2.0]]), np.array([[-9.0, -7.0, 3.0, 1.0]])
    found = similarities(first, second)
    assert found["spearman"] == pytest.approx(0.8)
    assert found["absolute_spearman"] == pytest.approx(0.8)


def test_histograms_are_correlated_as_pearson_did(maps: np.ndarray):
    other = np.random.default_rng(1).normal(size=maps.shape)
    found = similarities(maps, other)["hog"]
    pictures = [(one / np.abs(one).max()).sum(axis=-1, dtype=np.float64) for one in (maps[0], other[0])]
    rows = [hog(one, orientations=8, pixels_per_cell=(2, 2)) for one in pictures]
    assert found[0] == pytest.approx(np.corrcoef(*rows)[0, 1], abs=1e-6)


def test_a_map_of_zeros_has_no_similarity(maps: np.ndarray):
    broken = maps.copy()
    broken[1] = 0
    for found in similarities(maps, broken).values():
        assert np.isnan(found).tolist() == [False, True, False]


def test_maps_that_are_no_pictures_have_ranks_only():
    series = np.random.default_rng(0).normal(size=(2, 12))
    found = similarities(series, series)
    assert np.isnan(found["ssim"]).all()
    assert np.isnan(found["hog"]).all()
    np.testing.assert_allclose(found["spearman"], 1.0)
    assert histograms(np.zeros((2, 6, 30, 1))).shape == (2, 0)


def test_scaling_leaves_signs_and_zeros(maps: np.ndarray):
    maps[2] = 0
    found = scaled(maps)
    np.testing.assert_allclose(np.abs(found).reshape(3, -1).max(axis=1), [1, 1, 0])
    np.testing.assert_array_equal(np.sign(found), np.sign(maps))


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_map_that_is_not_finite_has_no_similarity(maps: np.ndarray, value: float):
    flawed = maps.copy()
    flawed[0, 3, 3] = value
    found, whole = similarities(flawed, maps), similarities(maps, maps)
    for name, values in found.items():
        assert np.isnan(values[0]), name
        np.testing.assert_array_equal(values[1:], whole[name][1:])
