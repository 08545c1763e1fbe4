"""Agreement: a twin decides as network 1 where its first numbers are the same but for rounding, and only there."""

from dataclasses import replace

import keras
import numpy as np
import pytest
from keras import layers

import keras_invariance as ki
from keras_invariance.comparison.verdicts import judge
from keras_invariance.network import Network
from keras_invariance.network.execution import agreement

SHAPE = (12, 12, 1)
SHIFTS = ["constant:-1", "constant:0.1", "checkerboard:2", "checkerboard:3:0.7"]
INVARIANT = [
    ("gradient", {}),
    ("guided-backprop", {}),
    ("deconvnet", {}),
    ("lrp-flat", {}),
    ("lrp-w-square", {}),
    ("smoothgrad", {"samples": 3}),
    ("vargrad", {"samples": 3}),
    ("smoothgrad", {"samples": 3, "base": "guided-backprop"}),
]
every_shift = pytest.mark.parametrize("shift", SHIFTS)


@pytest.fixture(scope="module")
def untrained() -> Network:
    """Fresh from Keras: zero biases, so that on a black background every ReLU stands on its kink."""
    keras.utils.set_random_seed(0)
    conv = [layers.Conv2D(6, 3, padding="same", activation="relu") for _ in range(2)]
    stack = [keras.Input(SHAPE), conv[0], layers.MaxPooling2D(2), conv[1], layers.MaxPooling2D(2)]
    return ki.load_network(keras.Sequential([*stack, layers.Flatten(), layers.Dense(4)]))


@pytest.fixture(scope="module")
def squares() -> np.ndarray:
    """Bright squares of one value on black: most windows tie, in the squares too."""
    random = np.random.default_rng(0)
    images = np.zeros((6, *SHAPE), np.float32)
    for image in images:
        row, column = random.integers(1, 6, 2)
        image[row : row + 6, column : column + 6] = random.random()
        image[row, column] = random.random()
    return images


@every_shift
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("method", "options"), INVARIANT, ids=str)
def test_invariant_maps_are_equal_on_kinks_and_ties(untrained, squares, method, options, dtype, shift):
    m = ki.shifts.parse(shift)
    twin = ki.shifted_twin(untrained, m)
    first, second = ki.explain_pair(untrained, twin, squares, m, method, options=options, dtype=dtype)
    rounding = np.finfo(dtype).eps * np.abs(first).max()
    np.testing.assert_allclose(second, first, rtol=0, atol=0 if method != "lrp-w-square" else 8 * rounding)


@every_shift
def test_references_that_move_with_the_data_change_nothing(untrained, squares, shift):
    m = ki.shifts.parse(shift)
    moved = m.values(SHAPE).astype(np.float64)
    told = {"options": {"steps": 5}, "twin_options": {"reference": moved}}
    asked = (untrained, ki.shifted_twin(untrained, m), squares, m, "integrated-gradients")
    first, second = ki.explain_pair(*asked, **told)
    np.testing.assert_allclose(second, first, atol=1e-6 * np.abs(first).max())


@every_shift
def test_a_twin_alone_takes_its_shift_off_again(untrained, squares, shift):
    """In float64 images nothing is lost: they are network 1's again to the last bit of float32."""
    m = ki.shifts.parse(shift)
    twin = ki.shifted_twin(untrained, m)
    before = ki.explain(untrained, squares, "gradient")
    after = ki.explain(twin, squares + m.values(SHAPE).astype(np.float64), "gradient")
    np.testing.assert_allclose(after, before, atol=1e-6 * np.abs(before).max())


def test_a_twin_that_decides_by_itself_differs_there(untrained, squares, monkeypatch):
    """What the tests above would see otherwise."""
    monkeypatch.setattr(agreement, "ROUNDINGS", 0.0)
    m = ki.shifts.parse("checkerboard:2:0.7")
    fresh = replace(untrained)
    first, second = ki.explain_pair(fresh, ki.shifted_twin(fresh, m), squares, m, "gradient")
    assert ki.compare(first, second).relative_l2.max() > 0.01


