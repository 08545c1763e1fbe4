"""The rescale rule: worked by hand, complete whatever a network consists of, and an error where it has no rule."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

import keras_invariance as ki
from keras_invariance.errors import UnknownOperationError
from tests.networks import CASES, case
from tests.networks.wired import MODELS, wired
from tests.oracle.agreement import distance


def shares(network: ki.Network, images: np.ndarray, reference: object, *, dtype: str = "float64") -> np.ndarray:
    return ki.analyzer(network, "deeplift", dtype=dtype, reference=reference)(images, 0)


def gap(network: ki.Network, images: np.ndarray, dtype: str) -> float:
    """How much the sums are off, as a share of the maps and of the logits that they are the difference of."""
    reference = np.random.default_rng(9).normal(size=network.input_shape)
    analyzer = ki.analyzer(network, "deeplift", dtype=dtype, reference=reference)
    sizes = np.abs(analyzer(images, 1)).reshape(len(images), -1).sum(axis=1) + np.abs(network(images)[:, 1])
    return float((analyzer.completeness_gap(images, 1) / sizes).max())


@pytest.mark.parametrize(("dtype", "least"), [("float32", 1e-5), ("float64", 1e-10)])
@pytest.mark.parametrize("name", CASES)
def test_maps_sum_to_the_change_of_the_logit_on_every_network(network, name, dtype, least):
    assert gap(network(name), case(name).images, dtype) < least


@pytest.mark.parametrize("name", MODELS)
def test_maps_sum_to_the_change_of_the_logit_whatever_a_network_consists_of(name):
    network = ki.load_network(wired(name))
    images = np.random.default_rng(1).normal(size=(3, *network.input_shape))
    assert gap(network, images, "float32") < 1e-5
    assert gap(network, images, "float64") < 1e-10


@pytest.mark.parametrize("name", ["attention", "lstm", "functions"])
def test_close_to_its_reference_an_image_has_the_gradient_times_the_difference(name):
    network = ki.load_network(wired(name))
    image = np.random.default_rng(1).normal(size=(1, *network.input_shape))
    near = image + 1e-4 * np.random.default_rng(2).normal(size=image.shape)
    gradient = ki.analyzer(network, "gradient", dtype="float64")(0.5 * (image + near), 0)
    assert distance(shares(network, near, image[0]), (near - image) * gradient) < 1e-5


def test_by_hand():
    # x = (1, 2), r = (0, 0), hidden W = [[1, -1], [1, 2]], b = (1, -1), top (1, -1).
    # z = (4, 2) and (1, -1) at r; y = (4, 2) and (1, 0): quotients 3/3 and 2/3, so m = W (1, -2/3) = (5/3, 1 - 4/3).
    # Times x: (5/3, -2/3), which sums to f(x) - f(r) = 2 - 1.
    model = keras.Sequential([keras.Input((2,)), layers.Dense(2, activation="relu"), layers.Dense(1)])
    model.set_weights(
        [np.array([[1.0, -1.0], [1.0, 2.0]]), np.array([1.0, -1.0]), np.array([[1.0], [-1.0]]), np.array([1.0])]
    )
    np.testing.assert_allclose(shares(ki.load_network(model), np.array([[1.0, 2.0]]), "zero"), [[5 / 3, -2 / 3]])


def largest() -> ki.Network:
    """The largest of three numbers."""
    image = keras.Input((3,))
    return ki.load_network(keras.Model(image, keras.ops.max(image, axis=1, keepdims=True)))


def test_a_pool_with_two_winners_gives_its_change_to_that_of_the_larger_side_by_hand():
    # max(5, 1, 2) - max(0, 3, 2) = 2: all to the image's winner, the first, which moved by 5.
    np.testing.assert_allclose(shares(largest(), np.array([[5.0, 1.0, 2.0]]), np.array([0.0, 3.0, 2.0])), [[2, 0, 0]])
    # The other way round it falls by 2: all to the reference's winner, again the first.
    np.testing.assert_allclose(shares(largest(), np.array([[0.0, 3.0, 2.0]]), np.array([5.0, 1.0, 2.0])), [[-2, 0, 0]])


def test_a_product_is_the_mean_of_both_orders_by_hand():
    # 3 * 5 - 1 * 2 = 13 = (3 - 1) (5 + 2) / 2 + (5 - 2) (3 + 1) / 2.
    image = keras.Input((2,))
    network = ki.load_network(keras.Model(image, image[:, :1] * image[:, 1:]))
    np.testing.assert_allclose(shares(network, np.array([[3.0, 5.0]]), np.array([1.0, 2.0])), [[7, 6]])


def softmax() -> ki.Network:
    image = keras.Input((3,))
    return ki.load_network(keras.Model(image, 2.0 * keras.ops.softmax(image)))


def test_softmax_by_hand():
    # y = (1/2, 1/4, 1/4), s = 1/3 each; q = (y - s) / log(y / s); dy_1 = q_1 (dx_1 - sum q dx / sum q).
    y, s, x = np.array([0.5, 0.25, 0.25]), np.full(3, 1 / 3), np.log([2.0, 1.0, 1.0])
    q = (y - s) / np.log(y / s)
    expected = 2 * x * q[0] * (np.array([1.0, 0, 0]) - q / q.sum())
    np.testing.assert_allclose(shares(softmax(), x[np.newaxis], "zero")[0], expected, rtol=1e-6)
    assert expected.sum() == pytest.approx(2 * (y[0] - s[0]))


def test_softmax_does_not_see_what_is_added_to_all_of_its_inputs():
    images, reference = np.array([[0.5, 1.0, -1.0]]), np.array([0.0, 0.3, 2.0])
    moved = shares(softmax(), images + 1000.0, reference)
    total = shares(softmax(), images, reference).sum()
    assert moved.sum() == pytest.approx(total, rel=1e-6)


@pytest.mark.parametrize("far", [100.0, 1e4])
def test_softmax_of_numbers_far_apart_stays_finite_and_complete(far):
    maps = shares(softmax(), np.array([[far, 0.0, -far]]), np.array([-far, 0.0, far]), dtype="float32")
    assert maps.sum() == pytest.approx(2.0, rel=1e-5)


def test_an_operation_without_a_rule_is_an_error_that_names_it():
    image = keras.Input((4,))
    network = ki.load_network(keras.Model(image, keras.ops.cumsum(keras.ops.sin(image), axis=1)))
    with pytest.raises(UnknownOperationError, match=r"deeplift met operation Sin .*integrated-gradients"):
        ki.analyzer(network, "deeplift")


def test_what_stops_the_gradient_stops_the_multipliers():
    image = keras.Input((2,))
    model = keras.Model(image, layers.Lambda(tf.stop_gradient)(image[:, :1]) + image[:, 1:])
    np.testing.assert_allclose(shares(ki.load_network(model), np.array([[3.0, 5.0]]), "zero"), [[0, 5]])
