"""The network that a command's MODEL names: a path, or a network shipped with the program."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from ..errors import ModelError
from .quiet import import_tensorflow

if TYPE_CHECKING:
    from ..network import Network

Model: TypeAlias = Annotated[
    str,
    typer.Argument(
        metavar="MODEL", help="A .keras or .h5 file, a SavedModel folder, or a shipped network: mnist_mlp, mnist_cnn."
    ),
]
TrustModel: TypeAlias = Annotated[
    bool,
    typer.Option("--trust-model", help="Run code that the model's file brings along (turns Keras' safe mode off)."),
]


def loaded(model: str, *, trust: bool = False) -> "Network":
    """The network at a path, or the shipped network of that name; a path comes first.

    Raises
    ------
    ModelError
        If there is neither, or the file cannot be read as a model.
    """
    path = _path(model)
    import_tensorflow()
    from .. import load_network

    return load_network(path, trust=trust)


def _path(model: str) -> Path:
    from ..models import NAMES
    from ..models import path as shipped

    if Path(model).exists():
        return Path(model)
    if model in NAMES:
        return Path(shipped(model))
    raise ModelError(
        f"{model}, which does not exist",
        f"a .keras or .h5 file, a SavedModel folder, or one of {', '.join(NAMES)}",
        "Check the path.",
    )
