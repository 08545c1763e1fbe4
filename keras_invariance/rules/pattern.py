"""Pattern rules: PatternNet and PatternAttribution, fitted signal directions a in the place of the kernels w.

Letters: x what a layer reads, w its kernel, a its patterns (w . a = 1 for each neuron), z its pre-activation, d the
signal. Source: Kindermans et al., "Learning how to explain neural networks" (2018), equations 8 to 10.
"""

from collections.abc import Mapping

import numpy as np
import tensorflow as tf

from ..network.execution.replay import Replay
from ..network.structure.roles import Role, Unit
from .backward import DERIVATIVES, Backward, Rule, Rules, vjp
from .forward import forward
from .gradient import activation_output


def pattern_rules(patterns: Mapping[str, np.ndarray], *, attribution: bool) -> Rules:
    """The table of pattern-net (d_x = L^T(d; a)) or pattern-attribution (d_x = L^T(d; w a)).

    A scale s that stands alone has the pattern 1 / s: pattern-net divides by it, pattern-attribution passes.
    """
    table: dict[Role, Rule] = {
        "neurons": _neurons(patterns, attribution=attribution),
        "scale": _scale(attribution=attribution),
    }
    return Rules(table, DERIVATIVES)


def _neurons(patterns: Mapping[str, np.ndarray], *, attribution: bool) -> Rule:
    def neurons(replay: Replay, unit: Unit, inputs: list[tf.Tensor]) -> tuple[tf.Tensor, Backward]:
        layer = unit.layer
        if layer is None:
            raise TypeError(f"{unit.name} is no neuron layer")
        passed = forward(replay, layer, inputs[0])
        with tf.init_scope():
            a = tf.constant(patterns[layer.name], passed.w.dtype)
            kernel = passed.w * a if attribution else a
        return passed.y, lambda d: [passed.transposed(passed.through_activation(d), kernel)]

    return neurons


def _scale(*, attribution: bool) -> Rule:
    def scale(replay: Replay, unit: Unit, inputs: list[tf.Tensor]) -> tuple[tf.Tensor, Backward]:
        x = inputs[0]
        z = activation_output(replay, unit, x)
        if x.shape[1:] != z.shape[1:]:  # one value scaled to many is a step of a normalisation
            return z, lambda d: [vjp(z, x, d)]
        s = tf.gradients(z, x)[0]
        return z, lambda d: [d if attribution else tf.math.divide_no_nan(d, s)]

    return scale
