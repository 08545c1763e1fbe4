"""A network as a Keras model of its parts, a layer for each of its units: for SavedModels, functions and subclasses.

Layers are named as `inspect` names them, with dots in the place of slashes, which Keras does not allow.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import keras
import tensorflow as tf

from ..errors import ModelError
from .execution.replay import FLOATS, Replay
from .graph import Graph, Node, Value
from .structure.roles import Unit


def model_of_parts(network: Any) -> Any:
    """A Functional model from images to logits whose layers are a network's (`network.Network`) units.

    Raises
    ------
    ModelError
        Something goes from layer to layer that no Keras layer can hand on.
    """
    graph, image = network.graph, keras.Input(network.input_shape, dtype=network.dtype, name="images")
    known: dict[Value, Any] = {graph.image: image}
    kinds = _kinds(network)
    taken: set[str] = set()
    try:
        for unit in network.units:
            part = _part(graph, unit, kinds, network.dtype, _free(unit, taken))
            results = part([known[value] for value in part.reads])
            known.update(zip(part.makes, results, strict=True))
        return keras.Model(image, known[graph.logits], name=_named(network.name))
    except (TypeError, ValueError, KeyError) as error:
        raise ModelError(
            f"{network.name!r}, of which Keras can make no model ({type(error).__name__}: {str(error)[:160]})",
            "layers that hand tensors on",
            "Use network.predict, network.gradient and network.activations.",
        ) from error


class Part(keras.layers.Layer):  # type: ignore[misc]
    """One unit of a network: its operations as they are, its floating-point constants as weights.

    Parameters
    ----------
    graph, nodes
        The operations that it runs, and where they are from.
    reads, makes
        The values that it is given, and that it hands on.
    kinds
        The type and shape of each value.
    """

    def __init__(
        self,
        graph: Graph,
        nodes: Sequence[Node],
        reads: Sequence[Value],
        makes: Sequence[Value],
        kinds: Any,
        **own: Any,
    ) -> None:
        super().__init__(**own)
        self.graph, self.nodes = graph, tuple(nodes)
        self.reads, self.makes = tuple(reads), tuple(makes)
        self._specs = [kinds[value] for value in makes]
        self._constants = _constants(graph, nodes)
        self._numbers: list[Any] = []
        self._run = tf.function(self._replayed, autograph=False, reduce_retracing=True)

    def build(self, _: Any) -> None:
        """Make a weight of each constant."""
        for value, constant in self._constants.items():
            name = value.node.replace("/", ".")
            weight = self.add_weight(name=name, shape=tuple(constant.shape), initializer="zeros", trainable=True)
            weight.assign(tf.cast(constant, self.dtype))
            self._numbers.append(weight)

    def call(self, inputs: Sequence[Any]) -> list[Any]:
        """The unit's outputs."""
        return list(self._run(list(inputs), [tf.convert_to_tensor(weight.value) for weight in self._numbers]))

    def compute_output_spec(self, _: Any) -> list[Any]:
        """Their types and shapes."""
        return [keras.KerasTensor(shape=shape, dtype=dtype) for dtype, shape in self._specs]

    def _replayed(self, inputs: Sequence[tf.Tensor], numbers: Sequence[tf.Tensor]) -> list[tf.Tensor]:
        replay = Replay(self.graph, tf.zeros((), self.dtype))
        replay.values = {
            **dict(zip(self.reads, inputs, strict=True)),
            **dict(zip(self._constants, numbers, strict=True)),
        }
        for node in self.nodes:
            replay.run(node)
        return [replay.value(value) for value in self.makes]


def _part(graph: Graph, unit: Unit, kinds: Mapping[Value, Any], dtype: str, name: str) -> Part:
    """A unit's layer, with the sizes that it needs worked out inside it."""
    nodes = _with_sizes(graph, unit)
    inside = {node.name for node in nodes}
    reads = dict.fromkeys(value for node in nodes for value in node.inputs if value in graph.active)
    outside = [value for value in reads if value.node not in inside]
    makes = [value for value in kinds if value.node in {node.name for node in unit.nodes} and value in graph.active]
    wanted = [value for value in makes if value == graph.logits or _read_elsewhere(graph, value, unit)]
    return Part(graph, nodes, outside, wanted or [unit.last.output], kinds, name=name, dtype=dtype)


def _with_sizes(graph: Graph, unit: Unit) -> list[Node]:
    """A unit's operations and those that work out sizes for them, which depend on active values' shapes alone."""
    own, waiting = {node.name for node in unit.nodes}, [value for node in unit.nodes for value in node.inputs]
    while waiting:
        value = waiting.pop()
        node = graph.by_name.get(value.node)
        if node is not None and value not in graph.active and node.name not in own:
            own.add(node.name)
            waiting += node.inputs
    return [node for node in graph.nodes if node.name in own]


def _read_elsewhere(graph: Graph, value: Value, unit: Unit) -> bool:
    own = {node.name for node in unit.nodes}
    return any(node.name not in own for node in graph.readers.get(value, ()))


def _constants(graph: Graph, nodes: Sequence[Node]) -> dict[Value, Any]:
    """The floating-point constants that operations read; variables are read where they are."""
    read = dict.fromkeys(value for node in nodes for value in node.inputs if value in graph.constants)
    held = {value: graph.constants[value] for value in read}
    return {
        value: one
        for value, one in held.items()
        if one.dtype in FLOATS and one.shape.rank and not isinstance(one, tf.Variable)
    }


def _kinds(network: Any) -> dict[Value, Any]:
    """The type and shape of every value in the network's number type."""
    found: dict[Value, Any] = {}

    def run(image: tf.Tensor) -> tf.Tensor:
        replay = Replay(network.graph, image)
        for node in network.graph.nodes:
            replay.run(node)
        found.update({value: (one.dtype.name, tuple(one.shape)) for value, one in replay.values.items()})
        return replay.value(network.graph.logits)

    specification = tf.TensorSpec((None, *network.input_shape), network.dtype)
    tf.function(run, autograph=False).get_concrete_function(specification)
    return found


def _free(unit: Unit, taken: set[str]) -> str:
    name = _named(unit.name if unit.layer is None else unit.layer.name)
    while name in taken:
        name += "+"
    taken.add(name)
    return name


def _named(name: str) -> str:
    return name.replace("/", ".")
