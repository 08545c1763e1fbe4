"""`keras-invariance methods`: the catalogue."""

from rich.table import Table

from .console import output


def methods() -> None:
    """List the methods: family, seed, options with their defaults, source."""
    from ..analyzers.catalogue import METHODS

    table = Table("method", "family", "seed", "options", "source", show_lines=False)
    for method in METHODS.values():
        options = ", ".join(f"{name}={_default(value)}" for name, value in method.options.items())
        table.add_row(method.name, method.family, method.seed, options, method.source)
    output().print(table)


def _default(value: object) -> str:
    return "required" if value is None else f"{value}"
