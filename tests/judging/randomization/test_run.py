"""The test as a whole: its laws, its options, its errors."""

from collections.abc import Callable

import keras
import numpy as np
import pytest

import keras_invariance as ki
from keras_invariance.errors import ImageError, MethodError, ShiftError
from keras_invariance.judging.randomization import Finding, points, randomize
from keras_invariance.judging.randomization.experiment import random_maps
from keras_invariance.judging.randomization.run import experiment
from keras_invariance.judging.similarity import MEASURES
from keras_invariance.network import Network

Build = Callable[..., keras.Model]
METHODS = ("gradient", "gradient-times-input")


def key(finding: Finding) -> tuple:
    return finding.method, finding.side, finding.order, finding.step, finding.layer, finding.seed


def table(network: Network, images: np.ndarray, *methods: str, **options: object) -> dict[tuple, np.ndarray]:
    """Every finding's similarities, [measures, n]."""
    found = randomize(network, images, methods or ("gradient",), **{"seeds": 1, "orders": ["top-down"], **options})
    return {key(one): np.stack([one.similarities[name] for name in MEASURES]) for one in found}


def means(found: dict[tuple, np.ndarray]) -> np.ndarray:
    return np.array([np.nanmean(values) for values in found.values()])


@pytest.fixture(scope="module")
def whole(small: Network, images: np.ndarray) -> list[Finding]:
    """All orders, two seeds, both sides."""
    return list(randomize(small, images, METHODS, seeds=2, shift="constant:-1"))


def test_there_is_a_finding_for_everything_that_was_asked(whole: list[Finding]):
    # per seed: (3 orders x 3 layers + 1 control) x 2 methods x 2 sides
    assert len(whole) == len({key(one) for one in whole}) == 2 * 10 * 2 * 2
    assert all(one.similarities.keys() == MEASURES.keys() for one in whole)
    assert all(len(values) == 4 for one in whole for values in one.similarities.values())


def test_nothing_is_as_similar_as_the_trained_network_to_itself(whole: list[Finding]):
    assert all(np.nanmean(one.similarities["spearman"]) < 0.999 for one in whole)


def test_orders_meet_in_the_same_networks(whole: list[Finding]):
    found = {key(one): one.similarities["ssim"] for one in whole}
    layers = {one.step: one.layer for one in whole if one.order == "top-down"}
    for side in ("network", "twin"):
        first = found["gradient", side, "top-down", 1, layers[1], 0]
        np.testing.assert_array_equal(first, found["gradient", side, "independent", 1, layers[1], 0])
        last = found["gradient", side, "top-down", 3, layers[3], 0]
        np.testing.assert_array_equal(last, found["gradient", side, "bottom-up", 3, layers[1], 0])


def apart(found: list[Finding], method: str) -> float:
    """How far the curves of the network and of its twin are apart at most, the last step left out: there are kinks."""
    own = [one for one in found if (one.method, one.order) == (method, "top-down") and one.step < 3]
    sides = [[one.similarities["absolute_spearman"] for one in own if one.side == side] for side in ("network", "twin")]
    return float(np.abs(np.array(sides[0]) - np.array(sides[1])).max())


def test_an_invariant_method_has_the_same_curve_on_the_twin_and_a_sensitive_one_another(whole: list[Finding]):
    assert apart(whole, "gradient") < 1e-3
    assert apart(whole, "gradient-times-input") > 0.1


def test_the_control_is_near_nothing(images: np.ndarray, small: Network):
    found = list(randomize(small, np.repeat(images, 5, axis=0), METHODS, seeds=3, orders=["independent"]))
    for one in points(found):
        if one.order == "control" and one.measure != "hog":
            assert abs(one.value.mean) < 0.06, one.measure


def test_the_map_of_chance_is_uniform_and_knows_its_seed():
    chance = random_maps(4, (50, 28, 28, 1))
    assert np.histogram(chance, 10, (-1, 1))[0] / chance.size == pytest.approx(0.1, abs=0.005)
    neighbours = np.corrcoef(chance[:, 1:].ravel(), chance[:, :-1].ravel())[0, 1]
    assert abs(neighbours) < 0.02
    assert np.array_equal(chance, random_maps(4, chance.shape))
    assert not np.array_equal(chance, random_maps(5, chance.shape))


def test_seeds_may_come_in_any_order(small: Network, images: np.ndarray):
    one, other = (table(small, images, seeds=seeds) for seeds in ([0, 3], [3, 0]))
    assert list(one) != list(other)
    assert all(np.array_equal(one[name], other[name], equal_nan=True) for name in one)


def test_the_last_step_leaves_nothing_of_what_was_learned(build: Build, images: np.ndarray):
    maps = []
    for seed in (1, 2):
        asked = experiment(ki.load_network(build(seed)), images, ["gradient"], targets=0)
        maps.append(asked.maps(5, frozenset(asked.layers))["gradient", "network"])
        earlier = asked.maps(5, frozenset(asked.layers[1:]))["gradient", "network"]
        assert ki.compare(maps[-1], earlier).relative_l2.min() > 0.1
    np.testing.assert_allclose(*maps, rtol=1e-5, atol=1e-8)


