"""Fitting patterns: one pass over the data that sums, for every neuron layer, what its patterns are computed from.

Letters: x what a layer reads, w its kernel, y = L(x; w), z = y + b, u a signal at y. The sum over samples of u times
the patch of x that a neuron sees is the gradient of the layer with respect to its kernel, with upstream u: no patches
are built, and it holds for dense layers and convolutions of any kind, stride and padding.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, reduce
from typing import Any, Literal, TypeAlias

import numpy as np
import tensorflow as tf

from ..arrays import Images
from ..datasets.dataset import Dataset
from ..network import Network
from ..network.execution.compiled import compiled
from ..network.execution.replay import Replay
from ..network.replicas import on_device
from ..network.structure.affine import traced_value
from ..network.structure.layers import NeuronLayer
from ..network.structure.padding import unpadded
from ..network.structure.roles import Unit
from ..rules.backward import Backward, Rules, backward_pass
from ..rules.forward import forward
from ..runs.devices import several_gpus, shared_out
from .moments import Moments, Sums

Centre: TypeAlias = Literal["neuron", "image"]
Progress: TypeAlias = Callable[[int, int], None]

# Layers whose input channels lie along this axis of the kernel; their x is summed around its mean.
CHANNEL_AXES: Mapping[str, int] = {
    "MatMul": -2, "BatchMatMul": -2, "BatchMatMulV2": -2, "BatchMatMulV3": -2,
    "Conv2D": -2, "Conv3D": -2, "DepthwiseConv2dNative": -2,
}  # fmt: skip
BATCH_SIZE = 2048
ACTIVATION_BYTES = 2**29


@dataclass(frozen=True, eq=False)
class Fit:
    """How patterns are fitted to a network.

    Attributes
    ----------
    network
        The network.
    masked
        Whether only samples in which a neuron was active count (for neurons with an activation behind them).
    mean_image
        The mean image that is subtracted from the input of first layers, whose y then counts with its bias; or None.
    """

    network: Network
    masked: bool
    mean_image: np.ndarray | None = None

    @cached_property
    def layers(self) -> tuple[NeuronLayer, ...]:
        """The neuron layers, in the order of the forward pass."""
        return tuple(unit.layer for unit in self.network.units if unit.layer is not None)

    def moments(
        self,
        data: Dataset,
        batch_size: int | None,
        progress: Progress | None,
        devices: Sequence[str] | None = None,
    ) -> tuple[Moments, ...]:
        """The moments of every layer over a data set, read once from its beginning to its end.

        Several devices take turns at its batches: those named, or all GPUs where there are several.
        """
        size = batch_size or self._batch_size()
        size = min(size, self.network.most_images or size)
        chosen = several_gpus() if devices is None else devices
        parts = [Part(replace(self, network=on_device(self.network, device))) for device in chosen] or [Part(self)]
        batches = (images for images, _ in data.batches(size))
        done = 0
        for count in shared_out(batches, [part.add for part in parts], chosen):
            done += count
            if progress is not None:
                progress(done, len(data))
        by_device = [[sums.moments() for sums in part.sums] for part in parts if part.sums]
        return tuple(reduce(Moments.merged, layer) for layer in zip(*by_device, strict=True))

    def _batch_size(self) -> int:
        shapes = self.network.graph.shapes
        numbers = sum(shapes[unit.last.output][1:].num_elements() or 0 for unit in self.network.units)
        return max(1, min(BATCH_SIZE, ACTIVATION_BYTES // (4 * max(1, numbers))))

    def empty(self, images: tf.Tensor) -> list[Sums]:
        """No sums yet, around offsets that are the means of the first batch."""
        offsets = self._offsets(images)
        return [
            Sums.around(np.float64(c.numpy()), np.float64(d.numpy()), tuple(layer.kernel.shape))
            for layer, (c, d) in zip(self.layers, offsets, strict=True)
        ]

    @cached_property
    def _offsets(self) -> Any:
        specification = tf.TensorSpec((None, *self.network.input_shape), self.network.dtype)
        return compiled(lambda images: [seen.offsets() for seen in self._seen(images)], [specification])

    @cached_property
    def summed(self) -> Any:
        """The traced function of a batch and all offsets that gives each layer's sums."""
        images = tf.TensorSpec((None, *self.network.input_shape), self.network.dtype)
        offsets = [
            tf.TensorSpec((None,) * layer.kernel.shape.rank, self.network.dtype) for layer in self.layers for _ in "cd"
        ]

        def traced(images: tf.Tensor, *flat: tf.Tensor) -> list[tuple[tf.Tensor, ...]]:
            pairs = zip(flat[::2], flat[1::2], strict=True)
            return [seen.sums(c, d) for seen, (c, d) in zip(self._seen(images), pairs, strict=True)]

        return compiled(traced, [images, *offsets])

    def _seen(self, images: tf.Tensor) -> list["Seen"]:
        """Every neuron layer on its way forward over a batch."""
        found: dict[str, Seen] = {}

        def recorded(replay: Replay, unit: Unit, inputs: list[tf.Tensor]) -> tuple[tf.Tensor, Backward]:
            layer = unit.layer
            if layer is None:
                raise TypeError(f"{unit.name} is no neuron layer")
            passed = forward(replay, layer, inputs[0])
            mask = self.masked and bool(layer.activation)
            centre = self._centre(layer, images)
            x, y = (passed.x, passed.linear) if centre is None else (passed.x - centre, passed.z)
            found[layer.name] = Seen(
                replay, layer, x, y, tf.cast(passed.z > 0, y.dtype) if mask else None, centre is None
            )
            return passed.y, lambda signal: [signal]

        backward_pass(self.network.graph, self.network.units, images, Rules({"neurons": recorded}))
        return [found[layer.name] for layer in self.layers]

    def _centre(self, layer: NeuronLayer, images: tf.Tensor) -> tf.Tensor | None:
        """The mean image as a first layer reads it, once for every image; None where nothing is subtracted."""
        if self.mean_image is None or not layer.first:
            return None
        mean = tf.broadcast_to(tf.constant(self.mean_image, images.dtype), tf.shape(images))
        return traced_value(self.network.graph, mean, layer.image)


