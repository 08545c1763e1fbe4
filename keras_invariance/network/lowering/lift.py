"""Lifting: a traced function turned into a graph whose constants are computed, from one value to another."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import tensorflow as tf

from ...errors import ModelError
from ..execution.compiled import compiled
from ..execution.replay import FLOATS, Replay, numeric, public
from ..graph import Graph, Node, Value, pruned
from .refused_operations import check_operations
from .traced import Port, Traced

SHAPES = frozenset({"Shape", "ShapeN", "Size", "Rank", "ZerosLike", "OnesLike"})
READS = frozenset({"ReadVariableOp", "VarHandleOp", "VariableV2", "ResourceGather"})
STORED = READS | {"Const"}
RANDOM = ("StatelessRandom", "StatelessTruncated", "StatelessParameterized", "StatelessMultinomial", "StatelessShuffle")
BATCH_NORMS = frozenset({"FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3"})


def lifted(function: Traced, image: Port, result: Value, fixed: Mapping[Value, np.ndarray] | None = None) -> Graph:
    """The graph of a traced function from one value, the image, to another.

    Parameters
    ----------
    function
        The operations.
    image
        The value that is explained, of known shape without the batch axis: an input, or an inner value.
    result
        The value at the end.
    fixed
        What the other inputs read, each either for one image, [1, ...] in the place of an open batch axis, or whole.

    Raises
    ------
    ModelError
        The result does not depend on the image, or an operation draws random numbers, keeps a state, loops or reaches
        out of the graph.
    """
    nodes, source = _from(pruned(function.nodes, result), image)
    tiles, renamed, stored = _fixed(function, source, fixed or {})
    nodes = (*tiles, *(_reading(node, renamed) for node in nodes))
    nodes = pruned(nodes, result)
    kinds = _kinds(nodes, source)
    if kinds.get(result) != "active":
        raise ModelError(
            f"an output of {function.name!r} that does not depend on its input {image.name!r}",
            "a function of the images",
            "Choose another output or signature.",
        )
    check_operations(nodes, function.bodies)
    _check_stateless(nodes)
    constants, singles = _constants(function, stored, nodes, kinds)
    kept = tuple(node for node in nodes if kinds[node.output] != "constant")
    kept, constants = _lowered(kept, constants)
    shape = tuple(image.shape[1:])
    return _with_depthwise(
        _shaped(Graph(kept, constants, source, shape, result, _active(kept, source), {}, singles=singles), image.dtype)
    )


def _from(nodes: Sequence[Node], image: Port) -> tuple[tuple[Node, ...], Value]:
    """The operations with the image in the place of what made it, and the value under which they read it.

    An operation inside may have other outputs, or make the image from something that is read elsewhere too, so
    readers get a new name to read.
    """
    if all(node.name != image.value.node for node in nodes):
        return tuple(nodes), image.value
    source = Value(f"{image.value.node}:{image.value.index}/image")
    return tuple(_reading(node, {image.value: source}) for node in nodes), source


def _reading(node: Node, renamed: Mapping[Value, Value]) -> Node:
    if not any(value in renamed for value in node.inputs):
        return node
    return replace(node, inputs=tuple(renamed.get(value, value) for value in node.inputs))


def _fixed(
    function: Traced, image: Value, fixed: Mapping[Value, np.ndarray]
) -> tuple[list[Node], dict[Value, Value], dict[Value, tf.Tensor]]:
    """Fixed inputs: operations that repeat them once per image, what is read in their place, and their numbers."""
    nodes: list[Node] = []
    renamed: dict[Value, Value] = {}
    stored = dict(function.stored)
    for port in function.inputs:
        if port.value not in fixed:
            continue
        stored[port.value] = tf.constant(fixed[port.value], port.dtype)
        if port.shape.rank and port.shape[0] is None:
            nodes.extend(_repeated(port, image, stored))
            renamed[port.value] = nodes[-1].output
    return nodes, renamed, stored


def _repeated(port: Port, image: Value, stored: dict[Value, tf.Tensor]) -> list[Node]:
    """Operations that repeat a value [1, ...] along the batch axis, as often as there are images."""
    name = f"{port.value.node}/repeated"
    sizes = {"first": [0], "last": [1], "one": [1], "rest": stored[port.value].shape[1:], "axis": 0}
    numbers = {key: Value(f"{name}/{key}") for key in sizes}
    stored.update({numbers[key]: tf.constant(size, tf.int32) for key, size in sizes.items()})
    whole, kind = Value(f"{name}/shape"), {"T": tf.compat.v1.AttrValue(type=port.dtype.as_datatype_enum)}
    count, shape = Value(f"{name}/count"), Value(f"{name}/target")
    return [
        Node(whole.node, "Shape", (image,), {}),
        Node(count.node, "StridedSlice", (whole, numbers["first"], numbers["last"], numbers["one"]), {}),
        Node(shape.node, "ConcatV2", (count, numbers["rest"], numbers["axis"]), {"N": tf.compat.v1.AttrValue(i=2)}),
        Node(name, "BroadcastTo", (port.value, shape), kind),
    ]


def edited(graph: Graph, nodes: Sequence[Node], constants: dict[Value, tf.Tensor]) -> Graph:
    """A graph with other nodes and more constants, its shapes inferred again."""
    kept = tuple(nodes)
    return _shaped(
        replace(graph, nodes=kept, constants={**graph.constants, **constants}, active=_active(kept, graph.image))
    )


def _kinds(nodes: Sequence[Node], image: Value) -> dict[Value, str]:
    """'active', 'structural' or 'constant' for the first output of each node (all outputs are of one kind)."""
    kinds: dict[Value, str] = {image: "active"}
    for node in nodes:
        read = {kinds.get(Value(value.node), "constant") for value in node.inputs}
        if "active" in read and node.op in SHAPES:
            kinds[node.output] = "structural"
        else:
            kinds[node.output] = next((kind for kind in ("active", "structural") if kind in read), "constant")
    return kinds


def _active(nodes: Sequence[Node], image: Value) -> frozenset[Value]:
    kinds = _kinds(nodes, image)
    definitions = tf.Graph()
    found = {image}
    for node in nodes:
        if kinds[node.output] == "active":
            count = len(definitions.op_def_for_type(node.op).output_arg)
            # Split and Unpack have one output argument with many values.
            many = max(count, int(node.attributes["num"].i) if node.op == "Unpack" else 0, _splits(node))
            found.update(Value(node.name, index) for index in range(many))
    return frozenset(found)


def _splits(node: Node) -> int:
    return int(node.attributes["num_split"].i) if node.op in {"Split", "SplitV"} else 0


def _check_stateless(nodes: Sequence[Node]) -> None:
    definitions = tf.Graph()
    for node in nodes:
        stateful = definitions.op_def_for_type(node.op).is_stateful and node.op not in READS
        if (stateful and node.op != "Placeholder") or _draws(node, nodes):
            raise ModelError(
                f"operation {node.op} of layer {node.name!r} draws random numbers, keeps a state or loops",
                "a network that gives the same output for the same image",
                "Save the model for inference (training=False); give recurrent layers unroll=True.",
            )
        if node.op in BATCH_NORMS and node.attributes["is_training"].b:
            raise ModelError(
                f"operation {node.op} of layer {node.name!r}, which normalises by each batch's own mean",
                "a network that gives the same output for the same image",
                "Save the model for inference (training=False).",
            )


def _draws(node: Node, nodes: Sequence[Node]) -> bool:
    """Whether an operation draws numbers from a seed that is kept in a variable, as Keras's Dropout does."""
    if not node.op.startswith(RANDOM):
        return False
    return any(before.op in READS for before in pruned(tuple(nodes), node.output))