def test_images_that_are_not_the_shifted_ones_are_explained_as_they_are(untrained, squares):
    """The twin reads other images than network 1: nothing agrees, and nothing may be taken over."""
    m = ki.shifts.parse("constant:-1")
    twin, targets = ki.shifted_twin(untrained, m), untrained.targets(squares)
    others = np.random.default_rng(1).normal(size=squares.shape).astype(np.float32)
    mistaken = ki.analyzer(twin, "gradient")(others, targets, unshifted=squares)
    alone = ki.analyzer(twin, "gradient")(others, targets)
    np.testing.assert_allclose(mistaken, alone, atol=1e-5 * np.abs(alone).max())


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_network_beside_its_twin_is_explained_as_it_is_alone(untrained, squares, dtype):
    twin = ki.shifted_twin(untrained, ki.shifts.constant(-1.0))
    beside = ki.analyzer(untrained.beside(twin), "gradient", dtype=dtype)(squares)
    alone = ki.analyzer(untrained, "gradient", dtype=dtype)(squares)
    np.testing.assert_array_equal(beside, alone)


def test_a_twin_of_a_twin_is_compared_with_its_own_network_1(untrained, squares):
    """Data that were centred first: network 1 is a twin itself."""
    centred = ki.shifted_twin(untrained, np.full(SHAPE, -0.25))
    m = ki.shifts.parse("checkerboard:2")
    asked = (centred, ki.shifted_twin(centred, m), squares - np.float32(0.25), m)
    first, second = ki.explain_pair(*asked, "gradient")
    np.testing.assert_array_equal(second, first)
    np.testing.assert_allclose(first, ki.explain(untrained, squares, "gradient"), atol=1e-6 * np.abs(first).max())


def test_a_wrong_twin_is_void_whatever_it_takes_over(untrained, squares):
    wrong = ki.shifted_twin(untrained, ki.shifts.constant(-1.0))
    assert judge(untrained, wrong, squares, ki.shifts.constant(-1.001), "gradient").verdict == "void"


def test_the_maps_of_a_finding_are_those_that_it_judges(untrained, squares):
    m = ki.shifts.parse("checkerboard:2")
    found = judge(untrained, ki.shifted_twin(untrained, m), squares, m, "gradient-times-input")
    assert found.maps is not None
    first, second = found.maps
    assert first.shape == (len(found.confirmed), *SHAPE)
    distances = ki.compare(first, second).relative_l2
    np.testing.assert_allclose(distances, found.confirmed_scores.relative_l2, rtol=1e-5)
    exact = ki.explain(untrained, squares[found.confirmed], "gradient-times-input", found.targets[found.confirmed])
    np.testing.assert_allclose(first, exact, atol=1e-5 * np.abs(exact).max())


def conv() -> layers.Layer:
    return layers.Conv2D(4, 3, activation="relu")


KINDS = {
    "dense": lambda: [layers.Flatten(), layers.Dense(9, activation="relu")],
    "strided and padded": lambda: [layers.Conv2D(4, 3, 2, "same", activation="relu")],
    "dilated": lambda: [layers.Conv2D(4, 3, dilation_rate=2, activation="relu")],
    "depthwise": lambda: [layers.DepthwiseConv2D(3, depth_multiplier=4, activation="relu")],
    "transposed": lambda: [layers.Conv2DTranspose(4, 3, 2, activation="relu")],
    "batch norm": lambda: [layers.Conv2D(4, 3), layers.BatchNormalization(), layers.ReLU()],
    "rescaled": lambda: [layers.Rescaling(3.0, -1.0), conv()],
    "mean pool first": lambda: [layers.AveragePooling2D(2), conv()],
    "rectified first": lambda: [layers.ReLU(), conv()],
    "max pool first": lambda: [layers.MaxPooling2D(2), conv()],
}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("kind", KINDS)
def test_whatever_comes_first_is_taken_over(squares, kind, dtype):
    keras.utils.set_random_seed(1)
    stack = [keras.Input(SHAPE), *KINDS[kind](), layers.Flatten(), layers.Dense(3)]
    network = ki.load_network(keras.Sequential(stack))
    m = ki.shifts.parse("checkerboard:3:0.7")
    asked = (network, ki.shifted_twin(network, m), squares, m, "gradient")
    first, second = ki.explain_pair(*asked, dtype=dtype)
    np.testing.assert_array_equal(second, first)
