"""What a network consists of, for people: its operations by role and its affine neuron layers, as rows."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..graph import Graph
from .roles import Unit

if TYPE_CHECKING:
    from rich.table import Table

HEADINGS = ("layer", "kind", "input", "output", "bias", "activation")


@dataclass(frozen=True)
class LayerRow:
    """One affine neuron layer, for people: shapes without the batch axis."""

    name: str
    kind: str
    input_shape: tuple[int | None, ...]
    output_shape: tuple[int | None, ...]
    bias: bool
    activation: str

    @property
    def cells(self) -> tuple[str, ...]:
        """The row of a table under `HEADINGS`."""
        shapes = f"{self.input_shape}", f"{self.output_shape}"
        return self.name, self.kind, *shapes, "yes" if self.bias else "no", self.activation or "none"


def roles_of(units: tuple[Unit, ...]) -> Mapping[str, Mapping[str, int]]:
    """For each role the kinds of operation that play it, and how often."""
    roles: dict[str, Counter[str]] = {}
    for unit in units:
        roles.setdefault(unit.role, Counter())[unit.operation] += 1
    return {role: dict(counts.most_common()) for role, counts in roles.items()}


def layer_rows(graph: Graph, units: tuple[Unit, ...]) -> tuple[LayerRow, ...]:
    """The affine neuron layers in the order of the forward pass."""
    return tuple(_row(graph, unit) for unit in units if unit.layer is not None)


def html_of(line: str, graph: Graph, units: tuple[Unit, ...]) -> str:
    """A network as a notebook shows it: its line, its operations by role, and its layers."""
    from ...reports.tables import html_table

    roles = [(role, _counted(counts)) for role, counts in roles_of(units).items()]
    layers = [row.cells for row in layer_rows(graph, units)]
    return html_table(("role", "operations"), roles, line) + html_table(HEADINGS, layers)


def rich_table_of(line: str, graph: Graph, units: tuple[Unit, ...]) -> "Table":
    """A network as a `rich` console shows it: its layers, under its line."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(*HEADINGS, box=SIMPLE_HEAD, title=Text(line), title_justify="left")
    for row in layer_rows(graph, units):
        table.add_row(*map(Text, row.cells))
    return table


def _counted(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {operation}" for operation, count in counts.items())


def _row(graph: Graph, unit: Unit) -> LayerRow:
    layer = unit.layer
    if layer is None:
        raise TypeError(f"{unit.name} is no neuron layer")
    shapes = graph.shapes
    activation = " + ".join(dict.fromkeys(node.op for node in layer.activation))
    return LayerRow(
        layer.name,
        layer.linear.op,
        tuple(shapes[layer.image][1:]),
        tuple(shapes[unit.last.output][1:]),
        layer.biased,
        activation,
    )
