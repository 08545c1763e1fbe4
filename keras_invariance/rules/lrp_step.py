"""The generic step of LRP: parts of a layer's input against parts of its kernel, column by column.

Letters: x_i parts of what a layer reads (such as x+ and x-), w_ij the kernel that part i meets in column j, b_j the
column's bias, t_j = sum_i L(x_i; w_ij) + b_j its total, s_j = r / t_j. One step serves every rule:

    r_x = sum_i x_i * sum_j L^T(s_j; w_ij)

All parts of a sign rule's total have one sign, so a share x w / t is never above 1 and no guard is needed but for 0 /
0 = 0. Where that is faster, all parts and columns run as one operation (`stacking`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import tensorflow as tf

from ..network.execution.replay import Replay
from ..network.structure.layers import NeuronLayer
from ..network.structure.roles import Unit
from .backward import Backward, Rule
from .kept_kernels import computed_once
from .stacking import Stacked, stacked
from .transposes import transposed

Relevance: TypeAlias = Callable[[tf.Tensor], tf.Tensor]
LayerRule: TypeAlias = Callable[[Replay, NeuronLayer, tf.Tensor], tuple[tf.Tensor, Relevance]]
"""A neuron layer's output on x, and from the relevance there to that at x; activations pass relevance."""


@dataclass(frozen=True, eq=False)
class Column:
    """The kernels w_ij that the parts of an input meet, one for each part, and a bias or None; all eager tensors."""

    kernels: Sequence[tf.Tensor]
    bias: tf.Tensor | None = None


@dataclass(frozen=True, eq=False)
class Step:
    """The step on one layer: parts of its input, and columns of kernels that they meet."""

    replay: Replay
    layer: NeuronLayer
    parts: Sequence[tf.Tensor]
    columns: Sequence[Column]

    @cached_property
    def totals(self) -> list[tf.Tensor]:
        """t_j for each column."""
        side_by_side = self._stacked
        bare = [self._total(column) for column in self.columns] if side_by_side is None else side_by_side.totals()
        return [
            total if column.bias is None else total + column.bias
            for total, column in zip(bare, self.columns, strict=True)
        ]

    def redistributed(self, shares: dict[int, tf.Tensor]) -> tf.Tensor:
        """r_x from the shares s_j of some columns."""
        if self._stacked is None:
            arrived = [self._transposes(index, shares) for index in range(len(self.parts))]
        else:
            arrived = self._stacked.transposes(shares)
        return _sum([part * signal for part, signal in zip(self.parts, arrived, strict=True)])

    @cached_property
    def _stacked(self) -> Stacked | None:
        kernels = [column.kernels for column in self.columns]
        return stacked(self.replay, self.layer, self.parts, kernels)

    def _total(self, column: Column) -> tf.Tensor:
        return _sum([self.layer.apply(self.replay, x, w) for x, w in zip(self.parts, column.kernels, strict=True)])

    def _transposes(self, part: int, shares: dict[int, tf.Tensor]) -> tf.Tensor:
        signals = [
            transposed(self.replay, self.layer, self.parts[part], self.columns[j].kernels[part], share)
            for j, share in shares.items()
        ]
        return _sum(signals)


def layer_rule(own: LayerRule) -> Rule:
    """A rule for units from a rule for neuron layers."""

    def neurons(replay: Replay, unit: Unit, inputs: list[tf.Tensor]) -> tuple[tf.Tensor, Backward]:
        if unit.layer is None:
            raise TypeError(f"{unit.name} is no neuron layer")
        y, back = own(replay, unit.layer, inputs[0])
        return y, lambda r: [back(r)]

    return neurons


def signed_parts(layer: NeuronLayer, x: tf.Tensor) -> list[tf.Tensor]:
    """x+ and x-, or x alone where it is known to have no negative part."""
    return [x] if layer.non_negative else [tf.nn.relu(x), tf.minimum(x, 0)]


def signed_column(layer: NeuronLayer, upper: tf.Tensor, lower: tf.Tensor, bias: tf.Tensor | None) -> Column:
    """The kernels that x+ and x- meet."""
    kernels: Sequence[tf.Tensor] = [upper] if layer.non_negative else [upper, lower]
    return Column(kernels, bias)


def share(r: tf.Tensor, total: tf.Tensor, guard: float = 0.0) -> tf.Tensor:
    """R / total, 0 / 0 = 0; R / (total + guard) where a guard of the total's own sign is asked for."""
    if not guard:
        return tf.math.divide_no_nan(r, total)
    return r / (total + tf.constant(guard, total.dtype))


def positive(tensor: tf.Tensor) -> tf.Tensor:
    """max(., 0) of a kernel or a bias."""
    with computed_once(tensor):
        return tf.nn.relu(tensor)


def negative(tensor: tf.Tensor) -> tf.Tensor:
    """min(., 0) of a kernel or a bias."""
    with computed_once(tensor):
        return tf.minimum(tensor, 0)


def _sum(tensors: Sequence[tf.Tensor]) -> tf.Tensor:
    return tensors[0] if len(tensors) == 1 else tf.add_n(list(tensors))


def stabilised(denominator: tf.Tensor, epsilon: float) -> tf.Tensor:
    """z + sign(z) * epsilon, sign(0) = +1; epsilon = 0 stands for rounding relative to the image's largest |z|."""
    size = tf.constant(epsilon, denominator.dtype)
    if not epsilon:
        axes = list(range(1, denominator.shape.rank))
        largest = tf.reduce_max(tf.abs(denominator), axis=axes, keepdims=True)
        size = tf.maximum(
            largest * denominator.dtype.as_numpy_dtype(_rounding(denominator.dtype)), _tiny(denominator.dtype)
        )
    return denominator + tf.where(denominator >= 0, size, -size)


def _rounding(dtype: tf.DType) -> float:
    return 2.0**-23 if dtype == tf.float32 else 2.0**-52


def _tiny(dtype: tf.DType) -> float:
    return 1e-37 if dtype == tf.float32 else 1e-300
