"""Verdicts on a real convolutional network: padding, strides, max pooling, and images with a black background."""

import numpy as np
import pytest

import keras_invariance as ki
from keras_invariance.comparison.verdicts import judge
from keras_invariance.encodings import shifts

SHAPE = (12, 12, 1)
CONSTANT, BOARD = shifts.constant(-0.7), shifts.checkerboard(3, 0.7)


@pytest.fixture(scope="module")
def network():
    import keras

    keras.utils.set_random_seed(0)
    bias = keras.initializers.RandomNormal(stddev=0.1)
    model = keras.Sequential(
        [
            keras.Input(SHAPE),
            keras.layers.Conv2D(6, 3, padding="same", activation="relu", bias_initializer=bias),
            keras.layers.MaxPooling2D(2),
            keras.layers.Conv2D(8, 3, activation="relu", bias_initializer=bias),
            keras.layers.Flatten(),
            keras.layers.Dense(16, activation="relu", bias_initializer=bias),
            keras.layers.Dense(4, bias_initializer=bias),
        ]
    )
    return ki.load_network(model)


@pytest.fixture(scope="module")
def images():
    """Bright squares on black: most pools see ties."""
    random = np.random.default_rng(0)
    images = np.zeros((20, *SHAPE), np.float32)
    for image in images:
        row, column = random.integers(2, 6, 2)
        image[row : row + 5, column : column + 5] = random.random((5, 5, 1))
    return images


@pytest.mark.parametrize("shift", [CONSTANT, BOARD], ids=lambda shift: shift.spec)
@pytest.mark.parametrize(
    ("method", "options", "expected"),
    [
        ("gradient", {}, "invariant"),
        ("guided-backprop", {}, "invariant"),
        ("deconvnet", {}, "invariant"),
        ("smoothgrad", {"samples": 4}, "invariant"),
        ("vargrad", {"samples": 4}, "invariant"),
        ("gradient-times-input", {}, "sensitive"),
        ("smoothgrad", {"samples": 4, "base": "gradient-times-input"}, "sensitive"),
        ("integrated-gradients", {"steps": 8}, "sensitive"),
        ("lrp-epsilon", {}, "sensitive"),
        ("lrp-alpha1-beta0", {}, "sensitive"),
    ],
    ids=str,
)
def test_verdicts_are_what_theory_says(network, images, shift, method, options, expected):
    finding = judge(network, ki.shifted_twin(network, shift), images, shift, method, options=options)
    assert finding.verdict == expected, finding.reason
    assert finding.violations == (20 if expected == "sensitive" else 0)


@pytest.mark.parametrize(("shift", "expected"), [(CONSTANT, "invariant"), (BOARD, "sensitive")])
def test_a_black_reference_follows_a_constant_and_no_checkerboard(network, images, shift, expected):
    options = {"steps": 8, "reference": "black"}
    finding = judge(network, ki.shifted_twin(network, shift), images, shift, "integrated-gradients", options=options)
    assert finding.verdict == expected, finding.reason


@pytest.mark.parametrize("shift", [CONSTANT, BOARD], ids=lambda shift: shift.spec)
def test_a_reference_and_bounds_that_move_with_the_images_are_a_remedy(network, images, shift):
    twin, m = ki.shifted_twin(network, shift), shift.values(SHAPE).astype(np.float64)
    for method, options, moved in [
        ("integrated-gradients", {"steps": 8}, {"reference": m}),
        ("deep-taylor-bounded", {"low": 0.0, "high": 1.0}, {"low": m, "high": 1 + m}),
    ]:
        assert judge(network, twin, images, shift, method, options=options).verdict == "sensitive"
        finding = judge(network, twin, images, shift, method, options=options, twin_options=moved)
        assert finding.verdict == "invariant", finding.reason


def test_the_twin_of_another_shift_is_void(network, images):
    finding = judge(network, ki.shifted_twin(network, CONSTANT), images, BOARD, "gradient")
    assert finding.verdict == "void"


@pytest.mark.parametrize("method", ["gradient", "gradient-times-input"])
def test_there_is_no_verdict_where_nothing_was_shifted(network, images, method):
    for twin in (ki.shifted_twin(network, 0), network):
        finding = judge(network, twin, images, 0, method)
        assert finding.verdict == "void"
        assert finding.images == 0
        assert "nothing was shifted" in finding.reason
        assert finding.maps is None


def test_two_networks_of_one_function_can_be_judged_without_a_shift(network, images):
    other = network.with_graph(ki.shifted_twin(network, 1e-9).graph)
    assert other.fingerprint != network.fingerprint
    assert judge(network, other, images, 0, "gradient").verdict in ("invariant", "sensitive", "inconclusive")


def test_a_targeted_shift_shows_its_picture_in_the_twin_alone(images):
    import keras

    keras.utils.set_random_seed(1)
    dense = [keras.layers.Dense(width, activation="relu") for width in (64, 32)]
    network = ki.load_network(
        keras.Sequential([keras.Input(SHAPE), keras.layers.Flatten(), *dense, keras.layers.Dense(4)])
    )
    picture = np.zeros(SHAPE)
    picture[1:3] = 1.0
    shift = shifts.targeted(network, images[0], picture)
    twin, m = ki.shifted_twin(network, shift), shift.values(SHAPE)
    targets = network.targets(images[:1])
    one, two = (
        ki.explain(each, x, "gradient-times-input", targets=targets)[0]
        for each, x in ((network, images[:1]), (twin, images[:1] + m))
    )
    background = images[0] == 0
    np.testing.assert_array_equal(one[background], 0)
    np.testing.assert_allclose(two[background & (picture == 0)], 0, atol=1e-9)
    shown = two[background & (picture == 1)]
    assert (shown > 0).all()
    assert (shown > 0.1 * two.max()).mean() > 0.5
    assert judge(network, twin, images[:1], shift, "gradient").verdict == "invariant"
    assert judge(network, twin, images[:1], shift, "gradient-times-input").verdict == "sensitive"
