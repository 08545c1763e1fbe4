"""Networks of every kind of convolution, with pools."""

import keras
from keras import layers

from tests.oracle import (
    Activation,
    MaxPool,
    MeanPool,
    chain,
    convolution,
    dense,
    depthwise,
    transposed,
    windows,
)

from .case import Case, fill, neurons, signed_images


def cnn() -> Case:
    """A valid, then a padded and strided convolution, max pooling, two dense layers."""
    conv_1 = layers.Conv2D(3, 3, activation="relu")
    conv_2 = layers.Conv2D(4, 3, strides=2, padding="same", activation="relu")
    dense_1, dense_2 = layers.Dense(5, activation="relu"), layers.Dense(3)
    model = keras.Sequential(
        [keras.Input((9, 8, 2)), conv_1, conv_2, layers.MaxPooling2D(2), layers.Flatten(), dense_1, dense_2]
    )
    fill(model, 2)
    relu = Activation("relu")
    oracle = chain(
        (9, 8, 2),
        neurons(convolution((9, 8, 2), (3, 3, 2, 3)), conv_1),
        relu,
        neurons(convolution((7, 6, 3), (3, 3, 3, 4), stride=2, padding="same"), conv_2),
        relu,
        MaxPool(windows((4, 3, 4), 2, 2)),
        neurons(dense(8, 5), dense_1),
        relu,
        neurons(dense(5, 3), dense_2),
    )
    return Case(model, oracle, signed_images((9, 8, 2)))


def dilated() -> Case:
    """Dilated convolutions, padded and valid."""
    conv_1 = layers.Conv2D(3, 3, padding="same", dilation_rate=2, activation="relu")
    conv_2 = layers.Conv2D(3, 2, dilation_rate=3, activation="relu")
    last = layers.Dense(3)
    model = keras.Sequential([keras.Input((6, 5, 2)), conv_1, conv_2, layers.Flatten(), last])
    fill(model, 3)
    oracle = chain(
        (6, 5, 2),
        neurons(convolution((6, 5, 2), (3, 3, 2, 3), padding="same", dilation=2), conv_1),
        Activation("relu"),
        neurons(convolution((6, 5, 3), (2, 2, 3, 3), dilation=3), conv_2),
        Activation("relu"),
        neurons(dense(18, 3), last),
    )
    return Case(model, oracle, signed_images((6, 5, 2)))


def depthwise_network() -> Case:
    """A padded depthwise convolution with two outputs a channel, and a pointwise one behind it, both normed."""
    depth, point = layers.DepthwiseConv2D(3, depth_multiplier=2, padding="same"), layers.Conv2D(3, 1, use_bias=False)
    norms = [layers.BatchNormalization(), layers.BatchNormalization()]
    last = layers.Dense(3)
    model = keras.Sequential(
        [
            keras.Input((4, 5, 2)),
            depth,
            norms[0],
            layers.ReLU(),
            point,
            norms[1],
            layers.ReLU(),
            layers.Flatten(),
            last,
        ]
    )
    fill(model, 4)
    oracle = chain(
        (4, 5, 2),
        neurons(depthwise((4, 5, 2), (3, 3, 2, 2), padding="same"), depth, norms[0]),
        Activation("relu"),
        neurons(convolution((4, 5, 4), (1, 1, 4, 3)), point, norms[1]),
        Activation("relu"),
        neurons(dense(60, 3), last),
    )
    return Case(model, oracle, signed_images((4, 5, 2)))


def transposed_network() -> Case:
    """A strided transposed convolution between two dense layers."""
    first = layers.Conv2D(2, 2, activation="relu")
    up = layers.Conv2DTranspose(3, 3, strides=2, activation="relu")
    last = layers.Dense(3)
    model = keras.Sequential([keras.Input((4, 3, 2)), first, up, layers.Flatten(), last])
    fill(model, 5)
    oracle = chain(
        (4, 3, 2),
        neurons(convolution((4, 3, 2), (2, 2, 2, 2)), first),
        Activation("relu"),
        neurons(transposed((3, 2, 2), (3, 3, 3, 2), stride=2), up),
        Activation("relu"),
        neurons(dense(105, 3), last),
    )
    return Case(model, oracle, signed_images((4, 3, 2)))