def _constants(
    function: Traced, given: Mapping[Value, tf.Tensor], nodes: Sequence[Node], kinds: dict[Value, str]
) -> tuple[dict[Value, tf.Tensor], dict[Value, tuple[tf.Tensor, tf.Tensor]]]:
    """Compute, once, every constant that an active or structural operation reads; and `Graph.singles`."""
    inner = [node for node in nodes if kinds[node.output] == "constant"]
    wanted = sorted(
        {
            value
            for node in nodes
            if kinds[node.output] != "constant"
            for value in node.inputs
            if kinds.get(Value(value.node), "constant") == "constant"
        }
    )
    _check_given(function, given, (*wanted, *(value for node in inner for value in node.inputs)))

    def replayed_in(dtype: tf.DType) -> tuple[dict[Value, tf.Tensor], dict[Value, tf.Tensor]]:
        """Stored numbers as they are; and what is computed from them in a type."""
        replay = Replay(Graph((), {}, Value(""), (), Value(""), frozenset(), {}), tf.zeros((), dtype))
        stored = dict(given)
        replay.values.update({value: _in_type(tensor, dtype) for value, tensor in stored.items()})
        for node in inner:
            if node.op not in STORED:
                replay.run(node)
                continue
            graph = tf.compat.v1.get_default_graph()
            tensors = [replay.value(value) for value in node.inputs]
            stored[node.output] = graph.create_op(node.op, tensors, attrs=public(node.attributes)).outputs[0]
            replay.values[node.output] = _in_type(stored[node.output], dtype)
        computed = {value: replay.values[value] for value in wanted if value not in stored}
        return {value: stored[value] for value in wanted if value in stored}, computed

    def compute() -> tuple[dict[Value, tf.Tensor], dict[Value, tf.Tensor], dict[Value, tf.Tensor]]:
        return *replayed_in(tf.float64), replayed_in(tf.float32)[1]

    if not wanted:
        return {}, {}
    stored, exact, single = compiled(compute, [])()
    found = {**stored, **exact}
    differing = [value for value, number in exact.items() if _rounds_otherwise(number, single[value])]
    return {value: found[value] for value in wanted}, {value: (exact[value], single[value]) for value in differing}


