"""Gradient rules: the plain derivative, guided backprop and DeconvNet.

Letters: x what a layer reads, z its pre-activation, y its output, d the signal that arrives at y.
"""

import tensorflow as tf

from ..network.replay import Replay
from ..network.roles import Role, Unit
from .forward import Forward, forward
from .passage import DERIVATIVES, Backward, Rule, Rules, pulled


def derivative(replay: Replay, unit: Unit, inputs: list[tf.Tensor]) -> tuple[tf.Tensor, Backward]:
    """A neuron layer's derivative: d_x = L^T(a'(z) d)."""
    passed = _forward(replay, unit, inputs)
    return passed.y, lambda d: [passed.transposed(passed.through_activation(d))]


def guided(replay: Replay, unit: Unit, inputs: list[tf.Tensor]) -> tuple[tf.Tensor, Backward]:
    """A neuron layer in guided backprop: d_x = L^T(a'(z) max(d, 0)) (Springenberg et al., 2015)."""
    passed = _forward(replay, unit, inputs)
    activated = bool(passed.layer.activation)
    return passed.y, lambda d: [passed.transposed(passed.through_activation(tf.nn.relu(d) if activated else d))]


def deconvolved(replay: Replay, unit: Unit, inputs: list[tf.Tensor]) -> tuple[tf.Tensor, Backward]:
    """A neuron layer in a DeconvNet: d_x = L^T(max(d, 0)), whatever z was (Zeiler & Fergus, 2014)."""
    passed = _forward(replay, unit, inputs)
    activated = bool(passed.layer.activation)
    return passed.y, lambda d: [passed.transposed(tf.nn.relu(d) if activated else d)]


def guided_activation(replay: Replay, unit: Unit, inputs: list[tf.Tensor]) -> tuple[tf.Tensor, Backward]:
    """An activation that stands alone: a'(z) max(d, 0)."""
    y = activation_output(replay, unit, inputs[0])
    return y, lambda d: [pulled(y, inputs[0], tf.nn.relu(d))]


def deconvolved_activation(replay: Replay, unit: Unit, inputs: list[tf.Tensor]) -> tuple[tf.Tensor, Backward]:
    """An activation that stands alone: max(d, 0)."""
    return activation_output(replay, unit, inputs[0]), lambda d: [tf.nn.relu(d)]


def activation_output(replay: Replay, unit: Unit, z: tf.Tensor) -> tf.Tensor:
    """The output of a unit with one signal, all its operations run on z."""
    given = {unit.signals[0]: z}
    for node in unit.nodes:
        given[node.output] = replay.emit(node, given)
    return given[unit.last.output]


def _forward(replay: Replay, unit: Unit, inputs: list[tf.Tensor]) -> Forward:
    if unit.layer is None:
        raise TypeError(f"{unit.name} is no neuron layer")
    return forward(replay, unit.layer, inputs[0])


def _rules(neurons: Rule, activation: Rule | None = None) -> Rules:
    table: dict[Role, Rule] = {"neurons": neurons}
    if activation is not None:
        table["activation"] = activation
    return Rules(table, DERIVATIVES if activation else DERIVATIVES | {"unknown"}, transposes=True)


GRADIENT = _rules(derivative)
GUIDED_BACKPROP = _rules(guided, guided_activation)
DECONVNET = _rules(deconvolved, deconvolved_activation)
