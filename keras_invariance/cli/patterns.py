"""`keras-invariance patterns`: fitting the patterns of PatternNet and PatternAttribution."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ..application import open_data
from .console import Json, print_json, print_table, progress_bar
from .engines import Runner, RunnerOptions, engine_of
from .files import check_writable, writing
from .networks import Choice, with_model

if TYPE_CHECKING:
    from ..datasets import Dataset
    from ..integrations.beam import Engine
    from ..network import Network
    from ..patterns import Patterns

patterns = typer.Typer(name="patterns", help="Fit the patterns that pattern-net and pattern-attribution need.")


@patterns.callback()
def group() -> None:
    """Fit the patterns that pattern-net and pattern-attribution need."""


@patterns.command()
@with_model
def fit(
    model: Choice,
    data: Annotated[str, typer.Option("--data", help="mnist/train, tfds:NAME/SPLIT, folder:PATH, or an .npz file.")],
    out: Annotated[Path, typer.Option("--out", help="The file to write.")],
    estimator: Annotated[
        Literal["positive", "published", "linear"], typer.Option("--estimator", help="Which mean of y is subtracted.")
    ] = "positive",
    centre: Annotated[
        Literal["neuron", "image"], typer.Option("--centre", help="image: subtract the mean image from x first.")
    ] = "neuron",
    batch_size: Annotated[int | None, typer.Option("--batch-size", min=1, help="Images computed at once.")] = None,
    runner: Runner = None,
    runner_options: RunnerOptions = None,
    *,
    as_json: Json = False,
) -> None:
    """Fit patterns in one pass over a data set, and write them to a file."""
    check_writable(out)
    engine = engine_of(runner, runner_options)
    network = model.load()
    dataset = open_data(data, network.input_shape)
    fit_to = _here(network, dataset) if engine is None else _on(engine, model, data, network.input_shape, out)
    with progress_bar("Fitting patterns") as advance:
        fitted = fit_to(estimator, centre=centre, batch_size=batch_size, progress=advance)
        advance(len(dataset), len(dataset))  # where they came out of the cache
    with writing(out):
        fitted.save(out)
    counts = {name: len(neurons) for name, neurons in zip(fitted.names, fitted.silent, strict=True)}
    if as_json:
        print_json({"file": out, **vars(fitted.about), "silent": counts})
        return
    typer.echo(f"{out}: {estimator} patterns of {network.name} on {len(dataset)} images of {dataset.name}")
    silent = [(name, f"{count}") for name, count in counts.items() if count]
    if silent:
        print_table(("layer", "neurons"), silent, "Hardly ever active; their pattern is w / |w|\N{SUPERSCRIPT TWO}")


def _here(network: "Network", dataset: "Dataset") -> "Callable[..., Patterns]":
    from .. import fit_patterns

    return partial(fit_patterns, network, dataset)


def _on(engine: "Engine", model: Choice, data: str, shape: tuple[int, ...], out: Path) -> "Callable[..., Patterns]":
    """Fits by an engine's workers, which load the model and the data by themselves, and hand over beside `out`."""
    from ..integrations import beam

    return partial(
        beam.fit_patterns,
        beam.Source(model.load, partial(open_data, data, shape)),
        engine,
        folder=out.absolute().parent,
    )