def _rounds_otherwise(exact: tf.Tensor, single: tf.Tensor) -> bool:
    return bool(single.dtype == tf.float32 and np.any(exact.numpy().astype(np.float32) != single.numpy()))


def _check_given(function: Traced, given: Mapping[Value, tf.Tensor], values: Sequence[Value]) -> None:
    missing = [str(port) for port in function.inputs if port.value in values and port.value not in given]
    if missing:
        raise ModelError(
            f"a model that also reads {', '.join(missing)}",
            "a value for every input besides the explained one",
            "Give fixed={name: array} (--fixed NAME=FILE.npy).",
        )


def _in_type(tensor: tf.Tensor, dtype: tf.DType) -> tf.Tensor:
    """Floating-point numbers in a type, anything else as it is."""
    return tf.cast(tensor, dtype) if tensor.dtype in FLOATS else tensor


def _lowered(
    nodes: Sequence[Node], constants: dict[Value, tf.Tensor]
) -> tuple[tuple[Node, ...], dict[Value, tf.Tensor]]:
    """Fused batch norms as a scale and a bias: y = s x + (beta - s mean), s = gamma / sqrt(variance)."""
    kept: list[Node] = []
    known = dict(constants)
    for node in nodes:
        if node.op in BATCH_NORMS and all(value in constants for value in node.inputs[1:]):
            kept.extend(_scale_and_bias(node, known))
        else:
            kept.append(node)
    return tuple(kept), known


def _scale_and_bias(node: Node, constants: dict[Value, tf.Tensor]) -> list[Node]:
    gamma, beta, mean, variance = (numeric(constants[value]) for value in node.inputs[1:5])
    epsilon = node.attributes["epsilon"].f
    scale = gamma / (variance + epsilon) ** 0.5
    channels_first = node.attributes["data_format"].s == b"NCHW"
    shape = (-1, 1, 1) if channels_first else (-1,)
    kind = {"T": tf.compat.v1.AttrValue(type=tf.float32.as_datatype_enum)}
    for suffix, number in (("scale", scale), ("bias", beta - scale * mean)):
        constants[Value(f"{node.name}/{suffix}")] = tf.constant(number.reshape(shape), tf.float64)
    product = Node(f"{node.name}/scaled", "Mul", (node.inputs[0], Value(f"{node.name}/scale")), kind)
    return [product, Node(node.name, "AddV2", (product.output, Value(f"{node.name}/bias")), kind)]


def _with_depthwise(graph: Graph) -> Graph:
    """Convolutions with a group for every channel as depthwise ones, which have a gradient in float64 on a CPU too."""
    constants: dict[Value, tf.Tensor] = {}
    nodes = []
    for node in graph.nodes:
        kernel = graph.constant(node.inputs[1]) if _is_depthwise(graph, node) else None
        if kernel is None:
            nodes.append(node)
            continue
        high, wide, _, neurons = kernel.shape
        channels = graph.shapes[node.inputs[0]][-1]
        regrouped = Value(f"{node.name}/depthwise")
        constants[regrouped] = tf.reshape(kernel, (high, wide, channels, neurons // channels))
        kept = {name: value for name, value in node.attributes.items() if name != "use_cudnn_on_gpu"}
        nodes.append(Node(node.name, "DepthwiseConv2dNative", (node.inputs[0], regrouped), kept))
    return edited(graph, nodes, constants) if constants else graph


def _is_depthwise(graph: Graph, node: Node) -> bool:
    """Whether a convolution's kernels each read one channel, equally strided, of a picture with several."""
    if node.op != "Conv2D" or node.inputs[1] not in graph.constants or node.attributes["data_format"].s == b"NCHW":
        return False
    channels, strides = graph.shapes[node.inputs[0]][-1], set(list(node.attributes["strides"].list.i)[1:-1])
    return bool(graph.constants[node.inputs[1]].shape[2] == 1 and channels and channels > 1 and len(strides) == 1)


def _shaped(graph: Graph, image_type: tf.DType = tf.float32) -> Graph:
    """The graph with the static shape of every value, found by emitting it once for a batch of unknown size."""
    shapes: dict[Value, tf.TensorShape] = {}

    def trace(image: tf.Tensor) -> tf.Tensor:
        replay = Replay(graph, tf.zeros((), tf.float32))
        replay.values[graph.image] = image
        for node in graph.nodes:
            replay.run(node)
        shapes.update({value: tensor.shape for value, tensor in replay.values.items()})
        return replay.value(graph.logits)

    floating = tf.float32 if image_type.is_floating else image_type
    compiled(trace, [tf.TensorSpec((None, *graph.image_shape), floating)])
    return replace(graph, shapes=shapes)
