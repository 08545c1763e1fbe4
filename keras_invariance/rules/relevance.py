"""The LRP step of the sign rules: parts of a layer's input against parts of its kernel, column by column.

Letters: x_i parts of what a layer reads (such as x+ and x-), w_ij the kernel that part i meets in column j, b_j the
column's bias, t_j = sum_i L(x_i; w_ij) + b_j its total, s_j = r / t_j. One step serves every rule:

    r_x = sum_i x_i * sum_j L^T(s_j; w_ij)

All parts of a sign rule's total have one sign, so a share x w / t is never above 1 and no guard is needed but for 0 /
0 = 0. Dense layers and plain convolutions run all parts and columns as one operation, on inputs and kernels that lie
side by side.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import tensorflow as tf

from ..network.layers import NeuronLayer
from ..network.replay import Replay
from .once import kept, once
from .transposes import transposed

# Kernels with the input channels on the last axis but one and the output channels on the last.
STACKED = frozenset({"MatMul", "Conv2D", "Conv3D"})


@dataclass(frozen=True, eq=False)
class Column:
    """The kernels w_ij that the parts of an input meet, one for each part, and a bias or None; all eager tensors."""

    kernels: Sequence[tf.Tensor]
    bias: tf.Tensor | None = None


@dataclass(frozen=True, eq=False)
class Blocks:
    """Parts of a layer's input, and columns of kernels that they meet."""

    replay: Replay
    layer: NeuronLayer
    parts: Sequence[tf.Tensor]
    columns: Sequence[Column]

    @cached_property
    def totals(self) -> list[tf.Tensor]:
        """t_j for each column."""
        bare = self._stacked_totals() if self._stackable else [self._total(column) for column in self.columns]
        return [
            total if column.bias is None else total + column.bias
            for total, column in zip(bare, self.columns, strict=True)
        ]

    def redistributed(self, shares: dict[int, tf.Tensor]) -> tf.Tensor:
        """r_x from the shares s_j of some columns."""
        if self._stackable:
            pulled = self._stacked_transposes(shares)
        else:
            pulled = [self._transposes(index, shares) for index in range(len(self.parts))]
        return _sum([part * signal for part, signal in zip(self.parts, pulled, strict=True)])

    @property
    def _stackable(self) -> bool:
        """Whether inputs may lie side by side along the channels; convolutions in groups and huge kernels must not."""
        linear = self.layer.linear
        flipped = linear.op == "MatMul" and linear.attributes["transpose_b"].b
        one_group = self.parts[0].shape[-1] == self.layer.kernel.shape[-2]
        return linear.op in STACKED and not flipped and one_group and kept(self.layer.kernel)

    def _stacked_totals(self) -> list[tf.Tensor]:
        linear = self.layer.apply_linear(self.replay, tf.concat(self.parts, -1), self._kernel(range(len(self.columns))))
        return [self.layer.routed(self.replay, part) for part in tf.split(linear, len(self.columns), axis=-1)]

    def _stacked_transposes(self, shares: dict[int, tf.Tensor]) -> list[tf.Tensor]:
        signal = tf.concat([self._before_routes(share) for share in shares.values()], -1)
        x = tf.concat(self.parts, -1)
        bare = self.layer.without_routes()
        return tf.split(transposed(self.replay, bare, x, self._kernel(shares), signal), len(self.parts), axis=-1)

    def _kernel(self, columns: Sequence[int] | range | dict[int, tf.Tensor]) -> tf.Tensor:
        """The kernels of some columns side by side."""
        with once(*(self.columns[j].kernels[i] for j in columns for i in range(len(self.parts)))):
            rows = [[self.columns[j].kernels[i] for j in columns] for i in range(len(self.parts))]
            return tf.concat([tf.concat(row, -1) for row in rows], -2)

    def _before_routes(self, share: tf.Tensor) -> tf.Tensor:
        """A share at the layer's output brought back to the linear operation's own."""
        if not self.layer.routes:
            return share
        own = self.layer.apply_linear(self.replay, self.parts[0], self.columns[0].kernels[0])
        return tf.gradients(self.layer.routed(self.replay, own), own, grad_ys=share)[0]

    def _total(self, column: Column) -> tf.Tensor:
        return _sum([self.layer.apply(self.replay, x, w) for x, w in zip(self.parts, column.kernels, strict=True)])

    def _transposes(self, part: int, shares: dict[int, tf.Tensor]) -> tf.Tensor:
        signals = [
            transposed(self.replay, self.layer, self.parts[part], self.columns[j].kernels[part], share)
            for j, share in shares.items()
        ]
        return _sum(signals)


def share(r: tf.Tensor, total: tf.Tensor) -> tf.Tensor:
    """R / total, 0 / 0 = 0."""
    return tf.math.divide_no_nan(r, total)


def positive(tensor: tf.Tensor) -> tf.Tensor:
    """max(., 0) of a kernel or a bias."""
    with once(tensor):
        return tf.nn.relu(tensor)


def negative(tensor: tf.Tensor) -> tf.Tensor:
    """min(., 0) of a kernel or a bias."""
    with once(tensor):
        return tf.minimum(tensor, 0)


def _sum(tensors: Sequence[tf.Tensor]) -> tf.Tensor:
    return tensors[0] if len(tensors) == 1 else tf.add_n(list(tensors))