def test_the_network_is_left_as_it_was(small: Network, images: np.ndarray):
    before, weights = ki.explain(small, images, "gradient"), small.model.get_weights()
    table(small, images)
    np.testing.assert_array_equal(ki.explain(small, images, "gradient"), before)
    assert all(np.array_equal(*pair) for pair in zip(weights, small.model.get_weights(), strict=True))


def test_a_saved_model_is_tested_by_permutation(saved: Network, images: np.ndarray):
    found = table(saved, images, shift="constant:-1")
    assert len(found) == 2 * (3 + 1)
    assert np.isfinite(means(found)).all()
    assert means(found).max() < 0.95


def test_a_random_network_is_explained_as_it_would_be_alone(build: Build, images: np.ndarray):
    """An oracle: a Keras model whose weights are set by hand to what was drawn."""
    model = build(1)
    network = ki.load_network(model)
    asked = experiment(network, images, ["lrp-epsilon"], targets=1)
    maps = asked.maps(3, frozenset(asked.layers[1:]))["lrp-epsilon", "network"]
    drawn = asked._parameters.draw(3)
    for layer, numbers in zip(model.layers[2:], asked.layers[1:], strict=True):
        by_rank = {drawn[value].ndim: drawn[value] for value in numbers.values}
        layer.set_weights([by_rank[2], by_rank[1]])
    expected = ki.explain(ki.load_network(model), images, "lrp-epsilon", targets=1)
    assert ki.compare(maps, expected).relative_l2.max() < 1e-5


@pytest.mark.parametrize(
    ("method", "options"),
    [
        ("gradient", {"seeds": [7]}),
        ("gradient", {"targets": 1}),
        ("gradient", {"dither": 0.2}),
        ("gradient", {"orders": ["independent"]}),
        ("gradient", {"groups": 1}),
        ("lrp-gamma", {"options": {"lrp-gamma.gamma": 9.0}}),
    ],
)
def test_every_option_changes_the_result(small: Network, images: np.ndarray, method: str, options: dict):
    plain, changed = (means(table(small, images, method, **told)) for told in ({}, options))
    assert len(plain) != len(changed) or not np.allclose(plain, changed, atol=1e-3)


def test_a_shift_may_be_spelled_or_given(small: Network, images: np.ndarray):
    spelled = table(small, images, "gradient-times-input", shift="constant:-1")
    for shift in (ki.shifts.constant(-1.0), -np.ones((8, 8, 1))):
        given = table(small, images, "gradient-times-input", shift=shift)
        assert all(np.array_equal(spelled[name], given[name], equal_nan=True) for name in spelled)
    other = table(small, images, "gradient-times-input", shift="constant:2")
    assert not np.allclose(means(spelled), means(other), atol=1e-3)


@pytest.mark.parametrize("dither", [0.0, 0.01])
def test_the_curves_of_black_images_are_alike_for_both_networks(small: Network, dither: float):
    """Zero biases leave black pixels on the kink: there the twin decides as the network does."""
    black = np.zeros((2, 8, 8, 1), np.float32)
    black[:, 2:5, 2:5] = 0.7
    found = table(small, black, shift="constant:-1", dither=dither, seeds=3)
    last = [name for name in found if name[2] == "top-down" and name[3] == 3]
    pairs = [(found[name], found[(name[0], "twin", *name[2:])]) for name in last if name[1] == "network"]
    assert pairs
    assert max(np.abs(one - other).max() for one, other in pairs) < 1e-6


@pytest.mark.parametrize(
    ("changed", "error", "said"),
    [
        ({"methods": []}, MethodError, "no method"),
        ({"methods": ["gradent"]}, MethodError, r"'gradent'.*Check the spelling"),
        ({"methods": ["pattern-net"]}, MethodError, r"pattern-net, whose patterns were fitted.*convergence"),
        ({"orders": ["sideways"]}, MethodError, r"orders = sideways; expected some of top-down, bottom-up"),
        ({"orders": []}, MethodError, "orders = none"),
        ({"groups": 0}, MethodError, r"groups = 0; expected a number of at least 1"),
        ({"seeds": 0}, MethodError, r"seeds = 0; expected a number of at least 1"),
        ({"seeds": [1, 1]}, MethodError, r"seeds = \[1, 1\]"),
        ({"seeds": [-1]}, MethodError, r"seeds = \[-1\]"),
        ({"dither": -1.0}, MethodError, r"dither = -1.0; expected a finite number"),
        ({"options": {"lrp-gamma.gamma": 1}}, MethodError, r"'lrp-gamma.gamma'; expected METHOD.OPTION"),
        ({"options": {"gradient.gamma": 1}}, MethodError, r"'gradient.gamma'"),
        ({"images": np.zeros((0, 8, 8, 1))}, ImageError, "no images"),
        ({"images": np.zeros((1, 9, 8, 1))}, ImageError, r"\(1, 9, 8, 1\)"),
        ({"shift": "constant"}, ShiftError, "constant"),
        ({"targets": 3}, ImageError, "targets 3"),
    ],
)
def test_mistakes_are_told_before_the_work_begins(
    small: Network, images: np.ndarray, changed: dict, error: type, said: str
):
    asked = {"images": images, "methods": ["gradient"], **changed}
    with pytest.raises(error, match=said):
        randomize(small, asked.pop("images"), asked.pop("methods"), **asked)
