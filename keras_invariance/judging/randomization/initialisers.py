"""Parameters of a Keras model, drawn anew by the initialisers that its layers were made with.

The model is traced once more, its variables replaced by copies; lifted with other numbers in the copies, the graph's
constants are what a model that was never trained would have. The model itself is read, never written.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from ...network import Network
from ...network.graph import Graph, Value, pruned
from ...network.loading.keras_files import traced_keras
from ...network.loading.selection import Selection, chosen
from ...network.lowering.lift import lifted
from ...network.lowering.traced import Traced
from .layers import Layer, Numbers, Parameters, generator, permuted
from .names import shortened

DATA_LAYERS = (keras.layers.Normalization, keras.layers.Rescaling)
"""Their numbers are statistics of the data, not parameters."""


@dataclass(frozen=True, eq=False)
class Weight:
    """One variable of a Keras model.

    Attributes
    ----------
    variable
        The model's own; it is read, never written.
    layer
        The Keras layer whose it is.
    copy
        A variable of ours in its place.
    """

    variable: Any
    layer: Any
    copy: tf.Variable

    @property
    def owner(self) -> str:
        """The layer's name, with the names of those that it lies in."""
        return self.variable.path.rpartition("/")[0] or self.layer.name

    @property
    def initialiser(self) -> Any | None:
        """The initialiser that the layer was made with; None where the layer states none that takes a seed."""
        name = self.variable.name
        for known in (name, name.removesuffix("_kernel"), *(("depthwise",) if name == "kernel" else ())):
            found = getattr(self.layer, f"{known}_initializer", None)
            if isinstance(found, keras.initializers.Initializer):
                return found
        return None

    @property
    def drawn(self) -> str:
        """How it is drawn, in words."""
        how = "permuted" if self.initialiser is None else type(self.initialiser).__name__
        return f"{self.variable.name}: {how}"

    def anew(self, source: np.random.Generator) -> np.ndarray:
        """New numbers."""
        now = np.asarray(self.variable.numpy())
        if self.initialiser is None:
            return permuted(now, source)
        stated = self.initialiser.get_config()
        if "seed" in stated:
            stated["seed"] = int(source.integers(2**31))
        fresh = type(self.initialiser).from_config(stated)
        return np.asarray(fresh(now.shape, dtype=self.variable.dtype))


def initialised_parameters(network: Network) -> Parameters | None:
    """The layers of the Keras model behind a network; None where there is none, or it is not the network's any more."""
    if network.model is None:
        return None
    selection = Selection(shape=network.input_shape)
    function = traced_keras(network.model, selection, network.source)
    weights = _weights(network.model, function)
    stored = {**function.stored, **{place: weight.copy.handle for place, weight in weights.items()}}
    copied = replace(function, stored=stored)
    part = chosen(copied, selection, network.source)

    def graph() -> Graph:
        return lifted(copied, part.image, part.result.value)

    groups = _groups(network, copied, weights)
    values = [value for group in groups for value in group.values]
    if not _same(network, graph(), values):
        return None

    def draw(seed: int) -> Numbers:
        for place, weight in enumerate(weights.values()):
            weight.copy.assign(weight.anew(generator(seed, place)))
        constants = graph().constants
        return {value: constants[value].numpy() for value in values}

    return Parameters(tuple(groups), draw)


def _weights(model: Any, function: Traced) -> dict[Value, Weight]:
    """The float variables that a function reads, by the place where it reads them."""
    known = {id(variable.value.handle): variable for variable in model.weights if _is_float(variable)}
    read = {place: known[id(tensor)] for place, tensor in function.stored.items() if id(tensor) in known}
    owners = _owners(model)
    return {
        place: Weight(variable, owners[id(variable)], tf.Variable(variable.value, trainable=False))
        for place, variable in read.items()
        if not isinstance(owners[id(variable)], DATA_LAYERS)
    }


def _owners(model: Any) -> Mapping[int, Any]:
    """For each variable the innermost layer that has it."""
    layers = sorted(model._flatten_layers(), key=lambda layer: -len(layer.weights))
    return {id(variable): layer for layer in layers for variable in layer.weights}


def _is_float(variable: Any) -> bool:
    return bool(tf.as_dtype(variable.dtype).is_floating)


def _groups(network: Network, function: Traced, weights: Mapping[Value, Weight]) -> list[Layer]:
    """The network's constants by the layer whose variables they are made of, in the order in which they are read.

    What is made of several layers' variables joins them.
    """
    found: list[tuple[set[str], dict[Value, None]]] = []
    for node in network.graph.nodes:
        for value in node.inputs:
            if network.graph.constant(value) is not None:
                owners = {weights[place].owner for place in _sources(function, value) if place in weights}
                _join(found, owners, value)
    names = iter(shortened([name for owners, _ in found for name in sorted(owners)], whole=True))
    return [
        Layer(" + ".join(next(names) for _ in owners), tuple(values), _drawn(owners, weights.values()))
        for owners, values in found
    ]


def _join(found: list[tuple[set[str], dict[Value, None]]], owners: set[str], value: Value) -> None:
    if not owners:
        return
    meeting = [group for group in found if group[0] & owners]
    if not meeting:
        found.append((set(owners), {value: None}))
        return
    first, *others = meeting
    first[0].update(owners, *(group[0] for group in others))
    for group in others:
        first[1].update(group[1])
        found.remove(group)
    first[1][value] = None


def _sources(function: Traced, value: Value) -> set[Value]:
    """What a constant is made of; those that lifting makes itself are named after the operation they stand for."""
    by_name = {node.name: node for node in function.nodes}
    ends: Sequence[Value] = [value]
    if value.node not in by_name and value not in function.stored:
        base = by_name.get(value.node.rpartition("/")[0])
        ends = () if base is None else base.inputs[1:]
    read = {given for end in ends for node in pruned(function.nodes, end) for given in node.inputs}
    return read | set(ends)


def _drawn(owners: set[str], weights: Iterable[Weight]) -> str:
    own = {id(weight.variable): weight.drawn for weight in weights if weight.owner in owners}
    return ", ".join(own.values())


def _same(network: Network, graph: Graph, values: Sequence[Value]) -> bool:
    """Whether the model still has the network's numbers, at the same places."""
    return bool(values) and all(
        value in graph.constants and np.array_equal(graph.constants[value], network.graph.constants[value])
        for value in values
    )
