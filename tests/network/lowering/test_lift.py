"""Lifting: operations that are written in another way than the model's, without a change of what they compute."""

import keras
import numpy as np

import keras_invariance as ki


def test_a_convolution_with_a_group_for_every_channel_is_lifted_as_a_depthwise_one():
    model = keras.Sequential(
        [keras.Input((6, 6, 3)), keras.layers.Conv2D(6, 3, groups=3), keras.layers.Flatten(), keras.layers.Dense(2)]
    )
    network = ki.load_network(model)
    images = np.random.default_rng(0).random((2, 6, 6, 3), np.float32)
    assert network.units[0].layer.linear.op == "DepthwiseConv2dNative"
    np.testing.assert_allclose(network(images), model(images), rtol=1e-5, atol=1e-6)
    # TensorFlow has no float64 gradient of the grouped form on a CPU.
    exact = ki.analyzer(network, "gradient", dtype="float64")(images)
    np.testing.assert_allclose(ki.explain(network, images, "gradient"), exact, rtol=1e-4, atol=1e-6)
