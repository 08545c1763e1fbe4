"""The stem: a network cut behind its first neuron layers, which are affine, and before their activations.

Letters: x an image, z the pre-activations of the first layers, A the affine path from x to z, f the logit as a
function g of z.

On a straight way from a reference to an image, or for noise around it, z moves on a straight way too, and the mean of
gradients at x is A^T applied to the mean of gradients at z. So methods that average many gradients run the first
layers once per image, not once per step or draw. Where the first layer is the largest, as in many multilayer
perceptrons, that is a third of the work.
"""

from dataclasses import dataclass

import numpy as np
import tensorflow as tf

from ..network.execution.replay import Replay
from ..network.graph import Graph, Node
from ..network.structure.affine import values_at
from ..network.structure.layers import NeuronLayer
from ..network.structure.roles import Unit
from .backward import BackwardPass, Rules, run_nodes
from .forward import forward


@dataclass(frozen=True, eq=False)
class Stem:
    """A graph cut into a stem, from images to z, and a body, from z to logits.

    Attributes
    ----------
    graph, units
        The whole network.
    first
        The first neuron layers.
    body
        The operations behind them, their activations left out.
    """

    graph: Graph
    units: tuple[Unit, ...]
    first: tuple[NeuronLayer, ...]
    body: tuple[Node, ...]

    def preactivations(self, images: tf.Tensor, unshifted: tf.Tensor | None = None) -> list[tf.Tensor]:
        """Z for traced images, each [n, ...]; a twin's with the images before their shift (`agreement`)."""
        return self._preactivations(Replay(self.graph, images, unshifted))

    def differences(self, images: tf.Tensor) -> list[tf.Tensor]:
        """Z(images) - z(0), [n, ...], which are the same for a network and all its twins: network 1's."""
        zero = tf.zeros_like(images[:1])
        moved, still = (self._preactivations(Replay.unmoved(self.graph, points)) for points in (images, zero))
        return [one - other for one, other in zip(moved, still, strict=True)]

    def _preactivations(self, replay: Replay) -> list[tf.Tensor]:
        wanted = {layer.name: layer for layer in self.first}
        found = {}
        behind = {node.name for node in self.body}
        for node in self.graph.nodes:
            if node.name in wanted:
                layer = wanted[node.name]
                found[layer.name] = forward(replay, layer, replay.value(layer.image)).z
            elif node.name not in behind and node.name not in self._inner:
                replay.run(node)
        return [found[layer.name] for layer in self.first]

    def run(self, preactivations: list[tf.Tensor], rules: Rules) -> BackwardPass:
        """G run on z, by a method's rules in the place of what it treats in its own way."""
        run = BackwardPass(Replay(self.graph, tf.zeros((0,), preactivations[0].dtype)), rules)
        for layer, z in zip(self.first, preactivations, strict=True):
            run.replay.values[layer.preactivation] = z
            if layer.activation:
                run.run(Unit("activation", layer.activation, (layer.preactivation,)))
        run_nodes(run, self.units, self.body)
        return run

    @property
    def _inner(self) -> set[str]:
        """The operations of the first layers behind their linear ones."""
        names = {layer.name for layer in self.first}
        return {node.name for unit in self.units if unit.name in names for node in unit.nodes}


def stem_of(graph: Graph, units: tuple[Unit, ...]) -> Stem | None:
    """The stem of a network, None where something behind the first layers reads the image, or its shape, directly."""
    first = tuple(unit.layer for unit in units if unit.layer is not None and unit.layer.first)
    if not first:
        return None
    known = {unit.last.output for unit in units if unit.layer in first}
    inner = {node.name for unit in units if unit.layer in first for node in unit.nodes}
    body: list[Node] = []
    for node in graph.nodes:
        moving = [value for value in node.inputs if value not in graph.constants]
        if node.name not in inner and any(value in known for value in moving):
            if not all(value in known for value in moving):
                return None
            body.append(node)
            known.update(value for value in graph.active if value.node == node.name)
            known.add(node.output)
    stem = Stem(graph, units, first, tuple(body))
    one_row = all(
        value.shape[0] == 1
        for value in values_at(graph, np.zeros(graph.image_shape), [layer.preactivation for layer in first])
    )
    return stem if graph.logits in known and one_row else None
