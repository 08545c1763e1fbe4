"""Layer-wise relevance propagation, literally: each connection's share r_ij of a neuron's relevance, added up.

Letters: x input [in], w weights [in, out], b bias [out], z = x w + b, r relevance; shares and parts are [in, out].
"""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from .network import OracleNetwork
from .operations import Activation, Gate, MaxPool, MeanPool, Neurons, Operation, Route, Scale, Sum, winners

NeuronRule = Callable[[Neurons, np.ndarray, np.ndarray], np.ndarray]
"""(the layer, x, r) -> r_x."""

Elsewhere = Callable[[Operation, Sequence[np.ndarray], np.ndarray, np.ndarray], Sequence[np.ndarray]]
"""(the operation, its inputs, z, r) -> relevance of each input."""


def relevance(
    network: OracleNetwork,
    image: np.ndarray,
    seed: np.ndarray,
    rule_of: Callable[[int], NeuronRule],
    elsewhere: Elsewhere,
) -> np.ndarray:
    """Relevance at the image; `rule_of` chooses the rule of a neuron layer by the number of its step."""

    def rule(k: int, inputs: Sequence[np.ndarray], z: np.ndarray, r: np.ndarray) -> Sequence[np.ndarray]:
        operation = network.steps[k].operation
        if isinstance(operation, Neurons):
            return [rule_of(k)(operation, inputs[0], r)]
        return elsewhere(operation, inputs, z, r)

    return network.backward(network.values(image), seed, rule)


