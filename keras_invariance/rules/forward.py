"""A neuron layer's forward pass, kept so that a rule computes nothing twice.

Letters: x what the layer reads, w its kernel, b its bias, z = L(x; w) + b its pre-activation, y its output.
"""

from dataclasses import dataclass

import tensorflow as tf

from ..network.layers import NeuronLayer
from ..network.replay import Replay
from .passage import pulled
from .transposes import transposed


@dataclass(frozen=True, eq=False)
class Forward:
    """One neuron layer run on x.

    Attributes
    ----------
    x
        What the layer reads.
    w
        Its folded kernel, an eager tensor.
    linear
        L(x; w), without the bias.
    z
        The pre-activation.
    y
        The layer's output.
    """

    replay: Replay
    layer: NeuronLayer
    x: tf.Tensor
    w: tf.Tensor
    linear: tf.Tensor
    z: tf.Tensor
    y: tf.Tensor

    def transposed(self, signal: tf.Tensor, kernel: tf.Tensor | None = None) -> tf.Tensor:
        """L^T(signal; kernel), the kernel w unless another is given: from the shape of z to that of x."""
        return transposed(self.replay, self.layer, self.x, self.w if kernel is None else kernel, signal)

    def through_activation(self, signal: tf.Tensor) -> tf.Tensor:
        """The signal times the activation's derivative at z."""
        return pulled(self.y, self.z, signal) if self.layer.activation else signal


def forward(replay: Replay, layer: NeuronLayer, x: tf.Tensor) -> Forward:
    """Run a neuron layer on x."""
    w = layer.weights(x.dtype)
    linear = layer.apply(replay, x, w)
    z = biased(layer, linear)
    return Forward(replay, layer, x, w, linear, z, layer.activated(replay, z))


def biased(layer: NeuronLayer, linear: tf.Tensor) -> tf.Tensor:
    """L + b. A bias per channel goes through BiasAdd, which TensorFlow fuses with the linear operation."""
    b = layer.offset(linear.dtype)
    if b is None:
        return linear
    per_channel = b.shape.rank == 1 and b.shape[0] == linear.shape[-1] and linear.shape.rank > 1
    return tf.nn.bias_add(linear, b) if per_channel else linear + b
