"""`keras-invariance inspect`: what the program sees in a network."""

from os.path import commonprefix
from typing import TYPE_CHECKING

import typer

from .console import Json, print_json, print_table
from .networks import Choice, with_model

if TYPE_CHECKING:
    from ..application.inspection import Inspection


@with_model
def inspect(model: Choice, *, as_json: Json = False) -> None:
    """Show a network's operations by role, its affine layers, and what each method covers."""
    network = model.load()
    from ..application.inspection import inspect_network

    seen = inspect_network(network)
    if as_json:
        print_json({**vars(seen), "layers": [vars(layer) for layer in seen.layers]})
    else:
        _show(seen)


def _show(inspection: "Inspection") -> None:
    from ..network.structure.table import HEADINGS

    typer.echo(f"{inspection.name}, {inspection.source}")
    typer.echo(f"input {inspection.input_shape}, {inspection.classes} classes; head: {inspection.head}\n")
    roles = [
        (role, ", ".join(f"{count} {operation}" for operation, count in counts.items()))
        for role, counts in inspection.roles.items()
    ]
    print_table(("role", "operations"), roles, "Operations by role")
    shared = commonprefix([layer.name for layer in inspection.layers]).rfind("/") + 1  # noqa: RUF071  cut back to a whole scope
    layers = [(layer.name[shared:], *layer.cells[1:]) for layer in inspection.layers]
    scope = inspection.layers[0].name[:shared] if inspection.layers else ""
    print_table(HEADINGS, layers, "Affine layers")
    if inspection.activation_layer is not None:
        name, shape = inspection.activation_layer
        typer.echo(
            f"Class activation maps are taken at {name.removeprefix(scope)} {shape} unless --layer names another.\n"
        )
    print_table(("method", "covers"), list(inspection.coverage.items()), "Coverage")
