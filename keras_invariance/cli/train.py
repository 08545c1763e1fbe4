"""`keras-invariance train`: the recipes of the shipped networks, run again."""

from pathlib import Path
from typing import Annotated

import typer

from ..application import import_tensorflow
from .console import progress_bar


def train(
    recipe: Annotated[str, typer.Argument(metavar="RECIPE", help="mnist-mlp or mnist-cnn.")],
    out: Annotated[Path, typer.Option("--out", help="The .keras file to write; its model card goes beside it.")],
    seed: Annotated[int, typer.Option("--seed", help="Draws the first weights and the order of the images.")] = 0,
    epochs: Annotated[
        int | None, typer.Option("--epochs", help="Passes over the images, instead of the recipe's.")
    ] = None,
) -> None:
    """Train a shipped network again on the embedded MNIST, by its recipe."""
    import_tensorflow()
    from ..models import train as trained
    from ..reports.files import result_folder

    result_folder(out.parent)
    with progress_bar(f"Training {recipe}") as advance:
        card = trained(recipe, out, seed=seed, epochs=epochs, progress=advance)
    typer.echo(f"{out}: {card.accuracy:.2%} of the test images, in {card.seconds:.0f} s")
