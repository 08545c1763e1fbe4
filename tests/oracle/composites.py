"""Composites, literally: for each neuron layer the rule that its kind or its place asks for."""

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np

from . import relevance as lrp
from .network import OracleNetwork
from .operations import MeanPool, Neurons, Operation, Scale, Sum

GUARD = 1e-6


def guarded(total: np.ndarray) -> np.ndarray:
    """A denominator moved away from zero, sign(0) = +1."""
    return total + GUARD * np.where(total >= 0, 1.0, -1.0)


def shares(parts: np.ndarray, bias: np.ndarray, r: np.ndarray) -> np.ndarray:
    """r_i = sum over j of p_ij / guarded(sum_i p_ij + b_j) * r_j."""
    return (parts / guarded(parts.sum(axis=0) + bias) * r).sum(axis=1)


def dense(layer: Neurons, x: np.ndarray, r: np.ndarray) -> np.ndarray:
    """Epsilon: p_ij = x_i w_ij."""
    return shares(x[:, np.newaxis] * layer.weights, layer.bias, r)


def plus(layer: Neurons, x: np.ndarray, r: np.ndarray) -> np.ndarray:
    """z+: p_ij = (x_i w_ij)+."""
    return shares(np.maximum(x[:, np.newaxis] * layer.weights, 0), np.maximum(layer.bias, 0), r)


def alpha2_beta1(layer: Neurons, x: np.ndarray, r: np.ndarray) -> np.ndarray:
    """Twice z+ less the same of the negative parts, whose denominators are moved downwards."""
    against = np.minimum(x[:, np.newaxis] * layer.weights, 0)
    total = against.sum(axis=0) + np.minimum(layer.bias, 0) - GUARD
    return 2 * plus(layer, x, r) - (against / total * r).sum(axis=1)


def gamma(layer: Neurons, x: np.ndarray, r: np.ndarray) -> np.ndarray:
    """Parts of z's own sign count 1.25 times."""
    parts, b = x[:, np.newaxis] * layer.weights, layer.bias
    z = parts.sum(axis=0) + b
    favoured, favoured_b = (np.where(part * z > 0, 1.25, 1.0) * part for part in (parts, b))
    own = np.where(z >= 0, 1.0, -1.0)
    return (favoured / (favoured.sum(axis=0) + favoured_b + GUARD * own) * r).sum(axis=1)


def box(layer: Neurons, x: np.ndarray, r: np.ndarray, *, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """p_ij = x_i w_ij - l_i w_ij+ - h_i w_ij-."""
    w = layer.weights
    parts = x[:, np.newaxis] * w - low[:, np.newaxis] * np.maximum(w, 0) - high[:, np.newaxis] * np.minimum(w, 0)
    return (parts / (parts.sum(axis=0) + GUARD) * r).sum(axis=1)


CONVOLUTIONS: Mapping[str, lrp.NeuronRule] = {"plus": plus, "gamma": gamma, "alpha2-beta1": alpha2_beta1}


def composite(
    network: OracleNetwork,
    image: np.ndarray,
    target: int,
    *,
    convolution: str,
    first: str = "",
    low: object = None,
    high: object = None,
) -> np.ndarray:
    """Relevance from the logit, each layer by its own rule."""
    logits = network.values(image)[-1]
    seed = np.where(np.arange(len(logits)) == target, logits, 0.0)
    lows, highs = lrp.bounds(network, low, high) if first == "box" else ({}, {})

    def rule_of(k: int) -> lrp.NeuronRule:
        layer = network.steps[k].operation
        assert isinstance(layer, Neurons)
        if k in network.first_steps() and first == "flat":
            return partial(lrp.flat_rule, inside=lrp.inside_image(network, k))
        if k in network.first_steps() and first == "box":
            value = network.steps[k].inputs[0]
            return partial(box, low=lows[value], high=highs[value])
        return dense if layer.dense else CONVOLUTIONS[convolution]

    return lrp.relevance(network, image, seed, rule_of, elsewhere)


def elsewhere(operation: Operation, inputs: Sequence[np.ndarray], z: np.ndarray, r: np.ndarray) -> Sequence[np.ndarray]:
    """Sums and mean pools in proportion, signs and all; a scale that stands alone passes."""
    match operation:
        case Scale():
            return [r]
        case Sum():
            return [part / guarded(z) * r for part in inputs]
        case MeanPool():
            sizes = np.array([len(window) for window in operation.windows])
            return [(lrp.members(operation, inputs[0]) / sizes / guarded(z) * r).sum(axis=1)]
    return lrp.passed_on(operation, inputs, r)
