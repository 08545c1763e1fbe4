"""Spatial layers: those whose outputs lie over the image, place by place, so that a map can be read off them.

In shapes, k is the number of channels and the sizes are those of the places: (h, w) for pictures, (t,) for signals,
(d, h, w) for volumes. A layer is spatial if it stands behind a neuron layer, its output [n, *sizes, k] has as many axes
as the images, more than one place, and axes that are still the image's: what was transposed, or reshaped other than
there and back, is not.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from os.path import commonprefix
from typing import TypeAlias

import numpy as np

from ...errors import MethodError
from ..graph import Graph, Value
from .affine import values_at
from .operations import NEURON_ROUTES
from .roles import Unit

Sizes: TypeAlias = tuple[int, ...]

ROLES = frozenset({"neurons", "activation", "sum", "gate", "scale", "bias"})
"""What counts as a layer: pools and reshapes only bring other layers' outputs into shape."""

JOINTS = frozenset({"Concat", "ConcatV2", "Maximum", "Minimum"})
"""Where these bring several branches together, they count as a layer too."""
LOST = frozenset({"Pack", "Unpack", "GatherNd"})


@dataclass(frozen=True, eq=False)
class SpatialLayer:
    """A layer over the image, its output taken behind the batch norm and the activation that directly follow it.

    Attributes
    ----------
    unit
        Its operations.
    sizes
        How many places there are along each axis.
    channels
        How many numbers there are at each place.
    """

    unit: Unit
    sizes: Sizes
    channels: int

    def __repr__(self) -> str:
        return f"<SpatialLayer {self.name!r}: {(*self.sizes, self.channels)}>"

    @property
    def name(self) -> str:
        """Its name in the network: that of its first operation."""
        return self.unit.name

    @property
    def value(self) -> Value:
        """Its output, behind its activation."""
        return self.unit.last.output


def spatial_layers(graph: Graph, units: Sequence[Unit]) -> tuple[SpatialLayer, ...]:
    """The spatial layers in the order of the forward pass, those that are the logits themselves left out."""
    shapes = _shapes(graph, units)
    sizes, behind = _sizes(graph, units, shapes), _behind_neurons(graph, units) - _ends(graph, units)
    found = []
    for unit in units:
        value = unit.last.output
        if _is_layer(unit) and value in behind and any(size > 1 for size in sizes.get(value, ())):
            found.append(SpatialLayer(unit, sizes[value], shapes[value][-1]))
    return tuple(found)


def last_spatial_layer(graph: Graph, units: Sequence[Unit], layers: Sequence[SpatialLayer]) -> SpatialLayer:
    """The last layer that everything passes on its way to the logits; the last of all where there is none."""
    passed = _passed(graph, units)
    return next((layer for layer in reversed(layers) if layer.unit.name in passed), layers[-1])


def _passed(graph: Graph, units: Sequence[Unit]) -> set[str]:
    """The units whose output is all that later ones read of what was before."""
    found = set()
    read = {graph.logits}
    for unit in reversed(units):
        made = {value for value in read if value.node == unit.last.name}
        if made:
            if made == read:
                found.add(unit.name)
            read = (read - made) | {*unit.signals, *unit.gates}
    return found


def sizes_of(graph: Graph, units: Sequence[Unit]) -> Mapping[Value, Sizes]:
    """The number of places along each of the image's axes, for each value that has kept these as axes of its own."""
    return _sizes(graph, units, _shapes(graph, units))


def _sizes(graph: Graph, units: Sequence[Unit], shapes: Mapping[Value, Sizes]) -> Mapping[Value, Sizes]:
    kept = {graph.image} if len(graph.image_shape) > 1 else set()
    for unit in units:
        if any(value in kept and _keeps(graph, unit, value, shapes) for value in (*unit.signals, *unit.gates)):
            kept.update(value for value in shapes if value.node == unit.last.name)
    return {value: shapes[value][:-1] for value in kept if len(shapes[value]) == len(graph.image_shape)}


