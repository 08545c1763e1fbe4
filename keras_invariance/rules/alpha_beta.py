"""The alpha-beta rule: what speaks for a neuron and what speaks against it, each in proportion.

r_x = alpha * R(x+ w+, x- w-, b+) - beta * R(x+ w-, x- w+, b-), alpha - beta = 1. The z+ rule is alpha = 1, beta = 0.

Letters: x what a layer reads, w its kernel, b its bias, z = L(x; w) + b, r the relevance; + and - mark the parts
max(., 0) and min(., 0).

Source: Bach et al. (2015), equation 60; Montavon et al. (2019).
"""

import tensorflow as tf

from ..network.execution.replay import Replay
from ..network.structure.layers import NeuronLayer
from .forward import forward
from .lrp_step import LayerRule, Relevance, Step, negative, positive, share, signed_column, signed_parts


def alpha_beta(alpha: float, beta: float, *, absorb: bool = True, guard: float = 0.0) -> LayerRule:
    """The rule; positive parts take b+ and negative parts b-, or none where the bias is not absorbed.

    `guard` is added to the size of every denominator; 0 stands for 0 / 0 = 0.
    """

    def layer_rule(replay: Replay, layer: NeuronLayer, x: tf.Tensor) -> tuple[tf.Tensor, Relevance]:
        w, b = layer.weights(x.dtype), layer.offset(x.dtype)
        bias = b if absorb else None
        excited = signed_column(layer, positive(w), negative(w), None if bias is None else positive(bias))
        if not beta:
            y = forward(replay, layer, x).y
            step = Step(replay, layer, signed_parts(layer, x), [excited])
            return y, lambda r: step.redistributed({0: alpha * share(r, step.totals[0], guard)})
        inhibited = signed_column(layer, negative(w), positive(w), None if bias is None else negative(bias))
        step = Step(replay, layer, signed_parts(layer, x), [excited, inhibited])
        y = _output(replay, layer, x, step, None if absorb else b)
        return y, lambda r: step.redistributed(
            {0: alpha * share(r, step.totals[0], guard), 1: -beta * share(r, step.totals[1], -guard)}
        )

    return layer_rule


def _output(replay: Replay, layer: NeuronLayer, x: tf.Tensor, step: Step, missing: tf.Tensor | None) -> tf.Tensor:
    """A layer's output. What speaks for and against a neuron adds up to z, so that the plain product is not computed.

    A twin's first layers are: there it takes network 1's numbers over (`agreement`).
    """
    if layer.first and replay.graph.cuts:
        return forward(replay, layer, x).y
    z = step.totals[0] + step.totals[1]
    return layer.activated(replay, z if missing is None else z + missing)
