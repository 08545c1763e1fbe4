"""Networks with batch norms, sums, gates, several branches and affine steps in front."""

import keras
import numpy as np
from keras import layers

from tests.oracle import (
    Activation,
    Gate,
    MeanPool,
    OracleNetwork,
    Route,
    Scale,
    Step,
    Sum,
    chain,
    convolution,
    dense,
)

from .case import Case, fill, lone, neurons, signed_images


def normed() -> Case:
    """Batch norm behind convolutions, with and without bias, and one that stands alone behind a ReLU."""
    conv_1, conv_2 = layers.Conv2D(4, 2, use_bias=False), layers.Conv2D(4, 2, padding="same")
    norms = [layers.BatchNormalization() for _ in range(3)]
    last = layers.Dense(3)
    model = keras.Sequential(
        [
            keras.Input((5, 4, 2)),
            conv_1,
            norms[0],
            layers.ReLU(),
            norms[1],
            conv_2,
            norms[2],
            layers.ReLU(),
            layers.Flatten(),
            last,
        ]
    )
    fill(model, 9)
    oracle = chain(
        (5, 4, 2),
        neurons(convolution((5, 4, 2), (2, 2, 2, 4)), conv_1, norms[0]),
        Activation("relu"),
        lone(norms[1], 48),
        neurons(convolution((4, 3, 4), (2, 2, 4, 4), padding="same"), conv_2, norms[2]),
        Activation("relu"),
        neurons(dense(48, 3), last),
    )
    return Case(model, oracle, signed_images((5, 4, 2)))


def residual() -> Case:
    """Two residual sums: of a ReLU and a normed convolution, and of three branches."""
    sizes = {"stem": 3, "inside": 3, "left": 3, "right": 3}
    convs = {name: layers.Conv2D(count, 3, padding="same") for name, count in sizes.items()}
    norm, last = layers.BatchNormalization(), layers.Dense(3)
    inputs = keras.Input((4, 4, 2))
    stem = layers.ReLU()(convs["stem"](inputs))
    first = layers.ReLU()(layers.Add()([stem, norm(convs["inside"](stem))]))
    second = layers.ReLU()(layers.Add()([convs["left"](first), first, convs["right"](first)]))
    model = keras.Model(inputs, last(layers.Flatten()(second)))
    fill(model, 10)
    inner = convolution((4, 4, 3), (3, 3, 3, 3), padding="same")
    relu = Activation("relu")
    steps = (
        Step(neurons(convolution((4, 4, 2), (3, 3, 2, 3), padding="same"), convs["stem"]), (0,)),
        Step(relu, (1,)),
        Step(neurons(inner, convs["inside"], norm), (2,)),
        Step(Sum(), (2, 3)),
        Step(relu, (4,)),
        Step(neurons(inner, convs["left"]), (5,)),
        Step(neurons(inner, convs["right"]), (5,)),
        Step(Sum(), (6, 5)),  # Keras adds two by two
        Step(Sum(), (8, 7)),
        Step(relu, (9,)),
        Step(neurons(dense(48, 3), last), (10,)),
    )
    return Case(model, OracleNetwork((4, 4, 2), steps), signed_images((4, 4, 2)))


def rescaled() -> Case:
    """Rescaling and padding in front, which carry bounds and means to the first layer; images in [0, 1]."""
    conv, last = layers.Conv2D(3, 3, activation="relu"), layers.Dense(3)
    model = keras.Sequential(
        [
            keras.Input((4, 4, 2)),
            layers.Rescaling(2.0, offset=-0.75),
            layers.ZeroPadding2D(((1, 0), (0, 1))),
            conv,
            layers.Flatten(),
            last,
        ]
    )
    fill(model, 11)
    padded = np.pad(np.arange(32).reshape(4, 4, 2), ((1, 0), (0, 1), (0, 0)), constant_values=-1)
    oracle = chain(
        (4, 4, 2),
        Scale(np.full(32, 2.0), np.full(32, -0.75)),
        Route(padded.ravel()),
        neurons(convolution((5, 5, 2), (3, 3, 2, 3)), conv),
        Activation("relu"),
        neurons(dense(27, 3), last),
    )
    images = np.random.default_rng(0).uniform(0, 1, (3, 4, 4, 2)).astype(np.float32)
    return Case(model, oracle, images, low=0.0, high=1.0)


def branched() -> Case:
    """Two first layers whose outputs are joined along the channels."""
    wide, narrow, last = layers.Conv2D(2, 3, padding="same"), layers.Conv2D(3, 1), layers.Dense(3)
    inputs = keras.Input((4, 3, 2))
    joined = layers.ReLU()(layers.Concatenate()([wide(inputs), narrow(inputs)]))
    model = keras.Model(inputs, last(layers.Flatten()(joined)))
    fill(model, 12)
    index = np.concatenate([np.arange(24).reshape(4, 3, 2), 24 + np.arange(36).reshape(4, 3, 3)], axis=-1)
    steps = (
        Step(neurons(convolution((4, 3, 2), (3, 3, 2, 2), padding="same"), wide), (0,)),
        Step(neurons(convolution((4, 3, 2), (1, 1, 2, 3)), narrow), (0,)),
        Step(Route(index.ravel()), (1, 2)),
        Step(Activation("relu"), (3,)),
        Step(neurons(dense(60, 3), last), (4,)),
    )
    return Case(model, OracleNetwork((4, 3, 2), steps), signed_images((4, 3, 2)))


def gated() -> Case:
    """Squeeze and excite: channels times a sigmoid of their means."""
    conv, squeeze, last = layers.Conv2D(3, 2, activation="relu"), layers.Dense(3, activation="sigmoid"), layers.Dense(3)
    inputs = keras.Input((4, 4, 2))
    features = conv(inputs)
    gate = layers.Reshape((1, 1, 3))(squeeze(layers.GlobalAveragePooling2D()(features)))
    model = keras.Model(inputs, last(layers.Flatten()(layers.Multiply()([features, gate]))))
    fill(model, 13)
    steps = (
        Step(neurons(convolution((4, 4, 2), (2, 2, 2, 3)), conv), (0,)),
        Step(Activation("relu"), (1,)),
        Step(MeanPool(tuple(tuple(range(c, 27, 3)) for c in range(3))), (2,)),
        Step(neurons(dense(3, 3), squeeze), (3,)),
        Step(Activation("sigmoid"), (4,)),
        Step(Route(np.tile(np.arange(3), 9)), (5,)),
        Step(Gate(), (2, 6)),
        Step(neurons(dense(27, 3), last), (7,)),
    )
    return Case(model, OracleNetwork((4, 4, 2), steps), signed_images((4, 4, 2)))
