"""Integrated gradients with as many steps as an image needs."""

import numpy as np
import pytest

import keras_invariance as ki
from keras_invariance.errors import MethodError
from keras_invariance.methods.refinement import FIRST_STEPS, MOST_STEPS, middles, refined
from tests.networks import case
from tests.oracle.agreement import distance


def automatic(network: ki.Network, name: str, **options: object) -> object:
    analyzer = ki.analyzer(network, "integrated-gradients", dtype="float64", steps="auto", **options)
    return analyzer.refined(case(name).images, case(name).targets)


@pytest.mark.parametrize("name", ["cnn", "smooth", "normed"])
@pytest.mark.parametrize("tolerance", [1e-2, 1e-4])
def test_every_map_is_complete_within_the_tolerance_by_the_fewest_steps(network, name, tolerance):
    found = automatic(network(name), name, tolerance=tolerance)
    sizes = np.abs(found.maps).reshape(len(found.maps), -1).sum(axis=1)
    assert ((found.gaps <= tolerance * sizes) | (found.steps == MOST_STEPS)).all()
    for image, target, steps, maps in zip(case(name).images, case(name).targets, found.steps, found.maps, strict=True):
        fixed = ki.analyzer(network(name), "integrated-gradients", dtype="float64", steps=int(steps))
        assert distance(maps[None], fixed(image[None], target)) < 1e-9
        if steps > FIRST_STEPS:
            fewer = ki.analyzer(network(name), "integrated-gradients", dtype="float64", steps=int(steps) // 3)
            size = np.abs(fewer(image[None], target)).sum()
            assert fewer.completeness_gap(image[None], target)[0] > tolerance * size


def test_a_smaller_tolerance_takes_more_steps(network):
    assert automatic(network("cnn"), "cnn", tolerance=1e-5).steps.sum() > automatic(network("cnn"), "cnn").steps.sum()


def test_the_analyzer_gives_the_refined_maps_and_tells_the_steps_of_a_twin(network):
    analyzer = ki.analyzer(network("cnn"), "integrated-gradients", steps="auto")
    found = analyzer.refined(case("cnn").images, 0)
    np.testing.assert_array_equal(analyzer(case("cnn").images, 0), found.maps)
    twin = ki.shifted_twin(network("cnn"), -1.0)
    moved = ki.analyzer(twin, "integrated-gradients", steps="auto", reference=-1.0)
    np.testing.assert_array_equal(moved.refined(case("cnn").images - 1, 0).steps, found.steps)
    assert repr(found).startswith("<Refined: 3 maps, up to ")


def test_steps_by_hand():
    # f = x^2 from 0 to 1: every midpoint rule is exact for a slope of 2 t, so that the first steps suffice.
    # f = x^4: the slope's mean by n middles is 1 - 1 / (2 n^2), so that 8 steps leave 1 / 128 and 24 leave 1 / 1152.
    for power, tolerance, steps in [(2, 1e-9, 8), (4, 1e-2, 8), (4, 1e-3, 24), (4, 8e-4, 72)]:
        slope = lambda rows, t, power=power: np.full((len(rows), 1), (power * t ** (power - 1)).sum())  # noqa: E731
        found = refined(slope, np.ones((1, 1)), np.ones(1), tolerance)
        assert found.steps.tolist() == [steps]


def test_three_times_as_many_middles_contain_those_that_are_known():
    np.testing.assert_allclose(middles(24)[1::3], middles(8))


def test_no_images_take_no_steps(network):
    found = ki.analyzer(network("cnn"), "integrated-gradients", steps="auto").refined(case("cnn").images[:0], None)
    assert found.maps.shape == (0, 9, 8, 2)
    assert not len(found.steps)


@pytest.mark.parametrize(("option", "value"), [("steps", "many"), ("tolerance", 0.0), ("tolerance", -1.0)])
def test_wrong_values_are_refused(network, option, value):
    with pytest.raises(MethodError, match=f"{option} = {value!r}"):
        ki.analyzer(network("cnn"), "integrated-gradients", **{option: value})
