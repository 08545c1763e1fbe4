"""Layers with parameters, from the image up, and their numbers in another order."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from ...network import Network
from ...network.execution.replay import FLOATS
from ...network.graph import Value
from ...network.structure.roles import Unit
from .names import shortened

Numbers: TypeAlias = Mapping[Value, np.ndarray]
"""What a network's graph reads in some places."""


@dataclass(frozen=True)
class Layer:
    """Parameters that are drawn anew together.

    Attributes
    ----------
    name
        As the model calls the layer.
    values
        Where the network's graph reads what is made of its parameters.
    drawn
        How they are drawn, in words.
    """

    name: str
    values: tuple[Value, ...]
    drawn: str


@dataclass(frozen=True, eq=False)
class Parameters:
    """All layers with parameters, from the image to the logits.

    Attributes
    ----------
    layers
        The layers.
    draw
        For a seed, what the graph reads at every layer's values once all of them are drawn anew. A layer's draw
        depends on the seed and its place alone, not on which others are randomised, nor in which order.
    """

    layers: tuple[Layer, ...]
    draw: Callable[[int], Numbers]


def permuted_parameters(network: Network) -> Parameters:
    """Each of a layer's arrays in another order: what is left is how its numbers are distributed."""
    found = [(unit, values) for unit, values in _parameters(network) if values]
    names = shortened([unit.name for unit, _ in found])
    layers = tuple(Layer(name, values, "permuted") for name, (_, values) in zip(names, found, strict=True))

    def draw(seed: int) -> Numbers:
        values = [value for layer in layers for value in layer.values]
        return {
            value: permuted(network.graph.constants[value].numpy(), generator(seed, place))
            for place, value in enumerate(values)
        }

    return Parameters(layers, draw)


def permuted(numbers: np.ndarray, source: np.random.Generator) -> np.ndarray:
    """The same numbers in another order."""
    return source.permutation(numbers.ravel()).reshape(numbers.shape)


def generator(seed: int, place: int) -> np.random.Generator:
    """The random numbers of one place under one seed."""
    return np.random.default_rng(np.random.SeedSequence([seed, place]))


def _parameters(network: Network) -> Sequence[tuple[Unit, tuple[Value, ...]]]:
    """Every layer's arrays: of neuron layers, and of scales and biases that stand alone behind the first of them.

    What stands in front of the first neuron layer (a rescaling, a mean that is subtracted) belongs to the images.
    """
    found: list[tuple[Unit, tuple[Value, ...]]] = []
    taken: set[Value] = set()
    for unit in network.units:
        if unit.layer is None and (unit.role not in {"scale", "bias"} or not found):
            continue
        nodes = unit.nodes if unit.layer is None else unit.nodes[: len(unit.nodes) - len(unit.layer.activation)]
        read = (value for node in nodes for value in node.inputs)
        values = tuple(value for value in dict.fromkeys(read) if _is_parameter(network, value) and value not in taken)
        taken.update(values)
        found.append((unit, values))
    return found


def _is_parameter(network: Network, value: Value) -> bool:
    constant = network.graph.constant(value)
    return constant is not None and constant.dtype in FLOATS and constant.shape.num_elements() > 1
