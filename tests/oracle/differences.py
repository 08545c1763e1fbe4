"""DeepLIFT, literally: every element's difference from its reference is handed on, element by element.

Letters: x, r an operation's inputs for the image and its reference, y, s its outputs, m the multipliers at y.
"""

from collections.abc import Sequence

import numpy as np

from .gradient import derivative, signal
from .network import OracleNetwork
from .operations import ACTIVATIONS, Activation, Gate, MaxPool, Operation, winners

Values = Sequence[np.ndarray]


def deeplift(network: OracleNetwork, image: np.ndarray, target: int, *, reference: object = "zero") -> np.ndarray:
    """(x - r) m, m by the rescale rule (Shrikumar et al., 2017)."""
    start = {"zero": 0.0, "black": image.min()}[reference] if isinstance(reference, str) else reference
    start = np.broadcast_to(np.asarray(start, dtype=np.float64), image.shape)
    at_reference = network.values(start)
    seed = np.where(np.arange(len(at_reference[-1])) == target, 1.0, 0.0)

    def rule(k: int, inputs: Values, y: np.ndarray, m: np.ndarray) -> Values:
        step = network.steps[k]
        return passed(step.operation, inputs, [at_reference[i] for i in step.inputs], (y, at_reference[k + 1]), m)

    return (image - start) * network.backward(network.values(image), seed, rule)


def deep_shap(network: OracleNetwork, image: np.ndarray, target: int, *, background: np.ndarray) -> np.ndarray:
    """The mean of DeepLIFT over references (Lundberg & Lee, 2017)."""
    return np.mean([deeplift(network, image, target, reference=one.astype(float)) for one in background], axis=0)


def passed(operation: Operation, x: Values, r: Values, outputs: tuple[np.ndarray, np.ndarray], m: np.ndarray) -> Values:
    """The multipliers at an operation's inputs."""
    y, s = outputs
    match operation:
        case Activation():
            slope = ACTIVATIONS[operation.name][1](x[0])
            return [
                np.array([
                    m[j] * ((y[j] - s[j]) / (x[0][j] - r[0][j]) if x[0][j] != r[0][j] else slope[j])
                    for j in range(len(m))
                ])
            ]  # fmt: skip
        case Gate():  # x g - r h = (x - r) (g + h) / 2 + (g - h) (x + r) / 2
            return [m * (x[1] + r[1]) / 2, m * (x[0] + r[0]) / 2]
        case MaxPool():
            return [_pooled(operation, x[0], r[0], m)]
    return derivative(operation, x, m)


def _pooled(operation: MaxPool, x: np.ndarray, r: np.ndarray, m: np.ndarray) -> np.ndarray:
    """Each window's change to the winner on the side where its maximum is the larger."""
    found = np.zeros(len(x))
    for i, j, value in zip(winners(operation, x), winners(operation, r), m, strict=True):
        winner = i if x[i] >= r[j] else j
        if x[winner] != r[winner]:
            found[winner] += value * (x[i] - r[j]) / (x[winner] - r[winner])
        if x[i] == r[i]:
            found[i] += value
    return found


def expected_gradients(
    network: OracleNetwork, image: np.ndarray, target: int, *, background: np.ndarray, samples: int = 64, seed: int = 0
) -> np.ndarray:
    """The mean of (x - r) df/dx (r + t (x - r)) over draws of r and t, one generator a draw (Erion et al., 2021)."""
    total = np.zeros(image.shape)
    for draw in range(samples):
        generator = np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, 0, draw])))
        start = background[generator.integers(len(background))].astype(np.float64)
        total += (image - start) * signal(network, start + generator.random() * (image - start), target)
    return total / samples
