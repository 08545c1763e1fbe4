"""Methods around the gradient on tiny networks, worked by hand."""

import keras
import numpy as np

import keras_invariance as ki


def test_integrated_gradients_by_hand():
    # x = (1, 2), hidden W = [[1, -1], [1, 2]], b = (1, -1), top (1, -1). The middles of two steps from zero: x/4, 3x/4.
    # At x/4: z = (1.75, -0.25), gradient (1, 1). At 3x/4: z = (3.25, 1.25), both open: (1 + 1, 1 - 2) = (2, -1).
    # Their mean is (1.5, 0); times x: (1.5, 0).
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2, activation="relu"), keras.layers.Dense(1)])
    model.set_weights(
        [np.array([[1.0, -1.0], [1.0, 2.0]]), np.array([1.0, -1.0]), np.array([[1.0], [-1.0]]), np.array([1.0])]
    )
    maps = ki.explain(ki.load_network(model), np.array([[1.0, 2.0]]), "integrated-gradients", steps=2)
    np.testing.assert_allclose(maps, [[1.5, 0.0]], atol=1e-6)


def test_black_is_the_least_value_of_each_image():
    # One logit with w = (3, 5), so the map is (x - least) * w: (1 - 1) * 3, (2 - 1) * 5; then 4 * 3, 0 * 5.
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.set_weights([np.array([[3.0], [5.0]]), np.array([0.0])])
    images = np.array([[1.0, 2.0], [-1.0, -5.0]])
    maps = ki.explain(ki.load_network(model), images, "integrated-gradients", reference="black")
    np.testing.assert_allclose(maps, [[0, 5], [12, 0]], atol=1e-5)


def test_noise_around_a_linear_network_changes_nothing_but_its_product_with_the_input():
    # w = (3, 5): smoothgrad gives w, its square (9, 25), its variance 0; times the input, the noise's mean is left.
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.set_weights([np.array([[3.0], [5.0]]), np.array([0.0])])
    network, images = ki.load_network(model), np.array([[1.0, 2.0]])
    np.testing.assert_allclose(ki.explain(network, images, "smoothgrad", samples=4), [[3, 5]], rtol=1e-6)
    np.testing.assert_allclose(ki.explain(network, images, "smoothgrad-squared", samples=4), [[9, 25]], rtol=1e-6)
    np.testing.assert_allclose(ki.explain(network, images, "vargrad", samples=4), [[0, 0]], atol=1e-9)
    product = ki.explain(network, images, "smoothgrad", samples=4, sigma=0.5, base="gradient-times-input")
    draws = [
        np.random.Generator(np.random.PCG64(np.random.SeedSequence([0, 0, draw]))).standard_normal(2, np.float32)
        for draw in range(4)
    ]
    np.testing.assert_allclose(product, [np.array([3, 5]) * (images[0] + 0.5 * np.mean(draws, axis=0))], rtol=1e-5)
