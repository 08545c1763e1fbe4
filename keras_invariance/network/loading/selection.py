"""Selections: which value of a model is explained, for which output, and what its other inputs read."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import tensorflow as tf

from ...errors import ModelError
from ..execution.compiled import compiled
from ..execution.replay import Replay
from ..graph import Graph, Node, Value, pruned
from ..lowering.refused_operations import check_operations
from ..lowering.traced import Port, Traced
from .error_messages import GIVE_SHAPE

LISTED = 8  # names in an error


@dataclass(frozen=True, eq=False)
class Selection:
    """What a user asked for.

    Attributes
    ----------
    input
        The name of the input that is explained, or of a layer or operation whose output is; None for the only one.
    output
        The name of the output; None for the only one.
    fixed
        For each other input what it reads: one image's worth, or a whole number or flag.
    shape
        The shape of one image, where the model leaves it open.
    """

    input: str | None = None
    output: str | None = None
    fixed: Mapping[str, Any] = field(default_factory=dict)
    shape: tuple[int, ...] | None = None

    @property
    def plain(self) -> bool:
        """Whether nothing but the image's shape is chosen."""
        return self.input is None and self.output is None and not self.fixed


@dataclass(frozen=True, eq=False)
class Chosen:
    """The values that a selection means in a function: all that lifting needs.

    Attributes
    ----------
    image
        What is explained, in the shape of one image behind an open batch axis.
    stated
        The same as the model states it.
    result
        The output.
    fixed
        The numbers of other inputs.
    """

    image: Port
    stated: Port
    result: Port
    fixed: Mapping[Value, np.ndarray]

    @property
    def batch(self) -> int | None:
        """The number of images that the model was written for, None for any."""
        return self.stated.shape[0] if self.stated.shape.rank else None


def chosen(function: Traced, selection: Selection, source: str) -> Chosen:
    """Find what was selected.

    Raises
    ------
    ModelError
        A name is wrong or left out where there are several; the names and shapes to choose from are listed. Or an
        operation that the output needs reaches out of the graph.
    """
    result = _output(function, selection.output, source)
    fixed = _fixed(function, selection.fixed, source)
    nodes = pruned(function.nodes, result.value)
    check_operations(nodes, function.bodies)  # before any of them is traced
    read = {value for node in nodes for value in node.inputs} | {result.value}
    reached = tuple(port for port in function.inputs if port.value in read)
    free = tuple(port for port in reached if port.value not in fixed)
    named = {port.name: port for port in function.inputs}
    if selection.input is None:
        image = _only(function, free, nodes, source)
    elif selection.input in named:
        image = named[selection.input]
    else:
        image = _inner(function, nodes, selection.input, source)
    _check_others([port for port in free if port is not image], nodes, image, source)
    return Chosen(_with_shape(image, selection.shape, source), image, result, fixed)


def _output(function: Traced, name: str | None, source: str) -> Port:
    if name is None and len(function.outputs) == 1:
        return function.outputs[0]
    for port in function.outputs:
        if port.name == name:
            return port
    raise ModelError(
        f"{source} with {_several(function.outputs, 'output')}" + ("" if name is None else f", none of them {name!r}"),
        "the name of one of them",
        "Choose it with output=... (--output NAME).",
    )


def _fixed(function: Traced, given: Mapping[str, Any], source: str) -> dict[Value, np.ndarray]:
    named = {port.name: port for port in function.inputs}
    for name in given:
        if name not in named:
            raise ModelError(
                f"a value for {name!r}, which is no input of {source}",
                f"one of {_listed(function.inputs)}",
                "Check the spelling.",
            )
    return {named[name].value: _fitting(named[name], value) for name, value in given.items()}


def _fitting(port: Port, value: Any) -> np.ndarray:
    """A fixed value with the batch axis in front, in its input's own type."""
    array, shape = np.asarray(value), port.shape
    if shape.rank and shape[0] is None and not (array.ndim == shape.rank and array.shape[0] == 1):
        array = array[np.newaxis]
    if not shape.is_compatible_with(array.shape) or array.dtype.kind not in _KINDS.get(port.dtype.name, "fiub"):
        raise ModelError(
            f"a value of shape {np.shape(value)} and type {array.dtype} for the input {port}",
            "the value that this input has for every image, without the batch axis",
            "Give an array of that shape and type.",
        )
    return array.astype(port.dtype.as_numpy_dtype)


_KINDS = {"bool": "b", "string": "SUO", **{f"{sign}int{bits}": "iu" for sign in ("", "u") for bits in (8, 16, 32, 64)}}


def _only(function: Traced, free: Sequence[Port], nodes: Sequence[Node], source: str) -> Port:
    """The one input that can be explained and is not fixed."""
    numbers = [port for port in free if port.dtype.is_floating]
    if len(numbers) == 1 and len(free) == 1:
        return numbers[0]
    if len(free) > 1:
        raise ModelError(
            f"{source} with {_several(free, 'input')}",
            "one to explain, and a value for each of the others",
            "Choose it with input=... (--input NAME); give fixed={name: array} (--fixed NAME=FILE.npy) for the others.",
        )
    if not free:
        raise ModelError(
            f"{source}, of whose inputs none is left to explain",
            "an output that depends on an input without a fixed value",
            "Choose another output or signature, or fix fewer inputs.",
        )
    raise ModelError(
        f"{source} with an input of type {free[0].dtype.name}, {free[0]}",
        f"a floating-point value to explain{_suggested(function, nodes)}",
        "Name a layer with input=... (--input NAME) to explain its output, or rebuild the model on "
        "keras.Input(shape, dtype='float32').",
    )


