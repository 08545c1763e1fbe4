"""`keras-invariance paper`: the paper's figures and verdicts, reproduced."""

from pathlib import Path
from typing import Annotated

import typer

from .console import progress_bar
from .quiet import import_tensorflow


def paper(
    out: Annotated[Path, typer.Option("--out", help="The folder for the figures, paper.json and index.html.")],
    images: Annotated[int, typer.Option("--images", min=1, help="Test images that each verdict rests on.")] = 100,
    seed: Annotated[int, typer.Option("--seed", help="Draws the noise of the methods that need some.")] = 0,
) -> None:
    """Reproduce "The (Un)reliability of saliency methods" on the embedded MNIST."""
    import_tensorflow()
    from ..paper import reproduce

    with progress_bar("Starting") as advance:
        for step in reproduce(out, images=images, seed=seed):
            advance(step.done, step.total, step.name)
    typer.echo(f"{out / 'index.html'}")
