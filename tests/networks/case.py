"""A case: a Keras model with random weights, its description for the oracle, and a few images."""

from dataclasses import dataclass
from math import prod

import keras
import numpy as np
from keras import layers

from tests.oracle import Connections, Neurons, OracleNetwork, Scale


@dataclass(frozen=True)
class Case:
    """A Keras model, the same function for the oracle, images [n, *input] and the bounds they lie in."""

    model: keras.Model
    oracle: OracleNetwork
    images: np.ndarray
    low: float = -3.0
    high: float = 3.0

    @property
    def targets(self) -> np.ndarray:
        """The top logit for the first image, so that it is positive; any for the others."""
        logits = self.oracle.logits(self.images)
        return np.array([logits[0].argmax(), *(k % logits.shape[1] for k in range(1, len(logits)))])


def fill(model: keras.Model, seed: int) -> None:
    """Random weights: biases of both signs, batch norm scales of both signs, and one logit that is likely positive."""
    rng = np.random.default_rng(seed)
    for layer in model.layers:
        if isinstance(layer, layers.BatchNormalization):
            c = layer.gamma.shape[0]
            scale = rng.uniform(0.5, 1.5, c) * np.where(np.arange(c) % 3 == 1, -1, 1)
            layer.set_weights([scale, rng.normal(0, 0.3, c), rng.normal(0, 0.3, c), rng.uniform(0.5, 2, c)])
            continue
        layer.set_weights([_values(rng, weights.shape) for weights in layer.get_weights()])


def _values(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    if len(shape) == 1:
        return rng.normal(0, 0.3, shape) + 0.2
    return rng.normal(0, 1.5 / np.sqrt(prod(shape[:-1])), shape)


def signed_images(shape: tuple[int, ...], seed: int = 0, count: int = 3) -> np.ndarray:
    """Images with values of both signs in [-3, 3]."""
    return np.clip(np.random.default_rng(seed).normal(size=(count, *shape)), -3, 3).astype(np.float32)


def neurons(connections: Connections, layer: layers.Layer, norm: layers.BatchNormalization | None = None) -> Neurons:
    """The oracle's layer for a Keras layer, with the batch norm behind it folded in."""
    kernel, bias = (*layer.get_weights(), None)[:2]
    kernel = kernel.astype(np.float64).reshape(connections.kernel_shape)  # a dense kernel at every position is 1 x 1
    channels = connections.output_shape[-1]
    bias = np.zeros(channels) if bias is None else bias.astype(np.float64)
    if norm is not None:
        scale, shift = scale_and_shift(norm)
        of_kernel = np.swapaxes(kernel, -1, -2) if isinstance(layer, layers.Conv2DTranspose) else kernel
        depth = isinstance(layer, layers.DepthwiseConv2D)
        of_kernel = of_kernel * (scale.reshape(kernel.shape[-2:]) if depth else scale)
        kernel = np.swapaxes(of_kernel, -1, -2) if isinstance(layer, layers.Conv2DTranspose) else of_kernel
        bias = bias * scale + shift
    every = np.tile(bias, prod(connections.output_shape[:-1]))
    return Neurons(connections, kernel, every, dense=isinstance(layer, layers.Dense))


def scale_and_shift(norm: layers.BatchNormalization) -> tuple[np.ndarray, np.ndarray]:
    """Batch norm at inference as s x + t."""
    gamma, beta, mean, variance = (weights.astype(np.float64) for weights in norm.get_weights())
    scale = gamma / np.sqrt(variance + norm.epsilon)
    return scale, beta - mean * scale


def lone(norm: layers.BatchNormalization, elements: int) -> Scale:
    """A batch norm that stands alone."""
    scale, shift = scale_and_shift(norm)
    return Scale(np.tile(scale, elements // len(scale)), np.tile(shift, elements // len(shift)))