def _inner(function: Traced, nodes: Sequence[Node], name: str, source: str) -> Port:
    """The value that a layer or an operation of this name hands on."""
    inside = [node for node in nodes if _is_inside(node.name, name)] or [
        node for node in nodes if _is_inside(node.name, name, numbered=True)
    ]
    outside = [node for node in nodes if node not in inside]
    read = {value for node in outside for value in node.inputs}
    values = [Value(node.name) for node in inside if Value(node.name) in read]
    shown = [port for port in inner_ports(function, nodes) if port.value in values]
    if len(shown) == 1:
        return replace(shown[0], name=name)
    if shown:
        raise ModelError(
            f"the input {name!r} of {source}, which means {_several(shown, 'value')}",
            "a name of one of them",
            "Give more of its name: input=... (--input NAME).",
        )
    raise ModelError(
        f"the input {name!r} of {source}",
        f"one of {_listed(function.inputs)}, or a layer or operation that makes floating-point values"
        f"{_suggested(function, nodes)}",
        "Check the spelling.",
    )


def _is_inside(operation: str, name: str, *, numbered: bool = False) -> bool:
    """Whether an operation has this name, or lies in a layer of this name, to which Keras may have added a number."""
    number = r"(_\d+)?" if numbered else ""
    parts = "/".join(re.escape(part) + number for part in name.split("/"))
    return re.search(f"/{parts}/", f"/{operation}/") is not None


def inner_ports(function: Traced, nodes: Sequence[Node]) -> list[Port]:
    """The floating-point values inside that depend on an input, in the order of the forward pass."""
    shapes: dict[Value, Port] = {}
    active = {port.value for port in function.inputs}
    for node in nodes:
        if any(Value(value.node) in active or value in active for value in node.inputs):
            active.add(node.output)

    def trace(*inputs: tf.Tensor) -> list[tf.Tensor]:
        replay = Replay(_NOTHING, tf.zeros((), tf.float32))
        replay.values.update(function.stored)
        replay.values.update(zip((port.value for port in function.inputs), inputs, strict=True))
        for node in nodes:
            replay.run(node)
            tensor = replay.values.get(node.output)
            if node.output in active and tensor is not None and tensor.dtype.is_floating:
                shapes[node.output] = Port(node.name, node.output, tensor.dtype, tensor.shape)
        return []

    compiled(trace, [_specification(port) for port in function.inputs])
    return list(shapes.values())


_NOTHING = Graph((), {}, Value(""), (), Value(""), frozenset(), {})


def _specification(port: Port) -> tf.TensorSpec:
    return tf.TensorSpec(port.shape, tf.float32 if port.dtype.is_floating else port.dtype)


def _check_others(others: Sequence[Port], nodes: Sequence[Node], image: Port, source: str) -> None:
    """Every input that the output reads besides the explained value must be fixed."""
    inside = any(node.name == image.value.node for node in nodes)
    read = _read_beyond(nodes, image.value) if inside else {port.value for port in others}
    needed = [port for port in others if port.value in read]
    if needed:
        raise ModelError(
            f"{source}, which reads {_listed(needed)} besides {image.name!r}",
            "a value for every input besides the explained one",
            "Give fixed={name: array} (--fixed NAME=FILE.npy).",
        )


def _read_beyond(nodes: Sequence[Node], image: Value) -> set[Value]:
    """What the last of some operations depends on if the image is given."""
    needed = {nodes[-1].name}
    read: set[Value] = set()
    for node in reversed(nodes):
        if node.name in needed:
            inputs = [value for value in node.inputs if value != image]
            read.update(inputs)
            needed.update(value.node for value in inputs)
    return read


def _with_shape(image: Port, shape: tuple[int, ...] | None, source: str) -> Port:
    """The image of whole shape, with an open batch axis; and its type one in which it can be explained."""
    if not image.dtype.is_floating:
        raise ModelError(
            f"{source} with an input of type {image.dtype.name}, {image}",
            "a floating-point value to explain",
            "Rebuild it on keras.Input(shape, dtype='float32'), or name a layer behind it: input=... (--input NAME).",
        )
    stated = None if image.shape.rank is None else tuple(image.shape)[1:]
    found = stated if shape is None else shape
    if found is None or any(size is None or size < 1 for size in found):
        raise ModelError(
            f"{source} with the open or empty input shape {found}",
            "the size of one image",
            GIVE_SHAPE,
        )
    if stated is not None and not tf.TensorShape(stated).is_compatible_with(found):
        raise ModelError(
            f"{source}, which does not accept images of shape {found}: {image}",
            "a shape that its input allows",
            "Give the right input_shape.",
        )
    return replace(image, shape=tf.TensorShape((None, *found)))


def _suggested(function: Traced, nodes: Sequence[Node]) -> str:
    """The first floating-point values behind the inputs, for the end of a sentence."""
    found = inner_ports(function, nodes)
    behind = {port.value for port in found}
    by_name = {node.name: node for node in nodes}
    first = [port for port in found if not any(value in behind for value in by_name[port.value.node].inputs)]
    return f", such as {_listed(first)}" if first else ""


def _several(ports: Sequence[Port], noun: str) -> str:
    return f"{len(ports)} {noun}s: {_listed(ports)}"


def _listed(ports: Iterable[Port]) -> str:
    names = [str(port) for port in ports]
    more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    return ", ".join(names[:LISTED]) + more
