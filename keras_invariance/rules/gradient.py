"""The plain derivative of a neuron layer, d_x = L^T(a'(z) d), and the table of methods that change nothing else.

Letters: x what a layer reads, z its pre-activation, a its activation, d the signal at its output.

Source: Simonyan et al. (2014).
"""

import tensorflow as tf

from ..network.execution.replay import Replay
from ..network.structure.roles import Role, Unit
from .backward import DERIVATIVES, Backward, Rule, Rules
from .forward import Forward, forward


def derivative(replay: Replay, unit: Unit, inputs: list[tf.Tensor]) -> tuple[tf.Tensor, Backward]:
    """A neuron layer's derivative: d_x = L^T(a'(z) d)."""
    passed = layer_forward(replay, unit, inputs)
    return passed.y, lambda d: [passed.transposed(passed.through_activation(d))]


def activation_output(replay: Replay, unit: Unit, z: tf.Tensor) -> tf.Tensor:
    """The output of a unit with one signal, all its operations run on z."""
    given = {unit.signals[0]: z}
    for node in unit.nodes:
        given[node.output] = replay.emit(node, given)
    return given[unit.last.output]


def layer_forward(replay: Replay, unit: Unit, inputs: list[tf.Tensor]) -> Forward:
    """A neuron layer run on its input."""
    if unit.layer is None:
        raise TypeError(f"{unit.name} is no neuron layer")
    return forward(replay, unit.layer, inputs[0])


def transposing(neurons: Rule, activation: Rule | None = None) -> Rules:
    """The table of a method whose neuron layers pass L^T of what arrives; activations that stand alone have a rule."""
    table: dict[Role, Rule] = {"neurons": neurons}
    if activation is not None:
        table["activation"] = activation
    return Rules(table, DERIVATIVES if activation else DERIVATIVES | {"unknown"}, transposes=True)


GRADIENT = transposing(derivative)
