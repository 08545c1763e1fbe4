"""`keras-invariance audit`: verdicts on a network over a data set, with a report."""

from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

import typer

from .console import print_table, progress_bar
from .networks import Choice, with_model


@with_model
def audit(
    model: Choice,
    data: Annotated[str, typer.Option("--data", help="mnist/test[:1000], tfds:NAME/SPLIT, a folder, .npz.")],
    shifts: Annotated[list[str], typer.Option("--shift", help="constant:-1, checkerboard:4, ... Repeatable.")],
    out: Annotated[Path, typer.Option("--out", help="The folder of the audit; one that was begun is gone on with.")],
    methods: Annotated[str, typer.Option("--methods", help="all, or names with commas.")] = "all",
    option: Annotated[
        list[str] | None, typer.Option("--option", help="METHOD.OPTION=VALUE, such as lrp-gamma.gamma=0.1. Repeatable.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Draws the noise of the methods that need some.")] = 0,
    shard: Annotated[int, typer.Option("--shard", min=1, help="Images that are written at a time.")] = 256,
    fail_on: Annotated[
        str | None,
        typer.Option("--fail-on", help="sensitive, or sensitive:METHOD,METHOD: exit with 1 if one of them is."),
    ] = None,
) -> None:
    """Audit a network: which methods explain it and its twins alike, over a whole data set."""
    from ..analyzers.catalogue import METHODS
    from .data_sets import fitting

    watched = _watched(fail_on)
    options = dict(_option(text) for text in option or ())
    network = model.load()
    from ..audits import Progress, Result
    from ..audits import audit as run

    images = fitting(data, network.input_shape)
    chosen = tuple(METHODS) if methods == "all" else tuple(name.strip() for name in methods.split(","))
    results: list[Result] = []
    with progress_bar("Starting") as advance:
        steps = run(network, images, out, shifts=shifts, methods=chosen, options=options, seed=seed, shard=shard)
        for step in steps:
            if isinstance(step, Progress):
                advance(step.done, step.total, step.name)
            else:
                results.append(step)
    _print(results)
    typer.echo(f"The report, and each number behind it: {out / 'report.html'}")
    failing = [one.question.name for one in results if one.verdict == "sensitive" and one.question.method in watched]
    if failing:
        typer.echo(f"Sensitive: {', '.join(dict.fromkeys(failing))}", err=True)
        raise typer.Exit(1)


def _print(results: list[Any]) -> None:
    rows = [
        (
            one.question.name,
            one.question.shift,
            one.verdict,
            f"{one.violations} of {one.images}",
            f"{one.worst_relative_l2:.1e}",
            f"{one.worst_float64:.1e}",
        )
        for one in results
    ]
    print_table(("explanation", "shift", "verdict", "differ", "worst in float32", "worst in float64"), rows)


def _watched(fail_on: str | None) -> frozenset[str]:
    """The methods that must not be sensitive."""
    from ..analyzers.catalogue import METHODS
    from ..errors import MethodError

    kind, _, names = (fail_on or "").partition(":")
    chosen = frozenset(name.strip() for name in names.split(",")) if names else frozenset(METHODS)
    if kind not in ("", "sensitive") or not chosen <= frozenset(METHODS):
        raise MethodError(f"--fail-on {fail_on}", "sensitive, or sensitive:METHOD,METHOD", "Check the spelling.")
    return chosen if kind else frozenset()


def _option(text: str) -> tuple[str, Any]:
    """One --option: a number where it is one."""
    name, _, value = text.partition("=")
    with suppress(ValueError):
        return name, int(value)
    with suppress(ValueError):
        return name, float(value)
    return name, value
