"""Networks of dense layers."""

import keras
from keras import layers

from tests.oracle import (
    Activation,
    chain,
    dense,
)

from .case import Case, fill, neurons, signed_images


def mlp() -> Case:
    """Flatten, three dense layers, ReLU."""
    hidden = [layers.Dense(7, activation="relu"), layers.Dense(6, activation="relu"), layers.Dense(4)]
    model = keras.Sequential([keras.Input((3, 4, 1)), layers.Flatten(), *hidden])
    fill(model, 1)
    first, second, last = (
        neurons(dense(*size), layer) for size, layer in zip([(12, 7), (7, 6), (6, 4)], hidden, strict=True)
    )
    relu = Activation("relu")
    return Case(model, chain((3, 4, 1), first, relu, second, relu, last), signed_images((3, 4, 1)))


def leaky() -> Case:
    """Leaky ReLU and ReLU6, so that inputs of layers have both signs and an upper end."""
    first, second, last = layers.Dense(7), layers.Dense(6), layers.Dense(4)
    model = keras.Sequential(
        [
            keras.Input((3, 4, 1)),
            layers.Flatten(),
            first,
            layers.LeakyReLU(negative_slope=0.25),
            second,
            layers.ReLU(max_value=6.0),
            last,
        ]
    )
    fill(model, 7)
    second.set_weights([weights * 4 for weights in second.get_weights()])  # some values beyond 6
    oracle = chain(
        (3, 4, 1),
        neurons(dense(12, 7), first),
        Activation("leaky_relu"),
        neurons(dense(7, 6), second),
        Activation("relu6"),
        neurons(dense(6, 4), last),
    )
    return Case(model, oracle, signed_images((3, 4, 1)))


def smooth() -> Case:
    """One dense layer for each smooth activation."""
    names = ["tanh", "sigmoid", "softplus", "silu", "gelu", "elu", "selu"]
    hidden = [layers.Dense(6, activation=name) for name in names]
    last = layers.Dense(3)
    model = keras.Sequential([keras.Input((5,)), *hidden, last])
    fill(model, 8)
    operations = []
    for size, name, layer in zip([5, *[6] * 6], names, hidden, strict=True):
        operations += [neurons(dense(size, 6), layer), Activation(name)]
    return Case(model, chain((5,), *operations, neurons(dense(6, 3), last)), signed_images((5,)))