@dataclass(eq=False)
class Part:
    """What one device has summed of every layer so far."""

    fit: Fit
    sums: list[Sums] = field(default_factory=list)

    def add(self, batch: Images) -> int:
        """Add some images; returns how many."""
        dtype = self.fit.network.dtype
        images = tf.constant(batch, dtype)
        if not self.sums:
            self.sums = self.fit.empty(images)
        flat = [tensor for part in self.sums for tensor in (part.x_offset, part.y_offset)]
        found = self.fit.summed(images, *[tf.constant(array, dtype) for array in flat])
        for part, layer_sums in zip(self.sums, found, strict=True):
            part.add(*(tensor.numpy() for tensor in layer_sums))
        return len(batch)


@dataclass(frozen=True, eq=False)
class Seen:
    """One layer's batch: its input, its y, and which samples count for which neuron (None for all)."""

    replay: Replay
    layer: NeuronLayer
    x: tf.Tensor
    y: tf.Tensor
    mask: tf.Tensor | None
    shift_x: bool

    def offsets(self) -> tuple[tf.Tensor, tf.Tensor]:
        """Means of x per input channel and of y per neuron, shaped to broadcast to the kernel."""
        rank = self.layer.kernel.shape.rank
        axis = CHANNEL_AXES.get(self.layer.linear.op)
        c = tf.zeros([1] * rank, self.x.dtype)
        if axis is not None and self.shift_x and not self._transposed_kernel and not self._grouped:
            shape = [1] * rank
            shape[axis] = -1
            c = tf.reshape(tf.reduce_mean(self.x, axis=list(range(self.x.shape.rank - 1))), shape)
        return c, self._by_neuron(tf.reduce_mean)

    def sums(self, c: tf.Tensor, d: tf.Tensor) -> tuple[tf.Tensor, ...]:
        """Count, sums of y - d, of the mask, of masked y - d, x - c and (x - c)(y - d)."""
        y = self.y - self._along_output(d)
        mask = tf.ones_like(y) if self.mask is None else self.mask
        masked = y if self.mask is None else y * mask
        active_x, products = self._by_kernel(c, mask, masked)
        count = tf.cast(tf.size(y), tf.float64) / float(self._neurons)
        totals = [replace(self, y=part)._by_neuron(tf.reduce_sum) for part in (y, mask, masked)]
        return count, totals[0], totals[1], totals[2], active_x, products

    @property
    def _transposed_kernel(self) -> bool:
        attributes = self.layer.linear.attributes
        return any(name in attributes and attributes[name].b for name in ("transpose_b", "adj_y"))

    @property
    def _grouped(self) -> bool:
        """Whether a convolution's channels come in groups, each with kernels of its own."""
        return self.layer.linear.op in {"Conv2D", "Conv3D"} and self.layer.kernel.shape[-2] != self.x.shape[-1]

    @property
    def _neurons(self) -> int:
        sizes = [int(self.layer.kernel.shape[axis]) for axis in self.layer.axes[1]]
        return int(np.prod(sizes))

    def _by_neuron(self, reduce: Callable[..., tf.Tensor]) -> tf.Tensor:
        """Something reduced over samples: one number per neuron, shaped to broadcast to the kernel."""
        neurons = self.layer.axes[1]
        sizes = [int(self.layer.kernel.shape[axis]) for axis in neurons]
        numbers = tf.reshape(reduce(tf.reshape(self.y, (-1, self._neurons)), axis=0), sizes)
        shape = [int(size) if axis in neurons else 1 for axis, size in enumerate(self.layer.kernel.shape)]
        return tf.reshape(tf.transpose(numbers, np.argsort(neurons)), shape)

    def _along_output(self, d: tf.Tensor) -> tf.Tensor:
        """One number per neuron, shaped to broadcast to y."""
        neurons = self.layer.axes[1]
        ascending = [int(self.layer.kernel.shape[axis]) for axis in sorted(neurons)]
        in_order = tf.transpose(tf.reshape(d, ascending), np.argsort(np.argsort(neurons)))
        return tf.reshape(in_order, [-1]) if self.y.shape[-1] == self._neurons else in_order

    def _by_kernel(self, c: tf.Tensor, *signals: tf.Tensor) -> list[tf.Tensor]:
        """For each signal u the sum over samples of u (x - c): the layer's gradient in its kernel."""
        node, x = unpadded(self.layer, self.x)
        if self.shift_x and self.layer.linear.op in CHANNEL_AXES:
            x = x - tf.reshape(c, [-1])
        plain = replace(self.layer, linear=node)
        w = tf.identity(self.layer.weights(x.dtype))
        linear = plain.apply_linear(self.replay, x, w)
        inner = [self._before_routes(signal) for signal in signals]
        return [tf.gradients(linear, w, grad_ys=signal)[0] for signal in inner]

    def _before_routes(self, signal: tf.Tensor) -> tf.Tensor:
        """A signal at y brought back to the linear operation's own output."""
        if not self.layer.routes:
            return signal
        own = self.layer.apply_linear(self.replay, self.x, self.layer.weights(self.x.dtype))
        return tf.gradients(self.layer.routed(self.replay, own), own, grad_ys=signal)[0]
