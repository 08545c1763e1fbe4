"""`keras-invariance patterns`: fitting the patterns of PatternNet and PatternAttribution."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from .console import print_table, progress_bar
from .data_sets import fitting
from .files import check_writable, writing
from .networks import Choice, with_model

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
) -> None:
    """Fit patterns in one pass over a data set, and write them to a file."""
    check_writable(out)
    network = model.load()
    dataset = fitting(data, network.input_shape)
    from .. import fit_patterns

    with progress_bar("Fitting patterns") as advance:
        fitted = fit_patterns(
            network, dataset, estimator=estimator, centre=centre, batch_size=batch_size, progress=advance
        )
        advance(len(dataset), len(dataset))  # where they came out of the cache
    with writing(out):
        fitted.save(out)
    typer.echo(f"{out}: {estimator} patterns of {network.name} on {len(dataset)} images of {dataset.name}")
    silent = [(name, f"{len(neurons)}") for name, neurons in zip(fitted.names, fitted.silent, strict=True) if neurons]
    if silent:
        print_table(("layer", "neurons"), silent, "Hardly ever active; their pattern is w / |w|\N{SUPERSCRIPT TWO}")