def mean_pooled() -> Case:
    """Average pooling of signed values with padding, and of rectified ones over the whole image."""
    conv_1, conv_2 = layers.Conv2D(3, 2), layers.Conv2D(4, 2, activation="relu")
    last = layers.Dense(3)
    model = keras.Sequential(
        [
            keras.Input((6, 6, 2)),
            conv_1,
            layers.AveragePooling2D(2, padding="same"),
            conv_2,
            layers.GlobalAveragePooling2D(),
            last,
        ]
    )
    fill(model, 6)
    everywhere = tuple(tuple(range(c, 16, 4)) for c in range(4))
    oracle = chain(
        (6, 6, 2),
        neurons(convolution((6, 6, 2), (2, 2, 2, 3)), conv_1),
        MeanPool(windows((5, 5, 3), 2, 2, "same")),
        neurons(convolution((3, 3, 3), (2, 2, 3, 4)), conv_2),
        Activation("relu"),
        MeanPool(everywhere),
        neurons(dense(4, 3), last),
    )
    return Case(model, oracle, signed_images((6, 6, 2)))


def series() -> Case:
    """Convolution and pooling in one dimension."""
    conv_1 = layers.Conv1D(4, 3, padding="same", activation="relu")
    conv_2, last = layers.Conv1D(3, 2, strides=2, activation="relu"), layers.Dense(3)
    model = keras.Sequential([keras.Input((10, 2)), conv_1, layers.MaxPooling1D(2), conv_2, layers.Flatten(), last])
    fill(model, 14)
    oracle = chain(
        (10, 2),
        neurons(convolution((10, 2), (3, 2, 4), padding="same"), conv_1),
        Activation("relu"),
        MaxPool(windows((10, 4), 2, 2)),
        neurons(convolution((5, 4), (2, 4, 3), stride=2), conv_2),
        Activation("relu"),
        neurons(dense(6, 3), last),
    )
    return Case(model, oracle, signed_images((10, 2)))


def volume() -> Case:
    """Convolution in three dimensions, and a mean over the volume."""
    conv_1 = layers.Conv3D(3, 2, padding="same", activation="relu")
    conv_2, last = layers.Conv3D(2, 2, activation="relu"), layers.Dense(3)
    means = layers.GlobalAveragePooling3D()
    model = keras.Sequential([keras.Input((4, 4, 3, 1)), conv_1, conv_2, means, last])
    fill(model, 15)
    oracle = chain(
        (4, 4, 3, 1),
        neurons(convolution((4, 4, 3, 1), (2, 2, 2, 1, 3), padding="same"), conv_1),
        Activation("relu"),
        neurons(convolution((4, 4, 3, 3), (2, 2, 2, 3, 2)), conv_2),
        Activation("relu"),
        MeanPool(tuple(tuple(range(c, 36, 2)) for c in range(2))),
        neurons(dense(2, 3), last),
    )
    return Case(model, oracle, signed_images((4, 4, 3, 1)))


def channelwise() -> Case:
    """Dense layers at every position of an image, and a separable convolution without an activation inside."""
    first, second = layers.Dense(3, activation="relu"), layers.Dense(4, activation="gelu")
    depth, point = layers.DepthwiseConv2D(2, use_bias=False), layers.Conv2D(3, 1, activation="relu")
    last = layers.Dense(3)
    model = keras.Sequential([keras.Input((4, 3, 2)), first, second, depth, point, layers.Flatten(), last])
    fill(model, 16)
    oracle = chain(
        (4, 3, 2),
        neurons(convolution((4, 3, 2), (1, 1, 2, 3)), first),
        Activation("relu"),
        neurons(convolution((4, 3, 3), (1, 1, 3, 4)), second),
        Activation("gelu"),
        neurons(depthwise((4, 3, 4), (2, 2, 4, 1)), depth),
        neurons(convolution((3, 2, 4), (1, 1, 4, 3)), point),
        Activation("relu"),
        neurons(dense(18, 3), last),
    )
    return Case(model, oracle, signed_images((4, 3, 2)))
