"""Reading neuron layers off a graph: from a linear operation over its reshapes, scales and biases to its activation."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import tensorflow as tf

from ..execution.replay import numeric
from ..graph import Graph, Node, Value
from .compositions import Composition
from .layers import Factor, Moving, NeuronLayer, channel_numbers, kernel_index, linear_image
from .operations import ACTIVATIONS, ADDITIONS, NEURON_ROUTES


@dataclass(frozen=True, eq=False)
class Chain:
    """What has been folded so far: z = scale * L(x) + bias after these operations, which end at the value `end`.

    What is a variable is kept apart, as `factors` and `moving`, and read whenever a traced function runs.
    """

    end: Value
    nodes: tuple[Node, ...]
    routes: tuple[Node, ...] = ()
    scale: np.ndarray | None = None
    bias: np.ndarray | None = None
    factors: tuple[Factor, ...] = ()
    moving: tuple[Moving, ...] = ()

    @property
    def per_channel(self) -> bool:
        """Whether the bias is one number per channel, so that reshapes leave it as it is."""
        shapes = [part.shape for part in (self.bias, *self.moving) if part is not None]
        return all(len(shape) <= 1 for shape in shapes)


def neuron_layer(graph: Graph, node: Node, composed: Mapping[str, Composition]) -> NeuronLayer | None:
    """The neuron layer that starts with this operation, None if it is no linear operation with a constant kernel."""
    image = linear_image(graph, node)
    if image is None:
        return None
    chain = Chain(node.output, (node,))
    following: Chain | None = chain
    while following is not None:
        chain, following = following, _followed(graph, following)
    activation = _activation(graph, chain.end, composed)
    kernel = graph.constants[node.inputs[kernel_index(node, image)]]
    return NeuronLayer(
        linear=node,
        image=image,
        kernel=kernel,
        preactivation=chain.end,
        nodes=(*chain.nodes, *activation),
        routes=chain.routes,
        scale=chain.scale,
        bias=chain.bias,
        factors=chain.factors,
        moving=chain.moving,
        activation=activation,
    )


def _followed(graph: Graph, chain: Chain) -> Chain | None:
    """The chain with the next operation folded in, None where it ends."""
    readers = graph.readers.get(chain.end, ())
    if len(readers) != 1 or chain.end == graph.logits or not _keeps_shape_or_routes(graph, readers[0], chain.end):
        return None
    node = readers[0]
    longer = replace(chain, end=node.output, nodes=(*chain.nodes, node))
    if node.op in NEURON_ROUTES:
        return replace(longer, routes=(*chain.routes, node)) if chain.per_channel else None
    constant = _other_side(graph, node, chain.end)
    if constant is None:
        return None
    return _folded(node, longer, constant, graph.shapes[node.output])


def _folded(node: Node, chain: Chain, constant: tf.Tensor, shape: tf.TensorShape) -> Chain | None:
    channels_first = "data_format" in node.attributes and node.attributes["data_format"].s == b"NCHW"
    if node.op in ADDITIONS and not channels_first and constant.shape.rank <= max(shape.rank, 1):
        own = constant.shape[1:] if constant.shape.rank == shape.rank else constant.shape
        if isinstance(constant, tf.Variable):
            sign = -1.0 if node.op == "Sub" else 1.0
            return replace(chain, moving=(*chain.moving, Moving(constant, tuple(own), sign)))
        added = numeric(constant).reshape(own)
        return replace(chain, bias=_sum(chain.bias, -added if node.op == "Sub" else added))
    numbers = channel_numbers(constant, shape[-1])
    if node.op not in {"Mul", "RealDiv"} or numbers is None:
        return None
    if isinstance(constant, tf.Variable):
        new = Factor(constant, inverse=node.op == "RealDiv")
        moving = tuple(replace(part, factors=(*part.factors, new)) for part in chain.moving)
        return replace(chain, factors=(*chain.factors, new), moving=moving)
    factor = 1.0 / numbers if node.op == "RealDiv" else numbers
    scale = factor if chain.scale is None else chain.scale * factor
    moving = tuple(replace(part, factor=part.factor * factor) for part in chain.moving)
    return replace(chain, scale=scale, bias=None if chain.bias is None else chain.bias * factor, moving=moving)


def _keeps_shape_or_routes(graph: Graph, node: Node, value: Value) -> bool:
    """Whether a node keeps a value's shape, or is a reshape that leaves the channels on the last axis."""
    before, after = graph.shapes[value], graph.shapes[node.output]
    if before.rank is None or after.rank is None or not after.rank:
        return False
    if node.op in NEURON_ROUTES:
        return bool(node.inputs[0] == value and before[-1] == after[-1] and before[-1] is not None)
    return tuple(before) == tuple(after)


def _other_side(graph: Graph, node: Node, value: Value) -> tf.Tensor | None:
    """The constant that an addition, subtraction, product or quotient combines the value with."""
    if len(node.inputs) != 2 or (node.op in {"Sub", "RealDiv"} and node.inputs[0] != value):
        return None
    other = node.inputs[1] if node.inputs[0] == value else node.inputs[0]
    constant = graph.constants.get(other)
    # A constant with a batch axis of its own would make one image depend on its place in the batch.
    rank = graph.shapes[node.output].rank
    batched = constant is not None and constant.shape.rank == rank and constant.shape[0] != 1
    return None if batched else constant


def _activation(graph: Graph, value: Value, composed: Mapping[str, Composition]) -> tuple[Node, ...]:
    """The activation that alone reads a value, as its operations; empty where there is none."""
    if value == graph.logits:
        return ()
    readers = graph.readers.get(value, ())
    if len(readers) == 1 and readers[0].op in ACTIVATIONS and len(graph.active_inputs(readers[0])) == 1:
        inside = any(readers[0] in region.nodes for region in composed.values())
        return () if inside else (readers[0],)
    for region in composed.values():
        if region.root == value and all(reader in region.nodes for reader in readers):
            return region.nodes
    return ()


def _sum(bias: np.ndarray | None, added: np.ndarray) -> np.ndarray:
    return added if bias is None else bias + added
