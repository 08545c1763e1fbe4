"""`keras-invariance view`: the desktop viewer."""

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from ..errors import ViewerError


def view(
    model: Annotated[
        str | None,
        typer.Argument(
            metavar="MODEL", help="A .keras or .h5 file, a SavedModel folder, a shipped network, a session."
        ),
    ] = None,
    data: Annotated[str | None, typer.Option("--data", help="mnist/test, tfds:NAME/SPLIT, a folder, .npz.")] = None,
    shift: Annotated[
        str | None, typer.Option("--shift", help="constant:-1, channel:..., checkerboard:4, image:FILE, or cat.")
    ] = None,
    sample: Annotated[int | None, typer.Option("--sample", min=0, help="The image to begin with.")] = None,
    method: Annotated[
        list[str] | None,
        typer.Option(
            "--method", "--methods", help="The rows to begin with: names, groups, package.module:function. Repeatable."
        ),
    ] = None,
    trust_model: Annotated[
        bool, typer.Option("--trust-model", help="Run code that the model's file brings along (turns safe mode off).")
    ] = False,
    session: Annotated[Path | None, typer.Option("--session", help="A session that the window saved (.kinv).")] = None,
    renderer: Annotated[
        Literal["auto", "gl", "cpu"], typer.Option("--renderer", help="auto takes OpenGL where it is no software.")
    ] = "auto",
    theme: Annotated[Literal["system", "light", "dark"] | None, typer.Option("--theme", help="Colours.")] = None,
) -> None:
    """Open the desktop viewer: paired heatmaps of a network and its twin."""
    try:
        from keras_invariance.gui.model.session import Session, load
        from keras_invariance.gui.ui.application import Start, run, started_with
    except ImportError as error:
        raise ViewerError(
            f"the viewer's libraries, of which {error.name} is missing",
            "the extra `viewer`",
            'Install it: python -m pip install "keras-invariance[viewer]".',
        ) from error
    if model is not None and model.endswith(".kinv"):  # as a desktop opens it
        session, model = Path(model), None
    begun = None
    if any(one is not None for one in (model, data, shift, sample, session, method)):
        shown = load(session) if session is not None else Session()
        begun = started_with(
            shown,
            model=model,
            data=data,
            shift=shift,
            sample=sample,
            trusted=trust_model,
            methods=method or (),
        )
    sys.exit(run(Start(begun, renderer, theme)))
