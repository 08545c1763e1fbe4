"""The network that a command's MODEL names: a path or a shipped network, and which part of it is explained."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Concatenate, Literal, ParamSpec, TypeAlias, get_type_hints

import typer

from ..application import open_network
from ..errors import ModelError

if TYPE_CHECKING:
    import numpy as np

    from ..network import Network

P = ParamSpec("P")
_PANEL = "Which part of the model (see `keras-invariance inspect`)"


def _option(flag: str, text: str) -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(flag, help=text, rich_help_panel=_PANEL)
    return option


Model: TypeAlias = Annotated[
    str,
    typer.Argument(
        metavar="MODEL",
        help="A .keras or .h5 file, a SavedModel folder, or a network that ships: mnist_mlp, mnist_cnn, "
        "efficientnet_lite0.",
    ),
]
TrustModel: TypeAlias = Annotated[
    bool,
    typer.Option("--trust-model", help="Run code that the model's file brings along (turns Keras' safe mode off)."),
]
InputShape: TypeAlias = Annotated[
    str | None, _option("--input-shape", "One image's shape, for models that leave it open: 224,224,3.")
]
Signature: TypeAlias = Annotated[str | None, _option("--signature", "A SavedModel's signature.")]
Input: TypeAlias = Annotated[
    str | None, _option("--input", "The input to explain, or a layer inside whose output is explained.")
]
Output: TypeAlias = Annotated[str | None, _option("--output", "The output to explain.")]
Fixed: TypeAlias = Annotated[
    list[str] | None,
    _option("--fixed", "NAME=FILE.npy or NAME=NUMBER: what another input reads, for every image. Repeatable."),
]
Reduced: TypeAlias = Annotated[
    Literal["mean", "max"] | None, _option("--reduce", "Over all axes of the output but the last.")
]


@dataclass(frozen=True)
class Choice:
    """A MODEL and the options beside it, as they were typed.

    Attributes
    ----------
    model
        A path, or the name of a shipped network.
    options
        Keywords of `loaded`.
    """

    model: str
    options: Mapping[str, Any]

    def load(self) -> "Network":
        """The network that is meant; raises what `loaded` does."""
        return loaded(self.model, **self.options)


def with_model(command: Callable[Concatenate[Choice, P], None]) -> Callable[..., None]:
    """A command that takes MODEL and the options beside it, in the place of its first parameter, a `Choice`.

    Its first parameter is the choice; the rest are its own arguments and options:

        @with_model
        def inspect(model: Choice) -> None:
            network = model.load()
    """
    hints = get_type_hints(command, include_extras=True)
    own = list(inspect.signature(command).parameters.values())[1:]
    shared = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=hint, default=default)
        for name, (hint, default) in _SHARED.items()
    ]
    typed = [one.replace(annotation=hints[one.name], kind=inspect.Parameter.KEYWORD_ONLY) for one in own]

    @wraps(command)
    def run(*, model: str, **options: Any) -> None:
        chosen = {name: options.pop(name) for name in _SHARED}
        command(Choice(model, chosen), **options)  # type: ignore[call-arg]  # P is what Typer reads off

    first = inspect.Parameter("model", inspect.Parameter.KEYWORD_ONLY, annotation=Model)
    run.__signature__ = inspect.Signature([first, *typed, *shared])  # type: ignore[attr-defined]
    run.__annotations__ = {one.name: one.annotation for one in (first, *typed, *shared)}
    del run.__wrapped__  # or Typer would read the command's own parameters
    return run


_SHARED: Mapping[str, tuple[Any, Any]] = {
    "signature": (Signature, None),
    "input_name": (Input, None),
    "output_name": (Output, None),
    "fixed": (Fixed, None),
    "reduce": (Reduced, None),
    "input_shape": (InputShape, None),
    "trust_model": (TrustModel, False),
}


def loaded(
    model: str,
    *,
    signature: str | None = None,
    input_name: str | None = None,
    output_name: str | None = None,
    fixed: list[str] | None = None,
    reduce: Literal["mean", "max"] | None = None,
    input_shape: str | None = None,
    trust_model: bool = False,
) -> "Network":
    """The network at a path, or the shipped network of that name; a path comes first.

    Raises
    ------
    ModelError
        If there is neither, the file cannot be read as a model, or an option is spelled wrong or does not fit.
    """
    shape = None if input_shape is None else _shape(input_shape)
    values = dict(_value(text) for text in fixed or ())
    return open_network(
        model,
        trust=trust_model,
        input_shape=shape,
        signature=signature,
        input=input_name,
        output=output_name,
        fixed=values,
        reduce=reduce,
    )


def _shape(text: str) -> tuple[int, ...]:
    sizes = text.split(",")
    if not all(size.strip().isdecimal() and int(size) > 0 for size in sizes):
        raise ModelError(f"--input-shape {text}", "whole numbers with commas", "For instance --input-shape 224,224,3.")
    return tuple(int(size) for size in sizes)


def _value(text: str) -> "tuple[str, np.ndarray | int | float | bool]":
    """One --fixed: the input's name and its value."""
    name, _, value = text.partition("=")
    if not (name and value):
        raise _bad_fixed(text)
    if value.endswith(".npy"):
        return name, _array(text, Path(value))
    if value in {"true", "false"}:
        return name, value == "true"
    try:
        return name, int(value) if value.lstrip("+-").isdecimal() else float(value)
    except ValueError as error:
        raise _bad_fixed(text) from error


def _array(text: str, path: Path) -> "np.ndarray":
    import numpy as np

    try:
        return np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise ModelError(
            f"--fixed {text}, where no array can be read ({error})", "an .npy file", "Write it with np.save."
        ) from error


def _bad_fixed(text: str) -> ModelError:
    return ModelError(
        f"--fixed {text}", "NAME=FILE.npy, NAME=NUMBER, NAME=true or NAME=false", "For instance --fixed mask=mask.npy."
    )
