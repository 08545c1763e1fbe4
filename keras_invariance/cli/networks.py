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
InputShape: TypeAlias = Annotated[
    str | None,
    typer.Option("--input-shape", help="One image's shape, for models that leave it open: 224,224,3."),
]


def loaded(model: str, *, trust: bool = False, input_shape: str | None = None) -> "Network":
    """The network at a path, or the shipped network of that name; a path comes first.

    Raises
    ------
    ModelError
        If there is neither, the file cannot be read as a model, or `input_shape` is none.
    """
    path, shape = _path(model), None if input_shape is None else _shape(input_shape)
    import_tensorflow()
    from .. import load_network

    return load_network(path, input_shape=shape, trust=trust)


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


def _shape(text: str) -> tuple[int, ...]:
    sizes = text.split(",")
    if not all(size.strip().isdecimal() and int(size) > 0 for size in sizes):
        raise ModelError(f"--input-shape {text}", "whole numbers with commas", "For instance --input-shape 224,224,3.")
    return tuple(int(size) for size in sizes)