def divided(numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    """Numerator / denominator, 0 where the denominator is 0."""
    return np.where(denominator == 0, 0.0, numerator / np.where(denominator == 0, 1.0, denominator))


def shared_out(parts: np.ndarray, denominator: np.ndarray, r: np.ndarray) -> np.ndarray:
    """r_i = sum over j of parts_ij / denominator_j * r_j."""
    r_ij = divided(parts, denominator[np.newaxis, :]) * r[np.newaxis, :]
    return r_ij.sum(axis=1)


# Neuron layers


def z_rule(layer: Neurons, x: np.ndarray, r: np.ndarray, *, bias: str) -> np.ndarray:
    """r_ij = x_i w_ij / z_j r_j."""
    parts = x[:, np.newaxis] * layer.weights
    return shared_out(parts, parts.sum(axis=0) + kept(layer.bias, bias), r)


def epsilon_rule(layer: Neurons, x: np.ndarray, r: np.ndarray, *, epsilon: float, bias: str) -> np.ndarray:
    """r_ij = x_i w_ij / (z_j + epsilon sign(z_j)) r_j, sign(0) = +1."""
    parts = x[:, np.newaxis] * layer.weights
    z = parts.sum(axis=0) + kept(layer.bias, bias)
    return shared_out(parts, z + epsilon * np.where(z >= 0, 1.0, -1.0), r)


def gamma_rule(layer: Neurons, x: np.ndarray, r: np.ndarray, *, gamma: float, bias: str) -> np.ndarray:
    """Contributions of z's own sign count (1 + gamma) times: Montavon 2019 for z >= 0, mirrored for z < 0."""
    parts = x[:, np.newaxis] * layer.weights
    b = layer.bias
    z = parts.sum(axis=0) + b
    own_sign = np.where(z >= 0, 1.0, -1.0)
    favoured = np.where(parts * own_sign > 0, 1 + gamma, 1.0) * parts
    favoured_bias = np.where(b * own_sign > 0, 1 + gamma, 1.0) * b
    return shared_out(favoured, favoured.sum(axis=0) + kept(favoured_bias, bias), r)


def alpha_beta_rule(
    layer: Neurons, x: np.ndarray, r: np.ndarray, *, alpha: float, beta: float, bias: str
) -> np.ndarray:
    """r_ij = (alpha p_ij+ / sum_i p_ij+ - beta p_ij- / sum_i p_ij-) r_j, p_ij = x_i w_ij; b+ and b- join the sums."""
    parts = x[:, np.newaxis] * layer.weights
    excitation, inhibition = np.maximum(parts, 0), np.minimum(parts, 0)
    b = kept(layer.bias, bias)
    excited = shared_out(excitation, excitation.sum(axis=0) + np.maximum(b, 0), r)
    inhibited = shared_out(inhibition, inhibition.sum(axis=0) + np.minimum(b, 0), r)
    return alpha * excited - beta * inhibited


def w_square_rule(layer: Neurons, _x: np.ndarray, r: np.ndarray, *, inside: np.ndarray) -> np.ndarray:
    """r_ij = w_ij^2 / sum_i w_ij^2 r_j over the inputs inside the image (1; padding 0)."""
    parts = layer.weights**2 * inside[:, np.newaxis]
    return shared_out(parts, parts.sum(axis=0), r)


def flat_rule(layer: Neurons, _x: np.ndarray, r: np.ndarray, *, inside: np.ndarray) -> np.ndarray:
    """r_ij = 1 / (number of inputs inside the image) r_j."""
    parts = layer.taps * inside[:, np.newaxis]
    return shared_out(parts, parts.sum(axis=0), r)


def z_box_rule(layer: Neurons, x: np.ndarray, r: np.ndarray, *, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """r_ij = (x_i w_ij - l_i w_ij+ - h_i w_ij-) / sum_i (...) r_j, for l <= x <= h."""
    w = layer.weights
    parts = x[:, np.newaxis] * w - low[:, np.newaxis] * np.maximum(w, 0) - high[:, np.newaxis] * np.minimum(w, 0)
    return shared_out(parts, parts.sum(axis=0), r)


def kept(b: np.ndarray, bias: str) -> np.ndarray:
    """The bias as it joins a denominator."""
    return {"absorb": b, "ignore": np.zeros_like(b)}[bias]


# Everything else


def in_proportion(
    operation: Operation, inputs: Sequence[np.ndarray], z: np.ndarray, r: np.ndarray, *, bias: str
) -> Sequence[np.ndarray]:
    """For lrp-z and lrp-epsilon: what adds up to z gets relevance in proportion, signs and all."""
    x = inputs[0]
    match operation:
        case Scale():
            scaled = operation.scale * x
            return [divided(scaled, scaled + kept(operation.bias, bias)) * r]
        case Sum():
            return [divided(part, z) * r for part in inputs]
        case MeanPool():
            return [shared_out(members(operation, x), z * [len(window) for window in operation.windows], r)]
    return passed_on(operation, inputs, r)


def by_own_sign(
    operation: Operation, inputs: Sequence[np.ndarray], z: np.ndarray, r: np.ndarray
) -> Sequence[np.ndarray]:
    """For the sign rules: what has z's own sign gets relevance in proportion, the rest none; a lone scale passes it."""
    x = inputs[0]
    own_sign = np.where(z >= 0, 1.0, -1.0)
    match operation:
        case Scale():
            return [r]
        case Sum():
            parts = [np.maximum(own_sign * part, 0) for part in inputs]
            return [divided(part, np.sum(parts, axis=0)) * r for part in parts]
        case MeanPool():
            parts = np.maximum(own_sign * members(operation, x), 0)
            return [shared_out(parts, parts.sum(axis=0), r)]
    return passed_on(operation, inputs, r)


def passed_on(operation: Operation, inputs: Sequence[np.ndarray], r: np.ndarray) -> Sequence[np.ndarray]:
    """Relevance goes on unchanged: through activations, to a max pool's winner, past a gate, along a route."""
    before = np.zeros(sum(len(x) for x in inputs) + 1)
    match operation:
        case Activation():
            return [r]
        case Gate():
            return [r, np.zeros_like(r)]
        case MaxPool():
            np.add.at(before, winners(operation, inputs[0]), r)
        case Route():
            np.add.at(before, operation.index, r)
    return np.split(before[:-1], np.cumsum([len(x) for x in inputs])[:-1])


def members(operation: MeanPool, x: np.ndarray) -> np.ndarray:
    """x_i where element i lies in window j, else 0 [in, out]."""
    parts = np.zeros((len(x), len(operation.windows)))
    for j, window in enumerate(operation.windows):
        parts[list(window), j] = x[list(window)]
    return parts


def bounds(network: OracleNetwork, low: object, high: object) -> tuple[dict[int, np.ndarray], dict[int, np.ndarray]]:
    """Least and greatest possible values, value number -> vector, as far as affine steps carry them from the image."""
    lows = {0: np.broadcast_to(np.asarray(low, dtype=np.float64), network.input_shape).ravel()}
    highs = {0: np.broadcast_to(np.asarray(high, dtype=np.float64), network.input_shape).ravel()}
    for k, step in enumerate(network.steps):
        operation = step.operation
        if not set(step.inputs) <= set(lows) or not isinstance(operation, Scale | Route):
            continue
        if isinstance(operation, Scale):
            ends = [operation.scale * end[step.inputs[0]] + operation.bias for end in (lows, highs)]
        else:
            ends = [np.append(np.concatenate([e[i] for i in step.inputs]), 0.0)[operation.index] for e in (lows, highs)]
        lows[k + 1], highs[k + 1] = np.minimum(*ends), np.maximum(*ends)
    return lows, highs


def inside_image(network: OracleNetwork, k: int) -> np.ndarray:
    """1 for each input of a neuron layer that is no padding put around the image in front of it, else 0."""
    value = network.steps[k].inputs[0]
    before = network.steps[value - 1].operation if value else None
    if isinstance(before, Route):
        return (before.index >= 0).astype(float)
    layer = network.steps[k].operation
    return np.ones(len(layer.weights)) if isinstance(layer, Neurons) else np.ones(0)


def spread(network: OracleNetwork, image: np.ndarray, seed: np.ndarray, rule: Callable[..., np.ndarray]) -> np.ndarray:
    """Relevance spread by weights or connections alone, whatever the inputs are."""
    return relevance(network, image, seed, lambda k: partial(rule, inside=inside_image(network, k)), by_own_sign)


def bounded_deep_taylor(
    network: OracleNetwork, image: np.ndarray, seed: np.ndarray, *, low: object, high: object
) -> np.ndarray:
    """Deep Taylor with the z-box rule where the image comes in."""
    lows, highs = bounds(network, low, high)
    first = network.first_steps()

    def rule_of(k: int) -> NeuronRule:
        if k in first:
            value = network.steps[k].inputs[0]
            return partial(z_box_rule, low=lows[value], high=highs[value])
        return partial(alpha_beta_rule, alpha=1.0, beta=0.0, bias="ignore")

    return relevance(network, image, seed, rule_of, by_own_sign)
