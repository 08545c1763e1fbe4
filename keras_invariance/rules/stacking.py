"""Stacking: several products of one layer as a single operation, on inputs and kernels that lie side by side.

It serves the generic step of LRP (`lrp_step`): dense layers and plain convolutions run all parts of their input and
all columns of kernels at once.

Letters: i a part of the input, j a column, w_ij the kernel that they meet with, s_j a signal at the layer's output.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import tensorflow as tf

from ..network.execution.replay import Replay
from ..network.structure.layers import NeuronLayer
from .backward import vjp
from .kept_kernels import computed_once, is_kept
from .transposes import transposed

# Kernels with the input channels on the last axis but one and the output channels on the last.
STACKED = frozenset({"MatMul", "Conv2D", "Conv3D"})


@dataclass(frozen=True, eq=False)
class Stacked:
    """Parts of a layer's input, and the kernels [column][part] that they meet."""

    replay: Replay
    layer: NeuronLayer
    parts: Sequence[tf.Tensor]
    kernels: Sequence[Sequence[tf.Tensor]]

    def totals(self) -> list[tf.Tensor]:
        """sum_i L(x_i; w_ij) for each column."""
        every = range(len(self.kernels))
        linear = self.layer.apply_linear(self.replay, tf.concat(self.parts, -1), self._side_by_side(every))
        return [self.layer.routed(self.replay, part) for part in tf.split(linear, len(self.kernels), axis=-1)]

    def transposes(self, signals: Mapping[int, tf.Tensor]) -> list[tf.Tensor]:
        """sum_j L^T(s_j; w_ij) for each part, from the signals of some columns."""
        signal = tf.concat([self._before_routes(one) for one in signals.values()], -1)
        x, bare = tf.concat(self.parts, -1), self.layer.without_routes()
        return tf.split(transposed(self.replay, bare, x, self._side_by_side(signals), signal), len(self.parts), axis=-1)

    def _side_by_side(self, columns: Sequence[int] | range | Mapping[int, tf.Tensor]) -> tf.Tensor:
        """The kernels of some columns as one."""
        with computed_once(*(self.kernels[j][i] for j in columns for i in range(len(self.parts)))):
            rows = [[self.kernels[j][i] for j in columns] for i in range(len(self.parts))]
            return tf.concat([tf.concat(row, -1) for row in rows], -2)

    def _before_routes(self, signal: tf.Tensor) -> tf.Tensor:
        """A signal at the layer's output brought back to the linear operation's own."""
        if not self.layer.routes:
            return signal
        own = self.layer.apply_linear(self.replay, self.parts[0], self.kernels[0][0])
        return vjp(self.layer.routed(self.replay, own), own, signal)


def stacked(
    replay: Replay, layer: NeuronLayer, parts: Sequence[tf.Tensor], kernels: Sequence[Sequence[tf.Tensor]]
) -> Stacked | None:
    """The products side by side; None for convolutions in groups, huge kernels and other operations."""
    linear = layer.linear
    flipped = linear.op == "MatMul" and linear.attributes["transpose_b"].b
    one_group = parts[0].shape[-1] == layer.kernel.shape[-2]
    may = linear.op in STACKED and not flipped and one_group and is_kept(layer.kernel)
    return Stacked(replay, layer, parts, kernels) if may else None
