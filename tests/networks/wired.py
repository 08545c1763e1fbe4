"""Keras models of parts that the oracle does not follow: recurrent, attending, normalised; random weights."""

from collections.abc import Callable, Mapping

import keras
import numpy as np
from keras import layers


def recurrent(cell: type[layers.Layer]) -> keras.Model:
    """Two recurrent layers, one of which returns its whole sequence."""
    return keras.Sequential([keras.Input((5, 3)), cell(4, return_sequences=True), cell(3), layers.Dense(3)])


def bidirectional() -> keras.Model:
    """A sequence read from both ends."""
    return keras.Sequential([keras.Input((4, 3)), layers.Bidirectional(layers.GRU(3)), layers.Dense(3)])


def attention() -> keras.Model:
    """A block of a transformer: attention, layer norm, GELU, two residual sums."""
    tokens = keras.Input((5, 6))
    embedded = layers.Dense(6)(tokens)
    mixed = layers.LayerNormalization()(embedded + layers.MultiHeadAttention(2, 3)(embedded, embedded))
    deepened = layers.Dense(6)(layers.Dense(8, activation="gelu")(mixed))
    pooled = layers.GlobalAveragePooling1D()(layers.LayerNormalization()(mixed + deepened))
    return keras.Model(tokens, layers.Dense(3)(pooled))


def normalised() -> keras.Model:
    """Batch norm folded and alone, group norm, unit norm, pools whose windows overlap, Mish and PReLU."""
    return keras.Sequential(
        [
            keras.Input((8, 8, 2)),
            layers.Conv2D(4, 3),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.MaxPooling2D(3, 2),
            layers.BatchNormalization(),
            layers.Conv2D(4, 1),
            layers.GroupNormalization(2),
            layers.Activation("mish"),
            layers.UnitNormalization(),
            layers.PReLU(),
            layers.GlobalMaxPooling2D(),
            layers.Dense(3),
        ]
    )


def functions() -> keras.Model:
    """Maxima, minima, products, quotients, softmaxes, powers and absolute values of two branches."""
    image = keras.Input((6,))
    a, b = layers.Dense(4)(image), layers.Dense(4)(image)
    largest, least = keras.ops.maximum(a, b), keras.ops.minimum(a, 0.5 * b)
    quotient = least / (keras.ops.exp(0.3 * a) + 1.0)
    soft, logs = keras.ops.softmax(3.0 * a), keras.ops.log_softmax(largest * b)
    powers = [keras.ops.abs(a), keras.ops.square(b) * b, 1.0 / (2.0 + keras.ops.square(a))]
    joined = layers.Concatenate()([largest, least, layers.Dot(1)([a, b]), quotient, soft, logs, *powers])
    return keras.Model(image, layers.Dense(3)(joined))


def over_time() -> keras.Model:
    """Convolutions at every step of a film, which put the steps among the rows, and a recurrent layer."""
    return keras.Sequential(
        [
            keras.Input((3, 5, 5, 1)),
            layers.TimeDistributed(layers.Conv2D(2, 2, activation="tanh")),
            layers.TimeDistributed(layers.MaxPooling2D(2)),
            layers.TimeDistributed(layers.Flatten()),
            layers.LSTM(3),
            layers.Dense(3),
        ]
    )


def dilated() -> keras.Model:
    """Dilated convolutions, which read an image in parts that stand among the rows, with a smooth function between."""
    return keras.Sequential(
        [
            keras.Input((7, 7, 1)),
            layers.Conv2D(3, 3, dilation_rate=2, activation="softplus", padding="same"),
            layers.MaxPooling2D(2),
            layers.Conv2D(3, 2, dilation_rate=2, activation="relu"),
            layers.Flatten(),
            layers.Dense(3),
        ]
    )


MODELS: Mapping[str, Callable[[], keras.Model]] = {
    "lstm": lambda: recurrent(layers.LSTM),
    "gru": lambda: recurrent(layers.GRU),
    "bidirectional": bidirectional,
    "attention": attention,
    "normalised": normalised,
    "functions": functions,
    "over time": over_time,
    "dilated": dilated,
}


def wired(name: str) -> keras.Model:
    """A model by its name, its weights drawn anew, the same each time."""
    model, rng = MODELS[name](), np.random.default_rng(0)
    for weight in model.weights:
        spread = 0.3 if len(weight.shape) == 1 else np.prod(weight.shape[:-1]) ** -0.5
        drawn = rng.normal(0.0, spread, weight.shape)
        weight.assign(np.abs(drawn) + 0.5 if "variance" in weight.name else drawn)
    return model
