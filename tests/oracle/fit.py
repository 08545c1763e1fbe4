"""Patterns, literally: explicit patches of every image and position, boolean masks, plain means in float64.

Letters: x a patch, w and b a neuron's weights and bias, y = w x, c the covariance of x and y, a = c / (w c).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from .network import OracleNetwork
from .operations import Neurons, output


@dataclass(frozen=True)
class Fitted:
    """Patterns in the kernel's shape, and the neurons for which w / |w|^2 stands in."""

    kernel: np.ndarray
    unfitted: tuple[int, ...]


def fitted_patterns(
    network: OracleNetwork, images: np.ndarray, estimator: str, *, centre: str = "neuron"
) -> Mapping[int, Fitted]:
    """Step number -> patterns of that neuron layer."""
    values = [network.values(image) for image in images]
    mean = mean_values(network, images) if centre == "image" else None
    return {k: _fitted_layer(network, k, values, estimator, mean) for k in network.neuron_steps()}


def mean_values(network: OracleNetwork, images: np.ndarray) -> dict[int, np.ndarray]:
    """The mean image carried along the affine steps to the first neuron layers, value number -> vector."""
    means = {0: np.mean(images.astype(np.float64), axis=0).ravel()}
    needed = {value for k in network.first_steps() for value in network.steps[k].inputs}
    for k in range(max(needed)):
        step = network.steps[k]
        if set(step.inputs) <= set(means):
            means[k + 1] = output(step.operation, [means[i] for i in step.inputs])
    return {value: means[value] for value in needed}


def _fitted_layer(
    network: OracleNetwork, k: int, values: list[list[np.ndarray]], estimator: str, mean: dict[int, np.ndarray] | None
) -> Fitted:
    layer, source = network.steps[k].operation, network.steps[k].inputs[0]
    assert isinstance(layer, Neurons)
    centred = mean is not None and k in network.first_steps()
    kind = estimator if network.is_activated(k) else "linear"
    kernel, unfitted = np.zeros(layer.kernel.size), []
    for neuron in range(layer.connections.output_shape[-1]):
        b = layer.bias[neuron :: layer.connections.output_shape[-1]]
        xs, ys, zs = [], [], []
        for value in values:
            patches, entries = layer.connections.patches(value[source], neuron)
            w = layer.kernel.ravel()[entries]
            y = patches @ w
            if centred:
                xs.append(patches - layer.connections.patches(mean[source], neuron)[0])
                ys.append(y + b)
            else:
                xs.append(patches)
                ys.append(y)
            zs.append(y + b)
        x, y, active = np.concatenate(xs), np.concatenate(ys), np.concatenate(zs) > 0
        c = covariance(x, y, active, kind)
        if c is None or w @ c <= 1e-9 * np.sqrt((w @ w) * (c @ c)):
            kernel[entries] = w / (w @ w)
            unfitted.append(neuron)
        else:
            kernel[entries] = c / (w @ c)
    return Fitted(kernel.reshape(layer.kernel.shape), tuple(unfitted))


def covariance(x: np.ndarray, y: np.ndarray, active: np.ndarray, estimator: str) -> np.ndarray | None:
    """c of one neuron from its samples x [samples, taps], y [samples]; None with fewer than two samples."""
    if estimator == "linear":
        return (x * y[:, np.newaxis]).mean(axis=0) - x.mean(axis=0) * y.mean()
    if active.sum() < 2:
        return None
    x_active, y_active = x[active], y[active]
    mean_y = {"positive": y_active.mean(), "published": y.mean()}[estimator]
    return (x_active * y_active[:, np.newaxis]).mean(axis=0) - x_active.mean(axis=0) * mean_y
