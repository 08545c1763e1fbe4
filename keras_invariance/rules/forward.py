"""A neuron layer's forward pass, kept so that a rule computes nothing twice.

Letters: x what the layer reads, w its kernel, b its bias, z = L(x; w) + b its pre-activation, y its output.
"""

from dataclasses import dataclass
from functools import cached_property

import tensorflow as tf

from ..network.execution.replay import Replay
from ..network.structure.layers import NeuronLayer, emitted
from .backward import vjp
from .transposes import transposed


@dataclass(frozen=True, eq=False)
class Forward:
    """One neuron layer run on x.

    Attributes
    ----------
    x
        What the layer reads.
    unscaled
        What the layer's linear operation makes of x, before any scale, bias or reshape.
    z
        The pre-activation.
    y
        The layer's output.
    """

    replay: Replay
    layer: NeuronLayer
    x: tf.Tensor
    unscaled: tf.Tensor
    z: tf.Tensor
    y: tf.Tensor

    @cached_property
    def w(self) -> tf.Tensor:
        """The layer's folded kernel, an eager tensor."""
        return self.layer.weights(self.x.dtype)

    @cached_property
    def linear(self) -> tf.Tensor:
        """L(x; w), without the bias."""
        if self.layer.scaled:
            return self.layer.apply(self.replay, self.x, self.w)
        return self.layer.routed(self.replay, self.unscaled)

    def transposed(self, signal: tf.Tensor, kernel: tf.Tensor | None = None) -> tf.Tensor:
        """L^T(signal; kernel), the kernel w unless another is given: from the shape of z to that of x."""
        return transposed(self.replay, self.layer, self.x, self.w if kernel is None else kernel, signal)

    def before_routes(self, signal: tf.Tensor) -> tf.Tensor:
        """A signal at the layer's pre-activation brought back to the linear operation's own output."""
        if not self.layer.routes:
            return signal
        return vjp(self.layer.routed(self.replay, self.unscaled), self.unscaled, signal)

    def through_activation(self, signal: tf.Tensor) -> tf.Tensor:
        """The signal times the activation's derivative at z."""
        return vjp(self.y, self.z, signal) if self.layer.activation else signal


def forward(replay: Replay, layer: NeuronLayer, x: tf.Tensor) -> Forward:
    """Run a neuron layer on x, by the network's own operations: z is to the last bit what the network itself computes.

    A scale that is folded into the kernel rounds otherwise, so that ReLUs and pools behind it would decide otherwise.
    """
    linear = layer.apply_linear(replay, x, layer.unscaled(x.dtype))
    z = _preactivation(replay, layer, linear)
    return Forward(replay, layer, x, linear, z, layer.activated(replay, z))


def _preactivation(replay: Replay, layer: NeuronLayer, linear: tf.Tensor) -> tf.Tensor:
    b = _channel_bias(replay, layer, linear)
    if b is not None:
        return tf.nn.bias_add(linear, b)  # the same sum, which TensorFlow fuses with the linear operation
    return emitted(replay, layer.steps, layer.linear.output, linear)


def _channel_bias(replay: Replay, layer: NeuronLayer, linear: tf.Tensor) -> tf.Tensor | None:
    """A layer's bias where it is one number per channel and all that stands between its product and its activation."""
    if len(layer.steps) != 1 or not layer.biased or layer.steps[0].name in replay.graph.cuts:
        return None
    b = layer.offset(linear.dtype)
    per_channel = b is not None and b.shape.rank == 1 and b.shape[0] == linear.shape[-1] and linear.shape.rank > 1
    return b if per_channel else None
