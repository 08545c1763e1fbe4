"""Scores against slow literal oracles, hand-worked cases, and their laws: symmetry, range, a map against itself."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from keras_invariance.comparison.scores import compare
from keras_invariance.errors import ImageError

SCORES = ["relative_l2", "cosine", "spearman", "ssim", "top_k_overlap", "largest_difference"]
RANDOM = np.random.default_rng(0)


def literal_ranks(values):
    """Average ranks from 1: the values below, and the middle of those that are equal."""
    return [
        sum(other < value for other in values) + (sum(other == value for other in values) + 1) / 2 for value in values
    ]


def literal_cosine(first, second):
    product = sum(a * b for a, b in zip(first, second, strict=True))
    return product / math.sqrt(sum(a * a for a in first)) / math.sqrt(sum(b * b for b in second))


def literal_spearman(first, second):
    middle = (len(first) + 1) / 2
    return literal_cosine(*([rank - middle for rank in literal_ranks(values)] for values in (first, second)))


def literal_top(values):
    k = math.ceil(len(values) / 10)
    least = sorted((abs(value) for value in values), reverse=True)[k - 1]
    return {index for index, value in enumerate(values) if abs(value) >= least and value != 0}


def literal_ssim(first, second, window):
    """Wang et al. (2004) with a uniform window and sample covariances, mean over the windows inside the picture."""
    span = max(first.max(), second.max()) - min(first.min(), second.min())
    c_1, c_2 = (0.01 * span) ** 2, (0.03 * span) ** 2
    similarities = []
    for row in range(first.shape[0] - window + 1):
        for column in range(first.shape[1] - window + 1):
            a, b = (map_[row : row + window, column : column + window].ravel() for map_ in (first, second))
            covariance = np.cov(a, b)
            luminance = (2 * a.mean() * b.mean() + c_1) / (a.mean() ** 2 + b.mean() ** 2 + c_1)
            structure = (2 * covariance[0, 1] + c_2) / (covariance[0, 0] + covariance[1, 1] + c_2)
            similarities.append(luminance * structure)
    return np.mean(similarities)


@pytest.mark.parametrize("shape", [(9, 11, 3), (8, 8, 1), (5, 6, 2), (4, 4)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_scores_equal_their_literal_oracles(shape, dtype):
    maps_1 = RANDOM.standard_normal((3, *shape)).astype(dtype)
    maps_2 = (maps_1 + RANDOM.standard_normal((3, *shape))).astype(dtype)
    maps_1[0].ravel()[:9], maps_2[0].ravel()[4:9] = 0.0, 0.0  # ties
    scores = compare(maps_1, maps_2)
    window = min(7, (min(shape[:2]) - 1) // 2 * 2 + 1)
    for image in range(3):
        a, b = (maps[image].ravel().astype(np.float64) for maps in (maps_1, maps_2))
        norms = math.sqrt(sum(a * a)) + math.sqrt(sum(b * b))
        tops = literal_top(a), literal_top(b)
        planes = [m[image].reshape(*shape[:2], -1).sum(-1, dtype=np.float64) for m in (maps_1, maps_2)]
        expected = {
            "relative_l2": math.sqrt(sum((a - b) ** 2)) / (norms / 2),
            "cosine": literal_cosine(a, b),
            "spearman": literal_spearman(a, b),
            "ssim": literal_ssim(*planes, window),
            "top_k_overlap": len(tops[0] & tops[1]) / max(len(tops[0]), len(tops[1])),
            "largest_difference": max(abs(a - b)),
        }
        for name, value in expected.items():
            assert getattr(scores, name)[image] == pytest.approx(value, rel=1e-10), name


def test_scores_by_hand():
    # h1 = (3, 4, 0, 0), h2 = (3, 0, 0, 4): norms 5 and 5, difference (0, 4, 0, -4) of norm sqrt(32): sqrt(32) / 5.
    # cosine 9 / 25. Ranks (3, 4, 1.5, 1.5) and (3, 1.5, 1.5, 4), less 2.5: (.5, 1.5, -1, -1) . (.5, -1, -1, 1.5) =
    # .25 - 1.5 + 1 - 1.5 = -1.75, squares .25 + 2.25 + 1 + 1 = 4.5: -1.75 / 4.5. k = 1: {1} and {3}: nothing in common.
    scores = compare(np.array([[3.0, 4, 0, 0]]), np.array([[3.0, 0, 0, 4]]))
    assert scores.relative_l2[0] == pytest.approx(math.sqrt(32) / 5)
    assert scores.cosine[0] == pytest.approx(9 / 25)
    assert scores.spearman[0] == pytest.approx(-1.75 / 4.5)
    assert scores.top_k_overlap[0] == 0
    assert scores.largest_difference[0] == 4
    assert np.isnan(scores.ssim[0])
    assert scores.zero_maps[0] == "neither"


def test_ssim_by_hand():
    # one 3 x 3 window, map 2 = 3 * map 1, map 1 = one 9 in a corner: means 1 and 3, variances 9 and 81, covariance 27,
    # range 27: c1 = .0729, c2 = .6561: (6 + .0729) / (10 + .0729) * (54 + .6561) / (90 + .6561)
    map_1 = np.zeros((1, 3, 3, 1))
    map_1[0, 0, 0] = 9
    assert compare(map_1, 3 * map_1).ssim[0] == pytest.approx(6.0729 / 10.0729 * 54.6561 / 90.6561)


def test_ties_at_the_tenth_all_belong_to_the_top_and_zeros_never_do():
    # 20 values, k = 2. Map 1: 5 and three 2s: the set {0, 1, 2, 3}. Map 2: only 7 is not zero: the set {1}.
    # One position in common, the larger set has four: 1 / 4.
    map_1, map_2 = np.zeros((1, 20)), np.zeros((1, 20))
    map_1[0, :4] = 5, -2, 2, 2
    map_2[0, 1] = 7
    assert compare(map_1, map_2).top_k_overlap[0] == 0.25
    assert compare(map_2, map_2).top_k_overlap[0] == 1


def test_zero_maps_are_a_category_and_never_a_perfect_score():
    zero, full = np.zeros((6, 6, 1)), np.ones((6, 6, 1))
    scores = compare(np.stack([zero, zero, full * 3]), np.stack([zero, full * 3, zero]))
    assert scores.zero_maps.tolist() == ["both", "one", "one"]
    for name in SCORES:
        assert np.isnan(getattr(scores, name)[0]), name
    np.testing.assert_array_equal(scores.relative_l2[1:], 2.0)
    np.testing.assert_array_equal(scores.largest_difference[1:], 3.0)
    for name in ("cosine", "spearman", "ssim", "top_k_overlap"):
        assert np.isnan(getattr(scores, name)).all(), name
    assert scores.summary()["zero_maps_one"] == 2
    assert scores.summary()["zero_maps_both"] == 1


def test_flat_maps_have_no_rank_correlation():
    scores = compare(np.ones((1, 4, 4, 1)), np.ones((1, 4, 4, 1)))
    assert np.isnan(scores.spearman[0])
    assert np.isnan(scores.ssim[0])
    assert scores.cosine[0] == 1
    assert scores.relative_l2[0] == 0


@pytest.mark.parametrize("shape", [(12,), (2, 9, 1), (9, 2), (3, 3, 3, 2)])
def test_maps_that_are_no_pictures_have_no_ssim(shape):
    scores = compare(RANDOM.standard_normal((2, *shape)), RANDOM.standard_normal((2, *shape)))
    assert np.isnan(scores.ssim).all()
    assert np.isfinite(scores.spearman).all()


batches = st.sampled_from([(1, 12), (3, 4, 5), (2, 8, 9, 3)]).flatmap(
    lambda shape: st.tuples(*[arrays(np.float64, shape, elements=st.floats(-100, 100, width=16))] * 2)
)


@given(batches)
def test_scores_are_symmetric_and_in_their_range(maps):
    there, back = compare(*maps), compare(*maps[::-1])
    for name in SCORES:
        np.testing.assert_allclose(getattr(there, name), getattr(back, name), rtol=1e-12, atol=1e-12)
    np.testing.assert_array_equal(there.zero_maps, back.zero_maps)
    for name, low, high in [
        ("relative_l2", 0, 2 + 1e-12),
        ("cosine", -1, 1),
        ("spearman", -1, 1),
        ("ssim", -1 - 1e-12, 1 + 1e-12),
        ("top_k_overlap", 0, 1),
        ("largest_difference", 0, 200),
    ]:
        values = getattr(there, name)
        values = values[~np.isnan(values)]
        assert ((values >= low) & (values <= high)).all(), name


@given(batches)
def test_a_map_against_itself_is_perfect_unless_it_is_zero(maps):
    scores = compare(maps[0], maps[0])
    zero = scores.zero_maps == "both"
    for name, perfect in zip(SCORES, [0, 1, 1, 1, 1, 0], strict=True):
        values = getattr(scores, name)
        assert np.isnan(values[zero]).all(), name
        values = values[~np.isnan(values)]
        np.testing.assert_allclose(values, perfect, atol=1e-9)


@given(batches, st.sampled_from([1e-200, 1e-30, 0.5, 1e30, 1e200]))
def test_a_common_factor_changes_nothing_but_the_largest_difference(maps, factor):
    plain, scaled = compare(*maps), compare(*(map_ * factor for map_ in maps))
    for name in SCORES[:-1]:
        np.testing.assert_allclose(getattr(scaled, name), getattr(plain, name), rtol=1e-7, atol=1e-7, err_msg=name)
    np.testing.assert_allclose(scaled.largest_difference, plain.largest_difference * factor, rtol=1e-12)


def test_scaling_one_map_shows():
    maps = RANDOM.standard_normal((1, 8, 8, 1))
    assert compare(maps, 2 * maps).relative_l2[0] == pytest.approx(2 / 3)  # |h| / ((|h| + 2 |h|) / 2)
    assert compare(maps, -maps).relative_l2[0] == pytest.approx(2)
    assert compare(maps, -maps).cosine[0] == pytest.approx(-1)
    assert compare(maps, 2 * maps).ssim[0] < 0.9


def test_an_image_alone_scores_as_in_a_batch_larger_than_a_portion():
    maps_1, maps_2 = RANDOM.standard_normal((2, 5, 600, 700, 1))  # 420 000 values: two maps at once
    together = compare(maps_1, maps_2)
    alone = compare(maps_1[3:4], maps_2[3:4])
    for name in SCORES:
        assert getattr(together, name)[3] == pytest.approx(getattr(alone, name)[0], rel=1e-12)


def test_rows_and_summary():
    maps = RANDOM.standard_normal((3, 5, 5, 1))
    other = maps.copy()
    other[1] = 0
    scores = compare(maps, other)
    rows = scores.as_rows()
    assert len(scores) == len(rows) == 3
    assert list(rows[0]) == ["image", *SCORES, "zero_maps", "finite"]
    assert [row["image"] for row in rows] == [0, 1, 2]
    assert rows[1]["zero_maps"] == "one"
    assert rows[1]["relative_l2"] == 2
    assert {type(value) for value in rows[0].values()} == {int, float, str, bool}
    summary = scores.summary()
    assert summary["images"] == 3
    assert summary["relative_l2"] == 0  # the median of 0, 2, 0
    assert summary["cosine"] == pytest.approx(1)


def test_no_images_have_no_scores():
    scores = compare(np.zeros((0, 4, 4, 1)), np.zeros((0, 4, 4, 1)))
    assert len(scores) == 0
    assert scores.as_rows() == []
    assert math.isnan(scores.summary()["ssim"])


def test_the_maps_are_not_changed():
    maps = RANDOM.standard_normal((2, 2, 8, 8, 1))
    before = maps.copy()
    compare(*maps)
    np.testing.assert_array_equal(maps, before)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_value_that_is_not_finite_is_an_error(value):
    maps = np.ones((2, 4, 4, 1))
    flawed = maps.copy()
    flawed[1, 2, 3] = value
    with pytest.raises(ImageError, match=r"second maps .* no finite number.*Look for NaN"):
        compare(maps, flawed)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_pair_that_is_not_finite_can_be_kept_apart(value):
    maps = RANDOM.standard_normal((2, 4, 6, 6, 1))
    flawed = maps.copy()
    flawed[0, 1, 2, 3], flawed[1, 2, 0, 0] = value, value
    before = flawed.copy()
    scores, whole = compare(*flawed, not_finite="apart"), compare(*maps)
    np.testing.assert_array_equal(flawed, before)
    assert scores.finite.tolist() == [True, False, False, True]
    assert set(scores.zero_maps) == {"neither"}
    for name in SCORES:
        found = getattr(scores, name)
        assert np.isnan(found[1:3]).all(), name
        np.testing.assert_array_equal(found[[0, 3]], getattr(whole, name)[[0, 3]])
    assert scores.summary()["not_finite"] == 2
    assert whole.finite.all()


@pytest.mark.parametrize(("shape_1", "shape_2"), [((2, 4, 4), (2, 4, 5)), ((2, 4), (3, 4)), ((4,), (4,))])
def test_maps_of_different_shapes_are_an_error(shape_1, shape_2):
    with pytest.raises(ImageError, match=r"maps of shapes \(.*\) and \(.*one shape.*batch axis"):
        compare(np.ones(shape_1), np.ones(shape_2))


def test_ssim_of_nearly_flat_maps_stays_in_its_range():
    generator = np.random.default_rng(0)
    maps = [1.0 + 1e-9 * generator.standard_normal((4, 16, 16, 1)) for _ in range(2)]
    assert (np.abs(compare(*maps).ssim) <= 1.0).all()
