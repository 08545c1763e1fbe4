"""A copy of a network whose numbers can be exchanged: all randomised networks run the same traced functions."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import tensorflow as tf

from ...network import Network
from ...network.execution.replay import FLOATS
from ...network.graph import Value
from .layers import Numbers


@dataclass(frozen=True, eq=False)
class Copy:
    """A network with variables in the place of its numbers.

    Attributes
    ----------
    network
        The copy. What it computes depends on what was put there last; its twins are right until the next time.
    variables
        Each with the trained number that belongs there.
    """

    network: Network
    variables: Mapping[Value, tuple[tf.Variable, tf.Tensor]]

    def put(self, numbers: Numbers) -> None:
        """Other numbers in some places, the trained ones in all others."""
        for value, (variable, trained) in self.variables.items():
            variable.assign(numbers.get(value, trained))


def copy_of(network: Network) -> Copy:
    """A copy with the trained numbers; the network itself is never changed."""
    variables = {
        value: (tf.Variable(constant, trainable=False), tf.constant(constant))
        for value, constant in network.graph.constants.items()
        if constant.dtype in FLOATS
    }
    moving = {value: variable for value, (variable, _) in variables.items()}
    graph = replace(network.graph, constants={**network.graph.constants, **moving})
    return Copy(network.with_graph(graph), variables)
