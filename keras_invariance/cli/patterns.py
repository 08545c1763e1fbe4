"""`keras-invariance patterns`: fitting the patterns of PatternNet and PatternAttribution."""

from pathlib import Path
from typing import Annotated

import typer

from .console import progress_bar
from .data_sets import fitting
from .files import replaced
from .networks import Model, TrustModel, loaded

patterns = typer.Typer(name="patterns", help="Fit the patterns that pattern-net and pattern-attribution need.")


@patterns.callback()
def group() -> None:
    """Fit the patterns that pattern-net and pattern-attribution need."""


@patterns.command()
def fit(
    model: Model,
    data: Annotated[str, typer.Option("--data", help="mnist/train, tfds:NAME/SPLIT, folder:PATH, or an .npz file.")],
    out: Annotated[Path, typer.Option("--out", help="The file to write.")],
    estimator: Annotated[str, typer.Option("--estimator", help="positive, published, or linear.")] = "positive",
    centre: Annotated[str, typer.Option("--centre", help="neuron, or image: subtract the mean image.")] = "neuron",
    batch_size: Annotated[int, typer.Option("--batch-size", help="Images computed at once.")] = 256,
    trust_model: TrustModel = False,
) -> None:
    """Fit patterns in one pass over a data set, and write them to a file."""
    network = loaded(model, trust=trust_model)
    dataset = fitting(data, network.input_shape)
    from .. import fit_patterns

    with progress_bar("Fitting patterns") as advance, replaced(out) as partial:
        fitted = fit_patterns(
            network, dataset, estimator=estimator, centre=centre, batch_size=batch_size, progress=advance
        )
        fitted.save(partial)
    typer.echo(f"{out}: {estimator} patterns of {network.name} on {dataset.name}")
