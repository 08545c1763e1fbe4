"""The same network on another device of the machine, with a copy of its numbers there."""

from dataclasses import replace

import tensorflow as tf

from .network import Network


def on_device(network: Network, device: str) -> Network:
    """The same network with its numbers on a device; it shares no traced function with the one given."""
    with tf.device(device):
        constants = {
            value: tf.identity(constant) if constant.dtype.is_floating else constant
            for value, constant in network.graph.constants.items()
        }
        singles = {
            value: (constants[value], tf.identity(single))
            for value, (constant, single) in network.graph.singles.items()
            if network.graph.constants[value] is constant
        }
    return replace(network, graph=replace(network.graph, constants=constants, singles=singles), place=None)
