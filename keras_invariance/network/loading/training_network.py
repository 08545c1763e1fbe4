"""Networks in training: their numbers are variables, and follow a Keras model while it is trained.

A loaded network holds the numbers that the model had when it was read, and every form of them that a method needs, so
that after each epoch of a training everything would have to be traced anew. The functions of a network in training read
its numbers whenever they run, and make there what is else made once: kernels with their scales, signed parts,
transposes. Maps are the same to rounding.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import tensorflow as tf

from ...errors import ModelError
from ..execution.replay import FLOATS
from ..graph import Graph, Value
from ..network import Network
from .load import load_network


@dataclass(frozen=True, eq=False)
class TrainingNetwork:
    """A Keras model in training and its network.

    Attributes
    ----------
    model
        The Keras model; it is read, never written.
    network
        The network, with the numbers of the last `update`. Its twins are right until the next one: make new ones
        then, which run the same traced functions.
    options
        What `load_network` is told of the model.
    """

    model: Any
    network: Network
    options: Mapping[str, Any]

    def update(self) -> None:
        """Give the network the numbers that the model has now.

        Raises
        ------
        ModelError
            The model consists of other operations than before.
        """
        now = load_network(self.model, **self.options).graph
        if _operations(now) != _operations(self.network.graph):
            raise ModelError(
                f"model {self.model.name!r}, which consists of other operations than when its training began",
                "the same layers at every epoch, with other weights",
                "Audit it after its training: ki.audit.",
            )
        for value, variable in self.network.graph.constants.items():
            if isinstance(variable, tf.Variable):
                variable.assign(now.constants[value])


def training_network(model: Any, **options: Any) -> TrainingNetwork:
    """A model in training, with a network that follows it.

    Parameters
    ----------
    model
        The Keras model.
    **options
        As for `load_network`: which part of the model is the network.

    Raises
    ------
    ModelError
        No network from images to logits can be made of the model.
    """
    network = load_network(model, **options)
    graph = replace(network.graph, constants=_moving(network.graph.constants))
    return TrainingNetwork(model, network.with_graph(graph), options)


def _moving(constants: Mapping[Value, tf.Tensor]) -> dict[Value, "tf.Tensor | tf.Variable"]:
    """The constants, those with a fraction as variables; sizes and places stay, shapes are inferred from them."""
    return {
        value: tf.Variable(tensor, trainable=False) if tensor.dtype in FLOATS else tensor
        for value, tensor in constants.items()
    }


def _operations(graph: Graph) -> list[object]:
    """What must stay the same for traced functions to stay right."""
    nodes = [(node.name, node.op, node.inputs) for node in graph.nodes]
    return [*nodes, *sorted((value, tuple(constant.shape)) for value, constant in graph.constants.items())]
