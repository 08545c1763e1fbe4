"""`keras-invariance methods`: the catalogue."""

from collections.abc import Mapping, Set

import typer

from .console import Json, print_json, print_table


def methods(*, as_json: Json = False) -> None:
    """List the methods, those of installed packages too: family, seed, options with their defaults, source."""
    from ..methods.catalogue import GROUPS, METHODS
    from ..methods.explainers import load_entry_points

    load_entry_points()
    if as_json:
        fields = ("name", "family", "seed", "source", "about", "options", "invariant", "law", "slow")
        print_json([{name: getattr(method, name) for name in fields} for method in METHODS.values()])
        return
    shared = set.intersection(*(set(method.options) for method in METHODS.values()))
    rows = [
        (method.name, method.family, method.seed, _options(method.options, shared), method.source)
        for method in METHODS.values()
    ]
    print_table(("method", "family", "seed", "options", "source"), rows)
    typer.echo(f"Every method also takes {', '.join(sorted(shared))}.")
    typer.echo(
        f"Groups, where several can be named: all, {', '.join(GROUPS)}. A method of your own: docs/your-own-method.md."
    )
    slow = [name for name, method in METHODS.items() if method.slow]
    typer.echo(f"Slow, and left out of an audit unless named: {', '.join(slow)}.")


def _options(options: Mapping[str, object], without: Set[str]) -> str:
    from ..methods.catalogue import REQUIRED

    spelled = {name: f" ({default})" if default == REQUIRED else f"={default}" for name, default in options.items()}
    return ", ".join(name + default for name, default in spelled.items() if name not in without)
