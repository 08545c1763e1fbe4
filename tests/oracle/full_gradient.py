"""The full gradient, literally: layer by layer of a Keras model in a row, by tapes in float64, spread in loops."""

from itertools import product

import keras
import numpy as np
import tensorflow as tf

from .class_activation import neighbours


def full_gradient(model: keras.Sequential, image: np.ndarray, target: int) -> np.ndarray:
    """X df/dx and every layer's own part, in the image's shape; the model computes in float64."""
    values = [tf.constant(image[np.newaxis], tf.float64)]
    steps = [step for layer in model.layers for step in _steps(layer)]
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(values[0])
        for step in steps:
            values.append(step(values[-1]))
        logit = values[-1][0, target]
    found = (values[0] * tape.gradient(logit, values[0]))[0].numpy()
    for step, before, after in zip(steps, values[:-1], values[1:], strict=True):
        bias = after - tf.constant(_along(step, before.numpy()))
        found += _placed((tape.gradient(logit, after) * bias)[0].numpy(), image.shape)
    return found


def _steps(layer: keras.Layer) -> list:
    """A layer without its activation, and the activation."""
    activation = getattr(layer, "activation", None)
    if activation is None or isinstance(layer, keras.layers.Activation):
        return [lambda x: layer(x, training=False) if "Batch" in type(layer).__name__ else layer(x)]
    linear = layer.__class__.from_config({**layer.get_config(), "activation": "linear"})

    def run(x: tf.Tensor) -> tf.Tensor:
        y = linear(x)
        linear.set_weights(layer.get_weights())
        return linear(x) if linear.weights else y

    return [run, activation]


def _along(step: object, x: np.ndarray) -> np.ndarray:
    """The derivative of a step along what it reads: the slope of step(x + t x) in t at 0, forward mode."""
    v = tf.constant(x)
    with tf.autodiff.ForwardAccumulator(v, v) as accumulator:
        y = step(v)
    slope = accumulator.jvp(y)
    return np.zeros(y.shape) if slope is None else slope.numpy()


def _placed(part: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """A layer's part over the image: spread over its places and evenly over channels, or evenly over everything."""
    found = np.zeros(shape)
    if part.ndim != len(shape) or len(shape) == 1:
        return found + part.sum() / found.size
    part = part.sum(axis=-1)
    weights = {at: np.zeros(shape[:-1]) for at in np.ndindex(part.shape)}
    for pixel in np.ndindex(shape[:-1]):
        corners = [neighbours(*one) for one in zip(pixel, shape[:-1], part.shape, strict=True)]
        for corner in product(*corners):
            weights[tuple(at for at, _ in corner)][pixel] += np.prod([share for _, share in corner])
    for at, one in weights.items():
        found += (part[at] * one / one.sum())[..., np.newaxis] / shape[-1]
    return found