def _shapes(graph: Graph, units: Sequence[Unit]) -> Mapping[Value, Sizes]:
    """The shapes of units' outputs without the batch axis; where the graph does not say them, one image is run."""
    ends = {unit.last.name for unit in units}
    made = [value for value in graph.active if value.node in ends]
    known = {value: tuple(graph.shapes[value][1:]) for value in made if graph.shapes[value][1:].is_fully_defined()}
    open_ = [value for value in made if value not in known]
    if open_:
        run = values_at(graph, np.zeros(graph.image_shape), open_)
        known.update((value, array.shape[1:]) for value, array in zip(open_, run, strict=True))
    return {graph.image: tuple(graph.image_shape), **known}


def _keeps(graph: Graph, unit: Unit, read: Value, shapes: Mapping[Value, Sizes]) -> bool:
    """Whether the image's axes, which a unit reads, are axes of its output too."""
    before, after, last = shapes[read], shapes[unit.last.output], unit.last
    if last.op == "Transpose":
        order = graph.constant(last.inputs[1])
        return order is not None and list(order.numpy()) == list(range(len(before) + 1))
    if unit.role == "route" and last.op == "Reshape":
        return bool(before and after) and before[-1] == after[-1]
    if last.op in LOST or (len(before) != len(after) and any(node.op == "Einsum" for node in unit.nodes)):
        return False
    return len(after) >= len(before) or any(node.op in NEURON_ROUTES for node in unit.nodes)


def _is_layer(unit: Unit) -> bool:
    return unit.role in ROLES or (unit.last.op in JOINTS and len(unit.signals) > 1)


def _behind_neurons(graph: Graph, units: Sequence[Unit]) -> frozenset[Value]:
    """What depends on the output of a neuron layer."""
    found: set[str] = set()
    for unit in units:
        if unit.layer is not None or any(value.node in found for value in (*unit.signals, *unit.gates)):
            found.add(unit.last.name)
    return frozenset(value for value in graph.active if value.node in found)


def _ends(graph: Graph, units: Sequence[Unit]) -> frozenset[Value]:
    """The logits, and the values that only reshapes part from them."""
    found = {graph.logits}
    for unit in reversed(units):
        if unit.role == "route" and unit.last.output in found:
            found.update(unit.signals)
    return frozenset(found)


def named_layer(graph: Graph, units: Sequence[Unit], name: str | None, method: str) -> SpatialLayer:
    """The spatial layer of that name; for None the last one that everything passes.

    A name is what `inspect` prints, or that of a Keras layer, which stands for the last of its operations.

    Raises
    ------
    MethodError
        The network has no spatial layer, or none of that name.
    """
    layers = spatial_layers(graph, units)
    if not layers:
        raise MethodError(
            f"{method} for a network with input {graph.image_shape} and no spatial layer",
            "a layer [h, w, k] of several places over the image, such as a convolution",
            "Use gradient or another method that needs none.",
        )
    if name is None:
        return last_spatial_layer(graph, units, layers)
    found = _matching(layers, name)
    if not found:
        names = short_names([layer.name for layer in layers], [unit.name for unit in units if unit.layer is not None])
        raise MethodError(f"layer = {name!r} for {method}", f"None, or one of {', '.join(names)}", "Correct the name.")
    return found[-1]


def short_names(names: Sequence[str], affine: Sequence[str]) -> list[str]:
    """Layers' names without the scope that all affine layers share, as `inspect` prints them."""
    end = commonprefix(list(affine)).rfind("/") + 1  # noqa: RUF071  cut back to a whole scope
    scope = affine[0][:end] if affine else ""
    return [name.removeprefix(scope) for name in names]


def _matching(layers: Sequence[SpatialLayer], name: str) -> list[SpatialLayer]:
    """The layers that a name may mean: by the whole name, by its end, by a scope, by a scope that was numbered."""
    numbered = re.compile(rf"(^|/){re.escape(name)}_\d+(/|$)")
    ways = (
        lambda one: one == name,
        lambda one: one.endswith(f"/{name}"),
        lambda one: f"/{name}/" in f"/{one}/",
        lambda one: numbered.search(one) is not None,
    )
    for fits in ways:
        found = [layer for layer in layers if any(fits(node.name) for node in layer.unit.nodes)]
        if found:
            return found
    return []
