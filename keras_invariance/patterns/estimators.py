"""Estimators: the patterns of one layer's neurons from the moments of what they read.

Letters: x what a neuron reads, w its weights, y = w . x, b its bias, a its pattern, normed so that w . a = 1; E+ is a
mean over the samples in which the neuron was active, y + b > 0; c the covariance that an estimator takes.

    positive    a ~ E+[x y] - E+[x] E+[y]     the conditional covariance
    published   a ~ E+[x y] - E+[x] E[y]      the formula as printed, E[y] over all samples
    linear      a ~ E[x y] - E[x] E[y]        for neurons without an activation behind them, whatever is asked for

Adding m to every x adds m (E+[y] - E[y]) to the published numerator and nothing to the positive one: refitted on
shifted data, published patterns are not input invariant and positive ones are. With `centre="image"` the mean image
is subtracted and y counts with its bias: then all are. For convolutions with padding, or shifts that differ by pixel,
statistics pooled over positions change under `centre="neuron"` whatever the estimator.

Source: Kindermans et al., "Learning how to explain neural networks: PatternNet and PatternAttribution" (2018).
"""

import numpy as np
from jaxtyping import Shaped

from ..network.structure.layers import NeuronLayer
from .moments import Array, Moments

ROUNDING = 1e-10
"""A neuron's w . c below this share of its largest possible value is rounding."""

LEAST_SAMPLES = 2
"""A neuron that was active less often has no covariance."""


def layer_patterns(
    layer: NeuronLayer, moments: Moments, estimator: str, *, masked: bool
) -> tuple[Array, tuple[int, ...]]:
    """a = c / (w . c) for every neuron of a layer, and the neurons for which that is not defined."""
    published = estimator == "published" and masked and bool(layer.activation)
    covariance = moments.published_covariance() if published else moments.covariance()
    w = np.asarray(layer.weights("float64"))
    summed = layer.axes[0]
    scale = (w * covariance).sum(axis=summed, keepdims=True)
    largest = np.abs(w * covariance).sum(axis=summed, keepdims=True)
    sound = (moments.active >= LEAST_SAMPLES) & (scale > ROUNDING * largest)
    norm = np.square(w).sum(axis=summed, keepdims=True)
    fallback = np.divide(w, norm, out=np.zeros_like(w), where=norm > 0)
    array = np.where(sound, np.divide(covariance, scale, out=np.zeros_like(w), where=sound), fallback)
    return array, tuple(int(neuron) for neuron in np.flatnonzero(~_in_order(layer, sound)))


def _in_order(layer: NeuronLayer, by_neuron: Shaped[np.ndarray, "..."]) -> Shaped[np.ndarray, "..."]:
    """One number per neuron in the order of the output's channels."""
    neurons = layer.axes[1]
    ascending = by_neuron.reshape([by_neuron.shape[axis] for axis in sorted(neurons)])
    return ascending.transpose(np.argsort(np.argsort(neurons))).reshape(-1)
