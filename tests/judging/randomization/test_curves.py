"""Curves: means and intervals over seeds and images."""

import numpy as np
import pytest

from keras_invariance.judging.intervals import interval
from keras_invariance.judging.randomization import Finding, points
from keras_invariance.judging.similarity import MEASURES


def finding(step: int, seed: int, values: list[float], order: str = "top-down") -> Finding:
    found = dict.fromkeys(MEASURES, np.array(values))
    return Finding("gradient", "network", order, step, f"layer {step}", seed, found)


def test_means_by_hand():
    found = [finding(1, 0, [0.5, 0.7]), finding(1, 1, [0.1, 0.3]), finding(2, 0, [0, 0]), finding(2, 1, [0, 0.4])]
    curve = {one.layer: one for one in points(found) if one.measure == "ssim"}
    assert curve["layer 1"].value.mean == pytest.approx(0.4)
    assert curve["layer 2"].value.mean == pytest.approx(0.1)
    assert curve["mean"].value.mean == pytest.approx(0.25)  # the trained network's own 1.0 has no part in it
    assert (curve["mean"].seeds, curve["mean"].images) == (2, 2)


def test_the_control_is_one_point_without_a_mean():
    assert {one.layer for one in points([finding(0, 0, [0.1], "control")])} == {"layer 0"}


def test_the_order_of_findings_changes_no_number():
    values = np.random.default_rng(0).uniform(size=(3, 4))
    found = [finding(1, seed, row.tolist()) for seed, row in enumerate(values)]
    assert points(found)[0].value.mean == pytest.approx(points(found[::-1])[0].value.mean)


def test_an_interval_lies_around_its_mean():
    found = interval(np.random.default_rng(0).uniform(size=(5, 30)))
    assert found.low < found.mean < found.high
    assert found.undefined == 0


def test_seeds_that_differ_are_not_hidden_by_many_images():
    # Each seed has its own level, images add nothing: what matters is that there are 5 seeds, not 5000 values.
    levels = np.array([0.1, 0.3, 0.5, 0.7, 0.9])
    found = interval(np.repeat(levels[:, np.newaxis], 1000, axis=1))
    draws = np.random.default_rng(1).choice(levels, (20000, 5)).mean(axis=1)
    assert (found.low, found.high) == pytest.approx(tuple(np.percentile(draws, [2.5, 97.5])), abs=0.03)


def test_images_that_differ_are_not_hidden_by_many_seeds():
    levels = np.linspace(0, 1, 6)
    found = interval(np.repeat(levels[np.newaxis], 200, axis=0))
    draws = np.random.default_rng(1).choice(levels, (20000, 6)).mean(axis=1)
    assert (found.low, found.high) == pytest.approx(tuple(np.percentile(draws, [2.5, 97.5])), abs=0.03)


def test_both_kinds_of_chance_add_up():
    rows, columns = np.linspace(-1, 1, 6)[:, np.newaxis], np.linspace(-1, 1, 6)[np.newaxis]
    both = interval(rows + columns)
    one = interval(np.repeat(rows, 6, axis=1))
    assert (both.high - both.low) / (one.high - one.low) == pytest.approx(np.sqrt(2), rel=0.1)


def test_what_has_no_similarity_is_counted_and_left_out():
    found = interval(np.array([[0.2, np.nan], [0.4, np.nan]]))
    assert found.mean == pytest.approx(0.3)
    assert (found.undefined, found.total) == (2, 4)
    assert found.text.endswith(", 50% none")
    nothing = interval(np.full((2, 2), np.nan))
    assert np.isnan([nothing.mean, nothing.low, nothing.high]).all()
    assert (nothing.undefined, nothing.total) == (4, 4)
    assert nothing.text == "\N{EM DASH}"


def test_a_curves_mean_leaves_out_steps_without_a_similarity():
    found = [finding(1, 0, [0.5]), finding(2, 0, [float("nan")])]
    (mean,) = [one for one in points(found) if one.layer == "mean" and one.measure == "ssim"]
    assert mean.value.mean == 0.5
