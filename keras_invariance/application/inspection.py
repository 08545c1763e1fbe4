"""Inspection: what the program sees in a network, by role, and what each method covers of it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import MethodError, UnknownOperationError
from ..methods.catalogue import METHODS, REQUIRED, Method
from ..methods.request import Request
from ..network import Network
from ..network.structure.roles import Unit
from ..network.structure.spatial import last_spatial_layer, short_names, spatial_layers
from ..network.structure.table import LayerRow, layer_rows, roles_of
from ..patterns import weight_patterns
from ..rules.backward import Rules, reached_units


@dataclass(frozen=True)
class Inspection:
    """What the program sees in a network.

    Attributes
    ----------
    name, source, input_shape, classes, head
        As the network's own.
    roles
        For each role the kinds of operation that play it, and how often.
    layers
        The affine neuron layers in the order of the forward pass.
    coverage
        For each method what its rules treat and what passes by its derivative, or why it cannot be used.
    activation_layer
        The layer at which class activation maps are taken unless another is named, and its output's shape; None where
        the network has none.
    """

    name: str
    source: str
    input_shape: tuple[int, ...]
    classes: int
    head: str
    roles: Mapping[str, Mapping[str, int]]
    layers: tuple[LayerRow, ...]
    coverage: Mapping[str, str]
    activation_layer: tuple[str, tuple[int, ...]] | None = None


def inspect_network(network: Network) -> Inspection:
    """Look at a network without running it."""
    return Inspection(
        network.name,
        network.source,
        network.input_shape,
        network.classes,
        str(network.head),
        roles_of(network.units),
        layer_rows(network.graph, network.units),
        {name: covered(network, method) for name, method in METHODS.items()},
        activation_layer(network),
    )


def activation_layer(network: Network) -> tuple[str, tuple[int, ...]] | None:
    """Where class activation maps are taken by default: a layer and its output's shape; None where there is none."""
    layers = spatial_layers(network.graph, network.units)
    if not layers:
        return None
    layer = last_spatial_layer(network.graph, network.units, layers)
    return layer.name, (*layer.sizes, layer.channels)


def covered(network: Network, method: Method) -> str:
    """What a method treats by its rules and what by derivatives, or the reason why it cannot be used."""
    if method.function is not None:
        return "whatever it asks of the network: it is not this package's"
    options = {**method.options, **{name: _STAND_INS[name](network) for name in _required(method)}}
    try:
        analyzer = method.build()(Request(network, network.units, method.name, options))
    except (MethodError, UnknownOperationError) as error:
        return f"cannot: {error.came}"
    if hasattr(analyzer, "coverage"):
        told: str = analyzer.coverage
        return told
    rules, own = _rules_of(analyzer)
    if rules is None:
        return "forward passes alone"
    units = reached_units(network.graph, own, rules)
    layer = getattr(analyzer, "layer", None)  # where the signal ends, if it is not to reach the image
    where = ""
    if layer is not None:
        units = units[1 + next((at for at, unit in enumerate(units) if unit.name == layer.name), -1) :]
        affine = [unit.name for unit in network.units if unit.layer is not None]
        where = f"behind {short_names([layer.name], affine)[0]}: "
    ruled = Counter[str](unit.role for unit in units if unit.role in rules.table)
    plain = Counter[str](unit.role for unit in units if unit.role not in rules.table)
    parts = [f"{_counted(counts)} by {how}" for how, counts in (("rule", ruled), ("derivative", plain)) if counts]
    return where + "; ".join(parts)


# What stands in for an option that must be given: coverage does not depend on its value.
_STAND_INS: Mapping[str, Any] = {
    "patterns": weight_patterns,
    "low": lambda _: 0.0,
    "high": lambda _: 1.0,
    "background": lambda network: np.zeros((1, *network.input_shape)),
}


def _required(method: Method) -> list[str]:
    return [name for name, default in method.options.items() if isinstance(default, str) and default == REQUIRED]


def _rules_of(analyzer: Any) -> tuple[Rules | None, tuple[Unit, ...]]:
    """The table of an analyzer, or of the one that it works around, and the units that it treats.

    There is no table where nothing runs backwards.
    """
    while not hasattr(analyzer, "rules") and hasattr(analyzer, "base"):
        analyzer = analyzer.base
    return getattr(analyzer, "rules", None), analyzer.request.units


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {role}" for role, count in counts.items())
