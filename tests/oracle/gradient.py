"""Gradient kinds, literally: what each operation's derivative does to the signal d, and what is built around it."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from .network import OracleNetwork
from .operations import ACTIVATIONS, Activation, Gate, MaxPool, MeanPool, Neurons, Operation, Route, Scale, Sum, winners

ActivationRule = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""(a'(z), d) -> the signal in front of the activation."""

ACTIVATION_RULES: dict[str, ActivationRule] = {
    "gradient": lambda slope, d: slope * d,
    "guided-backprop": lambda slope, d: slope * np.maximum(d, 0),
    "deconvnet": lambda _slope, d: np.maximum(d, 0),
}


def signal(network: OracleNetwork, image: np.ndarray, target: int, *, kind: str = "gradient") -> np.ndarray:
    """The signal at the image, 1 at the target; `kind` is a name of `ACTIVATION_RULES`."""
    values = network.values(image)
    seed = np.where(np.arange(len(values[-1])) == target, 1.0, 0.0)

    def rule(k: int, inputs: Sequence[np.ndarray], _z: np.ndarray, d: np.ndarray) -> Sequence[np.ndarray]:
        operation = network.steps[k].operation
        if isinstance(operation, Activation):
            return [ACTIVATION_RULES[kind](ACTIVATIONS[operation.name][1](inputs[0]), d)]
        return derivative(operation, inputs, d)

    return network.backward(values, seed, rule)


def pattern_signal(
    network: OracleNetwork, image: np.ndarray, target: int, *, kernels: Mapping[int, np.ndarray], attribution: bool
) -> np.ndarray:
    """The signal at the image, the logit at the target, with `kernels` in place of the weights: a, or w a.

    A lone scale s is a neuron with one input, whose pattern is 1 / s: the signal is divided by s, attribution passes.
    """
    values = network.values(image)
    seed = np.where(np.arange(len(values[-1])) == target, values[-1], 0.0)

    def rule(k: int, inputs: Sequence[np.ndarray], _z: np.ndarray, d: np.ndarray) -> Sequence[np.ndarray]:
        operation = network.steps[k].operation
        match operation:
            case Neurons():
                return [operation.connections.matrix(kernels[k]) @ d]
            case Scale():
                return [d if attribution else d / operation.scale]
        return derivative(operation, inputs, d)

    return network.backward(values, seed, rule)


def derivative(operation: Operation, inputs: Sequence[np.ndarray], d: np.ndarray) -> Sequence[np.ndarray]:
    """The chain rule through one operation."""
    before = np.zeros(sum(len(x) for x in inputs) + 1)
    match operation:
        case Neurons():
            return [operation.weights @ d]
        case Activation():
            return [ACTIVATIONS[operation.name][1](inputs[0]) * d]
        case Scale():
            return [operation.scale * d]
        case Sum():
            return [d for _ in inputs]
        case Gate():
            return [d * inputs[1], d * inputs[0]]
        case MaxPool():
            np.add.at(before, winners(operation, inputs[0]), d)
        case MeanPool():
            for window, value in zip(operation.windows, d, strict=True):
                before[list(window)] += value / len(window)
        case Route():
            np.add.at(before, operation.index, d)
    return np.split(before[:-1], np.cumsum([len(x) for x in inputs])[:-1])


def integrated_gradients(
    network: OracleNetwork, image: np.ndarray, target: int, *, steps: int = 64, reference: object = "zero"
) -> np.ndarray:
    """(x - ref) * mean of the gradient at ref + (k + 1/2) / steps * (x - ref), k = 0 ... steps - 1."""
    start = {"zero": 0.0, "black": image.min()}[reference] if isinstance(reference, str) else reference
    start = np.broadcast_to(np.asarray(start, dtype=np.float64), image.shape)
    total = np.zeros(image.shape)
    for k in range(steps):
        total += signal(network, start + (k + 0.5) / steps * (image - start), target) / steps
    return (image - start) * total


def noisy_images(image: np.ndarray, *, samples: int, sigma: float, seed: int) -> list[np.ndarray]:
    """The images x + sigma * noise; the noise of a draw is the same for every image."""
    noisy = []
    for draw in range(samples):
        generator = np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, 0, draw])))
        noisy.append(image + sigma * generator.standard_normal(image.shape, np.float32).astype(np.float64))
    return noisy
