"""Moments: merged in any order they are those of all samples together, and an offset costs nothing."""

from functools import reduce

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keras_invariance.patterns.moments import Moments, Sums

INPUTS, NEURONS = 3, 2
PARTS = ("count", "mean_y", "active", "active_x", "active_y", "comoment")


def moments(x: np.ndarray, y: np.ndarray, mask: np.ndarray) -> Moments:
    """The definition, in two passes, neuron by neuron, from samples x [n, inputs], y and mask [n, neurons]."""
    active = mask.sum(axis=0, keepdims=True).astype(np.float64)
    mean_x, comoment = np.zeros((INPUTS, NEURONS)), np.zeros((INPUTS, NEURONS))
    mean_y, active_y = np.zeros((1, NEURONS)), np.zeros((1, NEURONS))
    for neuron in range(NEURONS):
        chosen = mask[:, neuron]
        if len(y):
            mean_y[0, neuron] = y[:, neuron].mean()
        if chosen.any():
            mean_x[:, neuron] = x[chosen].mean(axis=0)
            active_y[0, neuron] = y[chosen, neuron].mean()
            centred = (x[chosen] - mean_x[:, neuron]) * (y[chosen, neuron] - active_y[0, neuron])[:, np.newaxis]
            comoment[:, neuron] = centred.sum(axis=0)
    return Moments(float(len(y)), mean_y, active, mean_x, active_y, comoment)


def samples(count: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Inputs, pre-activations of two neurons, and where they are active: the second one seldom."""
    rng = np.random.default_rng(seed)
    x = rng.normal([3.0, 0.0, -2.0], 1.0, size=(count, INPUTS))
    y = x @ rng.normal(size=(INPUTS, NEURONS)) + rng.normal(size=(count, NEURONS))
    return x, y, y > [0.0, 2.5]


def assert_equal(first: Moments, second: Moments, tolerance: float = 1e-10) -> None:
    for part in PARTS:
        np.testing.assert_allclose(getattr(first, part), getattr(second, part), atol=tolerance, err_msg=part)


@settings(deadline=None)
@given(sizes=st.lists(st.integers(0, 6), min_size=1, max_size=6), seed=st.integers(0, 999), data=st.data())
def test_merged_parts_are_the_moments_of_all_samples(sizes, seed, data):
    x, y, mask = samples(sum(sizes), seed)
    ends = np.cumsum(sizes)[:-1]
    pieces = list(zip(*(np.split(array, ends) for array in (x, y, mask)), strict=True))
    order = data.draw(st.permutations(pieces))
    assert_equal(reduce(Moments.merged, [moments(*piece) for piece in order]), moments(x, y, mask))


@settings(deadline=None)
@given(sizes=st.tuples(*[st.integers(0, 5)] * 3), seed=st.integers(0, 999))
def test_it_does_not_matter_which_are_merged_first(sizes, seed):
    a, b, c = (moments(*samples(size, seed + index)) for index, size in enumerate(sizes))
    assert_equal(a.merged(b).merged(c), a.merged(b.merged(c)))
    assert_equal(a.merged(b), b.merged(a))


def test_nothing_merged_with_nothing_is_nothing():
    nothing = moments(*samples(0, 0))
    assert_equal(nothing.merged(nothing), nothing, 0)
    assert not nothing.covariance().any()
    assert not nothing.published_covariance().any()


def one_neuron(count: float, mean_y: float, active: float, x: float, y: float, comoment: float) -> Moments:
    return Moments(count, *(np.array([[float(number)]]) for number in (mean_y, active, x, y, comoment)))


def test_a_merge_by_hand():
    # First: x = 1, 3 with y = 2, 4, both active: means 2 and 3, co-moment (-1)(-1) + 1 * 1 = 2; E[y] = 3.
    # Second: x = 6 with y = 9 active, and y = -1 not: means 6 and 9, co-moment 0; E[y] = 4.
    # Together active x = 1, 3, 6 and y = 2, 4, 9: means 10/3 and 5; E[y] = (2 + 4 + 9 - 1) / 4 = 3.5;
    # co-moment sum xy - n E[x] E[y] = 2 + 12 + 54 - 3 * 10/3 * 5 = 18.
    merged = one_neuron(2, 3, 2, 2, 3, 2).merged(one_neuron(2, 4, 1, 6, 9, 0))
    assert_equal(merged, one_neuron(4, 3.5, 3, 10 / 3, 5, 18), 1e-14)
    # Cov+ = 18/3 = 6; the printed formula E+[x y] - E+[x] E[y] = 68/3 - 10/3 * 3.5 = 11.
    assert merged.covariance()[0, 0] == pytest.approx(6)
    assert merged.published_covariance()[0, 0] == pytest.approx(11)


def test_the_published_covariance_is_the_printed_formula():
    x, y, mask = samples(50, 3)
    found = moments(x, y, mask).published_covariance()
    for neuron in range(NEURONS):
        active_x, active_y = x[mask[:, neuron]], y[mask[:, neuron], neuron]
        literal = (active_x * active_y[:, np.newaxis]).mean(axis=0) - active_x.mean(axis=0) * y[:, neuron].mean()
        np.testing.assert_allclose(found[:, neuron], literal, atol=1e-12)


def summed(batches: list[tuple[np.ndarray, np.ndarray, np.ndarray]], *, offsets: bool) -> Moments:
    """Batches summed in float32, as a network does, around the first one's means or around zero."""
    c = batches[0][0].mean(axis=0)[:, np.newaxis] if offsets else np.zeros((INPUTS, 1))
    d = batches[0][1].mean(axis=0)[np.newaxis] if offsets else np.zeros((1, NEURONS))
    sums = Sums.around(c, d, (INPUTS, NEURONS))
    for x, y, mask in batches:
        u = (x - c.T).astype(np.float32)
        v, kept = (y - d).astype(np.float32), mask.astype(np.float32)
        sums.add(len(x), v.sum(axis=0), kept.sum(axis=0), (v * kept).sum(axis=0), u.T @ kept, u.T @ (v * kept))
    return sums.moments()


@pytest.mark.parametrize("offset", [0.0, 100.0, 1e4])
def test_an_offset_costs_sums_of_float32_batches_no_precision(offset):
    batches = [samples(64, seed) for seed in range(5)]
    moved = [(x + offset, y + offset, mask) for x, y, mask in batches]
    whole = moments(*(np.concatenate(arrays) for arrays in zip(*moved, strict=True)))
    scale = np.abs(whole.comoment).max()
    assert_equal(summed(moved, offsets=True), whole, 1e-6 * max(scale, offset))
    error = np.abs(summed(moved, offsets=True).comoment - whole.comoment).max() / scale
    assert error < 1e-6
    if offset == 1e4:
        assert np.abs(summed(moved, offsets=False).comoment - whole.comoment).max() > 0.1 * scale


def test_sums_without_samples_are_no_moments():
    empty = Sums.around(np.ones((INPUTS, 1)), np.ones((1, NEURONS)), (INPUTS, NEURONS)).moments()
    assert empty.count == 0
    assert not empty.covariance().any()
    assert np.isfinite(empty.mean_y).all()
