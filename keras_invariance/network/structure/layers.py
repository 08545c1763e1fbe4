"""Affine neuron layers: a linear operation with the scales and biases behind it, z = L(x; w) + b.

Letters: x what the layer reads, w its kernel with every scale folded in, b its bias, z its pre-activation.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import tensorflow as tf

from ..execution.replay import Replay, numeric
from ..graph import Graph, Node, Value
from .operations import LINEAR


@dataclass(frozen=True, eq=False)
class Factor:
    """A scale that is a variable: a number of a network in training (`loading.training_network`).

    Attributes
    ----------
    variable
        One number per channel of the last axis, or one for all.
    inverse
        Whether it divides.
    """

    variable: tf.Variable
    inverse: bool = False

    def __repr__(self) -> str:
        return f"<Factor {tuple(self.variable.shape)}{', a divisor' if self.inverse else ''}>"

    @property
    def value(self) -> tf.Tensor:
        """The factors in the function that is being traced, float64, [channels] or [1]."""
        numbers = tf.cast(tf.reshape(self.variable.read_value(), (-1,)), tf.float64)
        return 1 / numbers if self.inverse else numbers


@dataclass(frozen=True, eq=False)
class Moving:
    """A part of a bias that is a variable: a family's offset, or a number of a network in training.

    Attributes
    ----------
    variable
        What is added, without or with a batch axis of 1.
    shape
        Its shape without that axis.
    factor
        The sign, times the scales behind it, one per channel.
    factors
        The scales behind it that are variables.
    """

    variable: tf.Variable
    shape: tuple[int, ...]
    factor: np.ndarray | float = 1.0
    factors: tuple[Factor, ...] = ()

    def __repr__(self) -> str:
        return f"<Moving {self.shape}>"

    @property
    def value(self) -> tf.Tensor:
        """The scaled part in the function that is being traced, float64."""
        read = tf.reshape(tf.cast(self.variable.read_value(), tf.float64), self.shape)
        return _product(read * tf.constant(self.factor, tf.float64), [factor.value for factor in self.factors])


@dataclass(frozen=True, eq=False)
class NeuronLayer:
    """One affine layer and the activation directly behind it.

    Attributes
    ----------
    linear
        The linear operation.
    image
        The value that it reads on its image side.
    kernel
        The constant on its other side; a variable in a network in training.
    preactivation
        The value z, as the activation reads it.
    nodes
        All its operations in order, the activation's included.
    routes
        Reshapes between the linear operation and its bias.
    scale
        What the kernel's output channels are multiplied with, [channels], or None.
    bias
        b, broadcasting to the output without its batch axis, or None. A twin's may be a map of the output's size.
    factors
        What they are multiplied with besides, where that is a variable.
    moving
        What is added to the bias besides, where that is a variable: a family's offset (`family`), a bias in training.
    activation
        The operations of the activation behind it, none for a linear layer.
    non_negative
        Whether x is known to have no negative part.
    first
        Whether the image reaches this layer through affine steps only.
    """

    linear: Node
    image: Value
    kernel: tf.Tensor | tf.Variable
    preactivation: Value
    nodes: tuple[Node, ...]
    routes: tuple[Node, ...] = ()
    scale: np.ndarray | None = None
    bias: np.ndarray | None = None
    factors: tuple[Factor, ...] = ()
    moving: tuple[Moving, ...] = ()
    activation: tuple[Node, ...] = ()
    non_negative: bool = False
    first: bool = False

    def __repr__(self) -> str:
        activation = " + ".join(node.op for node in self.activation) or "no activation"
        return f"<NeuronLayer {self.name!r}: {self.linear.op}, kernel {tuple(self.kernel.shape)}, {activation}>"

    @property
    def name(self) -> str:
        """The layer's name: that of its linear operation."""
        return self.linear.name

    @cached_property
    def axes(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """The kernel's axes that are summed over for one neuron, and those that number the neurons."""
        return kernel_axes(self.linear, self.kernel.shape.rank, self._kernel_index)

    @property
    def _kernel_index(self) -> int:
        return kernel_index(self.linear, self.image)

    def placed(self, *, non_negative: bool, first: bool) -> "NeuronLayer":
        """The same layer with what is known of its place in the network."""
        return replace(self, non_negative=non_negative, first=first)

    def without_routes(self) -> "NeuronLayer":
        """The layer ended at its linear operation's own output."""
        return replace(self, routes=())

    @property
    def steps(self) -> tuple[Node, ...]:
        """The operations between the linear one and the activation: reshapes, scales and biases."""
        return self.nodes[1 : len(self.nodes) - len(self.activation)]

    def weights(self, dtype: tf.DType | str) -> tf.Tensor:
        """The folded kernel w: an eager tensor, or one of the function that is being traced where it is a variable."""
        kernel = self.unscaled(dtype)
        if isinstance(self.kernel, tf.Variable):
            return _product(kernel, [self.along_neurons(factor.value, dtype) for factor in self.factors])
        with tf.init_scope():
            return kernel if self.scale is None else kernel * self.along_neurons(tf.constant(self.scale), dtype)

    def unscaled(self, dtype: tf.DType | str) -> tf.Tensor:
        """The linear operation's own kernel, no scale folded in."""
        if isinstance(self.kernel, tf.Variable):
            return tf.cast(self.kernel.read_value(), dtype)
        with tf.init_scope():
            return tf.cast(self.kernel, dtype)

    def along_neurons(self, numbers: tf.Tensor, dtype: tf.DType | str) -> tf.Tensor:
        """One number per output channel (or one per channel of the last axis), shaped to multiply the kernel."""
        neurons = self.axes[1]
        sizes = [int(self.kernel.shape[axis]) for axis in neurons]
        every = numbers.shape.num_elements() == int(np.prod(sizes))
        whole = tf.reshape(numbers, sizes) if every else tf.broadcast_to(numbers, sizes)
        ordered = tf.transpose(whole, np.argsort(neurons))
        shape = [size if axis in neurons else 1 for axis, size in enumerate(self.kernel.shape)]
        return tf.cast(tf.reshape(ordered, shape), dtype)

    @property
    def scaled(self) -> bool:
        """Whether there is a scale."""
        return self.scale is not None or bool(self.factors)

    @property
    def biased(self) -> bool:
        """Whether there is a bias."""
        return self.bias is not None or bool(self.moving)

    def offset(self, dtype: tf.DType) -> tf.Tensor | None:
        """The bias b: an eager tensor, or one of the function that is being traced where it moves."""
        if self.moving:
            still = tf.constant(np.zeros(()) if self.bias is None else self.bias, tf.float64)
            return tf.cast(sum((part.value for part in self.moving), still), dtype)
        if self.bias is None:
            return None
        with tf.init_scope():
            return tf.constant(self.bias, dtype)

    def apply(self, replay: Replay, x: tf.Tensor, w: tf.Tensor) -> tf.Tensor:
        """L(x; w): the linear operation with another input and another kernel, reshapes included."""
        return self.routed(replay, self.apply_linear(replay, x, w))

    def apply_linear(self, replay: Replay, x: tf.Tensor, w: tf.Tensor) -> tf.Tensor:
        """The linear operation with another input and another kernel, before any reshape."""
        kernel = self.linear.inputs[self._kernel_index]
        inputs = [
            x if value == self.image else w if value == kernel else replay.value(value) for value in self.linear.inputs
        ]
        return replay.created(self.linear, inputs)[0]

    def routed(self, replay: Replay, linear: tf.Tensor) -> tf.Tensor:
        """The linear operation's own output brought into the shape of z."""
        for route in self.routes:
            linear = replay.emit(route, {route.inputs[0]: linear})
        return linear

    def activated(self, replay: Replay, z: tf.Tensor) -> tf.Tensor:
        """The activation of z, or z itself behind a linear layer."""
        return emitted(replay, self.activation, self.preactivation, z)


def _product(first: tf.Tensor, others: list[tf.Tensor]) -> tf.Tensor:
    for other in others:
        first = first * other
    return first


def emitted(replay: Replay, nodes: tuple[Node, ...], source: Value, tensor: tf.Tensor) -> tf.Tensor:
    """Several operations in a row, the value `source` replaced by a tensor. Returns the last one's output."""
    given = {source: tensor}
    for node in nodes:
        given[node.output] = tensor = replay.emit(node, given)
    return tensor


def kernel_index(linear: Node, image: Value) -> int:
    """Where the kernel stands among a linear operation's inputs, given which value is its image side."""
    kind = LINEAR[linear.op]
    return next(k for i, k in zip(kind.images, kind.kernels, strict=True) if linear.inputs[i] == image)


def kernel_axes(linear: Node, rank: int, kernel: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Which axes of a kernel are summed over for one neuron, and which number the output channels."""
    if linear.op == "Einsum":
        return _einsum_axes(linear.attributes["equation"].s.decode(), kernel)
    kind = LINEAR[linear.op]
    summed, neurons = kind.summed, kind.neurons
    flipped = [name for name in ("transpose_b", "adj_y") if name in linear.attributes and linear.attributes[name].b]
    if flipped:
        summed, neurons = neurons, summed
    return tuple(axis % rank for axis in summed), tuple(axis % rank for axis in neurons)


def _einsum_axes(equation: str, kernel: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    inputs, output = equation.replace(" ", "").split("->")
    labels = inputs.split(",")[kernel].replace("...", "")
    neurons = [labels.index(label) for label in output.replace("...", "") if label in labels]
    return tuple(i for i in range(len(labels)) if i not in neurons), tuple(neurons)


def linear_image(graph: Graph, node: Node) -> Value | None:
    """The image side of a linear operation whose other side is a constant kernel; None where both are active."""
    kind = LINEAR.get(node.op)
    if kind is None:
        return None
    for image, kernel in zip(kind.images, kind.kernels, strict=True):
        if len(node.inputs) > max(image, kernel) and node.inputs[image] in graph.active:
            known = node.inputs[kernel] in graph.constants and _channels_last(node, kernel)
            return node.inputs[image] if known else None
    return None


def _channels_last(node: Node, kernel: int) -> bool:
    """Whether the output's last axes number the neurons, in the kernel's terms: einsum may put them elsewhere."""
    if node.op != "Einsum":
        return True
    inputs, output = node.attributes["equation"].s.decode().replace(" ", "").split("->")
    labels = [label for label in output if label in inputs.split(",")[kernel]]
    return bool(labels) and output.endswith("".join(labels))


def channel_numbers(constant: tf.Tensor, channels: int | None) -> np.ndarray | None:
    """A constant as one number per channel of the last axis, or None if it differs along another axis."""
    shape = tuple(constant.shape)
    if any(size != 1 for size in shape[:-1]) or (shape and shape[-1] not in (1, channels)):
        return None
    return numeric(constant).reshape(-1)
