"""Which layers a key of a composite means: a kind, a position, or a name."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..network.graph import Graph
from ..network.structure.roles import Unit

KINDS = ("dense", "convolution", "neurons")
POSITIONS = ("first", "last")
DENSE = frozenset({"MatMul", "BatchMatMul", "BatchMatMulV2", "BatchMatMulV3", "Einsum"})
"""Linear operations without neighbourhoods; all others are convolutions of some kind."""
NUMBERED = re.compile(r"_\d+$")


def key_of_layer(graph: Graph, units: Sequence[Unit], unit: Unit, table: Mapping[str, Any]) -> str | None:
    """The key of a table that counts for a neuron layer: the innermost name, a position, the kind, or "neurons"."""
    names = _names(units, unit, _named(table))
    candidates = [*sorted(names, key=lambda key: names[key], reverse=True)]
    if unit.layer is not None and unit.layer.first:
        candidates.append("first")
    if unit.name in last_layers(graph, units):
        candidates.append("last")
    candidates += [kind_of(unit), "neurons"]
    return next((key for key in candidates if key in table), None)


def unknown_keys(units: Sequence[Unit], table: Iterable[str]) -> list[str]:
    """The keys that name no layer of a network; a kind that it has none of is no mistake."""
    layers = [unit for unit in units if unit.layer is not None]
    return [key for key in _named(table) if not any(_names(units, unit, [key]) for unit in layers)]


def kind_of(unit: Unit) -> str:
    """The kind of a neuron layer, "dense" or "convolution"."""
    return "dense" if unit.nodes[0].op in DENSE else "convolution"


def last_layers(graph: Graph, units: Sequence[Unit]) -> frozenset[str]:
    """The neuron layers behind which no other stands on the way to the logits."""
    reached, found = {graph.logits.node}, set()
    for unit in reversed(units):
        if unit.last.name in reached:
            if unit.layer is not None:
                found.add(unit.name)
            else:
                reached.update(value.node for value in (*unit.signals, *unit.gates))
    return frozenset(found)


def _named(table: Iterable[str]) -> list[str]:
    return [key for key in table if key not in (*KINDS, *POSITIONS)]


def _names(units: Sequence[Unit], unit: Unit, keys: Iterable[str]) -> dict[str, int]:
    """The keys that name a layer, or a block that it lies in, with how far in they stand.

    A Keras layer called "conv2d_3" is traced as ".../conv2d_3_1/convolution": every scope of a model gets a number. So
    where all do, "conv2d_3" means that, and not what "conv2d" became.
    """
    parts = unit.name.split("/")
    numbered = _all_numbered(units)
    found = {}
    for key in keys:
        if key == unit.name:
            found[key] = len(parts)
            continue
        places = [index for index, part in enumerate(parts) if part == key]
        if numbered:
            traced = [index for index, part in enumerate(parts) if NUMBERED.sub("", part) == key and part != key]
            elsewhere = any(_is_traced(key, other) for other in units)
            places = traced if elsewhere else places
        if places:
            found[key] = max(places)
    return found


def _is_traced(key: str, unit: Unit) -> bool:
    return any(NUMBERED.sub("", part) == key and part != key for part in unit.name.split("/"))


def _all_numbered(units: Sequence[Unit]) -> bool:
    """Whether every layer lies in a scope with a number behind its name."""
    names = [unit.name.split("/")[:-1] for unit in units if unit.layer is not None]
    return all(any(NUMBERED.search(part) for part in scopes) for scopes in names)
