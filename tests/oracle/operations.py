"""The operations an oracle network is made of, on one flattened float64 image, and what each gives out.

Letters: x input, z output before the activation, w weights, b bias, i input element, j output element.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import erf, pi

import numpy as np

from .connections import Connections, flat, sliding


@dataclass(frozen=True)
class Neurons:
    """A linear operation with the bias and scale behind it, z = x W + b: kernel with the scale folded in, b [out].

    `dense` where the model has a dense layer, at every position of an image too.
    """

    connections: Connections
    kernel: np.ndarray
    bias: np.ndarray
    dense: bool = False

    @cached_property
    def weights(self) -> np.ndarray:
        """W [in, out]."""
        return self.connections.matrix(self.kernel)

    @cached_property
    def taps(self) -> np.ndarray:
        """1 where a connection exists inside the image, whatever its weight [in, out]."""
        return (self.connections.matrix(np.ones_like(self.kernel)) > 0).astype(float)


@dataclass(frozen=True)
class Activation:
    """y = a(z), a name of `ACTIVATIONS`."""

    name: str


@dataclass(frozen=True)
class Scale:
    """A lone scale and bias per element, z = s x + t, with no linear operation before it."""

    scale: np.ndarray
    bias: np.ndarray


@dataclass(frozen=True)
class MaxPool:
    """z_j = the largest x_i of window j; the first one wins a tie."""

    windows: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class MeanPool:
    """z_j = the mean of the x_i of window j that lie inside the image."""

    windows: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Sum:
    """z = the sum of several values."""


@dataclass(frozen=True)
class Gate:
    """z = x g: the first value times the second, which is the gate."""


@dataclass(frozen=True)
class Route:
    """z_j = element number index_j of the concatenated inputs, 0 where index_j is -1 (padding, joining, cropping)."""

    index: np.ndarray


Operation = Neurons | Activation | Scale | MaxPool | MeanPool | Sum | Gate | Route


def windows(
    input_shape: tuple[int, ...], size: int, stride: int, padding: str = "valid"
) -> tuple[tuple[int, ...], ...]:
    """The input elements of each pooling window, one window per output element, in row-major order."""
    space, channels = input_shape[:-1], input_shape[-1]
    output, steps = sliding(space, (size,) * len(space), stride, padding, 1)
    members: dict[int, list[int]] = {j: [] for j in range(int(np.prod(output)) * channels)}
    for sink, _, source in steps:
        for channel in range(channels):
            members[flat((*sink, channel), (*output, channels))].append(flat((*source, channel), input_shape))
    return tuple(tuple(window) for window in members.values())


def winners(operation: MaxPool, x: np.ndarray) -> list[int]:
    """The element that won each window."""
    return [max(window, key=lambda i: (x[i], -i)) for window in operation.windows]


def output(operation: Operation, inputs: Sequence[np.ndarray]) -> np.ndarray:  # noqa: PLR0911 - one line per kind
    """What the operation gives for its inputs."""
    x = inputs[0]
    match operation:
        case Neurons():
            return x @ operation.weights + operation.bias
        case Activation():
            return ACTIVATIONS[operation.name][0](x)
        case Scale():
            return operation.scale * x + operation.bias
        case MaxPool():
            return x[winners(operation, x)]
        case MeanPool():
            return np.array([np.mean(x[list(window)]) for window in operation.windows])
        case Sum():
            return np.sum(inputs, axis=0)
        case Gate():
            return inputs[0] * inputs[1]
        case Route():
            return np.append(np.concatenate(inputs), 0.0)[operation.index]


def _sigmoid(z: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-z))


def _normal_cdf(z: np.ndarray) -> np.ndarray:
    return np.array([(1 + erf(value / 2**0.5)) / 2 for value in z])


_SELU_ALPHA, _SELU_SCALE = 1.6732632423543772, 1.0507009873554805

# name -> (a(z), its derivative a'(z))
ACTIVATIONS = {
    "relu": (lambda z: np.maximum(z, 0), lambda z: (z > 0) * 1.0),
    "relu6": (lambda z: np.clip(z, 0, 6), lambda z: ((z > 0) & (z < 6)) * 1.0),
    "leaky_relu": (lambda z: np.where(z > 0, z, 0.25 * z), lambda z: np.where(z > 0, 1.0, 0.25)),
    "elu": (lambda z: np.where(z > 0, z, np.expm1(z)), lambda z: np.where(z > 0, 1.0, np.exp(z))),
    "selu": (
        lambda z: _SELU_SCALE * np.where(z > 0, z, _SELU_ALPHA * np.expm1(z)),
        lambda z: _SELU_SCALE * np.where(z > 0, 1.0, _SELU_ALPHA * np.exp(z)),
    ),
    "softplus": (lambda z: np.log1p(np.exp(z)), _sigmoid),
    "sigmoid": (_sigmoid, lambda z: _sigmoid(z) * (1 - _sigmoid(z))),
    "tanh": (np.tanh, lambda z: 1 - np.tanh(z) ** 2),
    "silu": (lambda z: z * _sigmoid(z), lambda z: _sigmoid(z) * (1 + z * (1 - _sigmoid(z)))),
    "gelu": (
        lambda z: z * _normal_cdf(z),
        lambda z: _normal_cdf(z) + z * np.exp(-(z**2) / 2) / (2 * pi) ** 0.5,
    ),
}
