"""SavedModel folders: a signature's operations and the numbers that they read, without the objects around them.

Reading the graph alone also reads what `tf.saved_model.load` cannot: folders of Keras 2 with an optimizer's slots,
folders of TensorFlow 1. And no operation of the file runs but those that the logits need.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import tensorflow as tf

from ...errors import ModelError
from ..graph import Node, Value, pruned
from ..lowering.flatten import flattened
from ..lowering.traced import Port, Traced
from .error_messages import reason

SERVING = "serving_default"
INTERNAL = ("__saved_model_init_op", "__saved_model_train_op")
VARIABLES = frozenset({"VariableV2", "Variable"})
ASSIGNMENTS = frozenset({"AssignVariableOp", "Assign"})
LARGEST = 2**31 - 1  # bytes that protobuf reads
FIRST_BYTES = (0x08, 0x12)  # the tags of a SavedModel message's two fields


def is_saved_model(folder: Path) -> bool:
    """Whether a folder holds a SavedModel."""
    return (folder / "saved_model.pb").is_file() or (folder / "saved_model.pbtxt").is_file()


def read_saved_model(folder: Path, signature: str | None) -> Traced:
    """A signature of a SavedModel folder.

    Parameters
    ----------
    folder
        The folder that holds the saved_model.pb.
    signature
        Its name; without one, the serving default or the only one there is.

    Raises
    ------
    ModelError
        There is no SavedModel, no such signature, or a part of the folder is missing or damaged.
    """
    source = f"folder {str(folder)!r}"
    meta_graph = _serving_graph(_message(folder, source), source)
    chosen = choose_signature(meta_graph.signature_def, signature, source)
    try:
        return _read(folder, meta_graph, meta_graph.signature_def[chosen], f"{folder.resolve().name}/{chosen}")
    except (tf.errors.OpError, RuntimeError, KeyError, TypeError, ValueError) as error:
        raise _damaged(source, reason(error)) from error


def choose_signature(signatures: Mapping[str, Any], wanted: str | None, source: str) -> str:
    """The signature that is wanted, else the serving default or the only one there is."""
    names = sorted(name for name in signatures if name not in INTERNAL)
    found = wanted or (SERVING if SERVING in names else names[0] if len(names) == 1 else None)
    if found not in names:
        raise ModelError(
            f"signature {found!r} of {source}",
            f"one of {', '.join(map(repr, names)) or 'its signatures, of which it has none'}",
            "Choose it with signature=... (--signature); models written by model.export(folder) have one.",
        )
    return found


def _message(folder: Path, source: str) -> Any:
    from google.protobuf.message import DecodeError
    from google.protobuf.text_format import Parse, ParseError
    from tensorflow.core.protobuf.saved_model_pb2 import SavedModel

    if not is_saved_model(folder):
        raise ModelError(
            f"{source} without a saved_model.pb", "a SavedModel folder", "Write one with model.export(folder)."
        )
    message, path = SavedModel(), folder / "saved_model.pb"
    try:
        if not path.is_file():
            return Parse((folder / "saved_model.pbtxt").read_text(), message)
        with path.open("rb") as file:
            first = file.read(1)
        if not first or first[0] not in FIRST_BYTES or path.stat().st_size > LARGEST:
            raise _damaged(source, f"its saved_model.pb of {path.stat().st_size} bytes is of another kind")
        message.ParseFromString(path.read_bytes())
    except (DecodeError, ParseError, UnicodeDecodeError, OSError) as error:
        raise _damaged(source, reason(error)) from error
    return message


def _damaged(source: str, why: str) -> ModelError:
    return ModelError(
        f"{source}, which TensorFlow cannot read ({why})",
        "a whole SavedModel",
        "Write it again with model.export(folder).",
    )


def _serving_graph(message: Any, source: str) -> Any:
    """The graph that is tagged for serving, or the only one."""
    graphs = list(message.meta_graphs)
    serving = [graph for graph in graphs if "serve" in graph.meta_info_def.tags]
    if len(serving) == 1 or len(graphs) == 1:
        return (serving or graphs)[0]
    if not graphs:
        raise _damaged(source, "it holds no graph")
    tags = "; ".join(", ".join(graph.meta_info_def.tags) for graph in graphs)
    raise ModelError(f"{source} with {len(graphs)} graphs, tagged {tags}", "one tagged 'serve'", "Save it again.")


def _read(folder: Path, meta_graph: Any, signature: Any, name: str) -> Traced:
    inputs, outputs = (dict(sorted(ports.items())) for ports in (signature.inputs, signature.outputs))
    definition = _needed(meta_graph, [port.name for port in outputs.values()])
    placeholders = [port.name.split(":")[0] for port in inputs.values()]
    flat = flattened(definition, placeholders, [port.name for port in outputs.values()])
    nodes = {node.name: node for node in flat.nodes}
    reached = {node.name for value in flat.results for node in pruned(flat.nodes, value)}
    stored = _restored(folder, nodes, [node for node in flat.nodes if node.name in reached])
    left_open = [_placeholder(node) for node in flat.nodes if node.op == "Placeholder" and node.name in reached]
    return Traced(
        name,
        tuple(node for node in flat.nodes if node.output not in stored),
        (*map(_port, inputs, inputs.values(), map(Value, placeholders)), *left_open),
        tuple(map(_port, outputs, outputs.values(), flat.results)),
        stored,
        flat.bodies,
    )


def _needed(meta_graph: Any, tensors: Sequence[str]) -> Any:
    """The graph without what neither the tensors nor the restoring of variables depend on."""
    definition = meta_graph.graph_def
    by_name = {node.name: node for node in definition.node}
    waiting = [name.split(":")[0] for name in (*tensors, meta_graph.saver_def.restore_op_name)]
    needed: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in by_name and name not in needed:
            needed.add(name)
            waiting.extend(read.lstrip("^").split(":")[0] for read in by_name[name].input)
    kept = type(definition)(library=definition.library)
    kept.node.extend(node for node in definition.node if node.name in needed)
    return kept


def _restored(folder: Path, nodes: Mapping[str, Node], reached: Sequence[Node]) -> dict[Value, tf.Tensor]:
    """The numbers of the variables that are read, each under the value that stands for them."""
    saved = {node.inputs[0]: node.inputs[1] for node in nodes.values() if node.op in ASSIGNMENTS}
    read: dict[Value, Value] = {}
    for node in reached:
        if node.op in VARIABLES:
            read[node.output] = node.output
        elif node.op == "ReadVariableOp":
            read[node.output] = node.inputs[0]
    return {value: _number(folder, nodes, saved, variable) for value, variable in read.items()}


def _number(folder: Path, nodes: Mapping[str, Node], saved: Mapping[Value, Value], variable: Value) -> tf.Tensor:
    """A variable's tensor from the folder's checkpoint, as the graph's own restoring operation reads it."""
    origin = saved.get(variable)
    restore = nodes.get(origin.node) if origin is not None else None
    if origin is None or restore is None or restore.op != "RestoreV2":
        raise KeyError(f"no numbers are saved for variable {variable.node!r}")
    names, slices = (
        tf.make_ndarray(nodes[value.node].attributes["value"].tensor)[origin.index] for value in restore.inputs[1:]
    )
    dtype = tf.as_dtype(restore.attributes["dtypes"].list.type[origin.index])
    prefix = str(folder / "variables" / "variables")
    (tensor,) = tf.raw_ops.RestoreV2(prefix=prefix, tensor_names=[names], shape_and_slices=[slices], dtypes=[dtype])
    return tensor


def _port(name: str, tensor: Any, value: Value) -> Port:
    shape = tf.TensorShape(None if tensor.tensor_shape.unknown_rank else tensor.tensor_shape)
    return Port(name, value, tf.as_dtype(tensor.dtype), shape)


def _placeholder(node: Node) -> Port:
    """A placeholder that the signature does not name and that the logits need nevertheless."""
    shape = node.attributes["shape"].shape
    return Port(
        node.name,
        node.output,
        tf.as_dtype(node.attributes["dtype"].type),
        tf.TensorShape(None if shape.unknown_rank else shape),
    )
