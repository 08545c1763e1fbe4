"""`keras-invariance inspect`: what the program sees in a network."""

from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from .console import output
from .networks import Model, TrustModel, loaded

if TYPE_CHECKING:
    from ..network.inspection import Inspection


def inspect(model: Model, *, trust_model: TrustModel = False) -> None:
    """Show a network's operations by role, its affine layers, and what each method covers."""
    from ..network.inspection import inspect_network

    _show(inspect_network(loaded(model, trust=trust_model)), output())


def _show(inspection: "Inspection", console: Console) -> None:
    console.print(f"[bold]{inspection.name}[/bold]  {inspection.source}")
    console.print(f"input {inspection.input_shape}, {inspection.classes} classes, {inspection.head}")
    console.print(_roles(inspection), _layers(inspection), _coverage(inspection))


def _roles(inspection: "Inspection") -> Table:
    table = Table("role", "operations", title="Operations by role", title_justify="left")
    for role, counts in inspection.roles.items():
        table.add_row(role, ", ".join(f"{count} {operation}" for operation, count in counts.items()))
    return table


def _layers(inspection: "Inspection") -> Table:
    table = Table(title="Affine layers", title_justify="left")
    for heading in ("layer", "kind", "input", "output", "bias", "activation"):
        table.add_column(heading)
    for layer in inspection.layers:
        table.add_row(
            layer.name,
            layer.kind,
            f"{layer.input_shape}",
            f"{layer.output_shape}",
            "yes" if layer.bias else "no",
            layer.activation or "none",
        )
    return table


def _coverage(inspection: "Inspection") -> Table:
    table = Table("method", "covers", title="Coverage", title_justify="left")
    for method, covered in inspection.coverage.items():
        table.add_row(method, covered)
    return table
