"""Gates: how many ReLUs of a network and its twin are open in one and shut in the other, for the same image.

A twin rounds differently, so that a ReLU whose input is nearly zero may flip. The number says how many do where each
network is run by itself; for maps a twin takes network 1's decisions over (`network.execution.agreement`). The gates of
a Relu6 are at 0 and at 6.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import tensorflow as tf
from jaxtyping import Int

from ..arrays import Images
from ..methods.request import default_batch_size, shared
from ..network.execution.compiled import compiled
from ..network.execution.replay import Replay

if TYPE_CHECKING:
    from ..network import Network

OPENINGS: Mapping[str, tuple[float, ...]] = {
    "Relu": (0.0,),
    "Relu6": (0.0, 6.0),
    "LeakyRelu": (0.0,),
    "Elu": (0.0,),
    "Selu": (0.0,),
}
"""A kind of activation -> the inputs at which its slope changes."""


def gate_flips(networks: tuple["Network", "Network"], images: tuple[Images, Images]) -> Int[np.ndarray, " n"]:
    """For each image the number of gates that are open in one network and shut in the other, both in float32. [n]."""
    rows = min(default_batch_size(networks[0], networks[0].units), networks[0].most_images or len(images[0]))
    starts = range(0, len(images[0]), max(1, rows))
    counts = [_flips(networks, (images[0][at : at + rows], images[1][at : at + rows])) for at in starts]
    return np.concatenate([np.zeros(0, np.int64), *counts])


def _flips(networks: tuple["Network", "Network"], images: tuple[Images, Images]) -> Int[np.ndarray, " n"]:
    first, second = (_open(network, side) for network, side in zip(networks, images, strict=True))
    pairs = zip(first, second, strict=True)
    flips = [np.sum((one != two).reshape(len(one), -1), axis=1, dtype=np.int64) for one, two in pairs]
    return np.stack([np.zeros(len(images[0]), np.int64), *flips]).sum(axis=0)


def _open(network: "Network", images: Images) -> list[np.ndarray]:
    """Which gates are open, activation by activation."""
    x = tf.constant(images, tf.float32)
    if network.place is None:
        return [gates.numpy() for gates in _function(network)(x)]
    with network.place.turn():
        return [gates.numpy() for gates in _function(network.place.shared.network)(x)]


def _function(network: "Network") -> Any:
    specification = tf.TensorSpec((None, *network.input_shape), tf.float32)
    return shared(network, ("gates",), lambda: compiled(lambda x: _traced(network, x), [specification]))


def _traced(network: "Network", images: tf.Tensor) -> list[tf.Tensor]:
    replay = Replay(network.graph, images)
    for node in network.graph.nodes:
        replay.run(node)
    active = [node for node in network.graph.nodes if node.op in OPENINGS and node.output in network.graph.active]
    return [replay.value(node.inputs[0]) > opening for node in active for opening in OPENINGS[node.op]]
