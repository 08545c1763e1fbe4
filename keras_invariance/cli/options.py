"""The methods' options as flags of the command line: their spelling, and their values as the library takes them."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import typer

from ..errors import MethodError

if TYPE_CHECKING:
    import numpy as np

    from ..network import Network

_PANEL = "Options of the method (see `keras-invariance methods`)"
_BOUND = "a number, or an .npy file"
_WORDS = {"True": True, "False": False, "None": None}


def _option(flag: str, text: str) -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(flag, help=text, rich_help_panel=_PANEL)
    return option


Steps: TypeAlias = Annotated[
    str | None, _option("--steps", "Steps of the path from the reference to the image; auto: as many as it needs.")
]
Tolerance: TypeAlias = Annotated[
    float | None, _option("--tolerance", "With --steps auto: how far a map may be off, as a share of itself.")
]
Reference: TypeAlias = Annotated[
    str | None, _option("--reference", "Where the path starts: zero, black, an .npy file.")
]
Background: TypeAlias = Annotated[
    str | None,
    _option("--background", "Images that are compared with: a data set such as mnist/train[:32], an .npy file."),
]
Samples: TypeAlias = Annotated[
    int | None, _option("--samples", "Noisy copies of the image, or coalitions of segments.")
]
Sigma: TypeAlias = Annotated[float | None, _option("--sigma", "Standard deviation of the noise, in the image's units.")]
Seed: TypeAlias = Annotated[int | None, _option("--seed", "Seed of the noise, masks or coalitions.")]
Base: TypeAlias = Annotated[str | None, _option("--base", "The method that is run on the noisy copies.")]
Epsilon: TypeAlias = Annotated[float | None, _option("--epsilon", "Added to the denominators, away from zero.")]
Gamma: TypeAlias = Annotated[float | None, _option("--gamma", "How far positive parts are favoured.")]
Bias: TypeAlias = Annotated[str | None, _option("--bias", "absorb or ignore: whether biases take relevance.")]
Low: TypeAlias = Annotated[str | None, _option("--low", f"Least value a pixel can have: {_BOUND}.")]
High: TypeAlias = Annotated[str | None, _option("--high", f"Largest value a pixel can have: {_BOUND}.")]
Layer: TypeAlias = Annotated[
    str | None, _option("--layer", "Where class activation maps are taken: a spatial layer, as `inspect` prints it.")
]
Signed: TypeAlias = Annotated[
    bool | None, _option("--signed/--no-signed", "Whether class activation maps keep their negative values.")
]
Blank: TypeAlias = Annotated[
    str | None, _option("--value", "What stands for hidden pixels: zero, black, a number, an .npy file.")
]
Window: TypeAlias = Annotated[int | None, _option("--window", "Side of the window that is blanked, in pixels.")]
Stride: TypeAlias = Annotated[int | None, _option("--stride", "How far windows stand apart, in pixels.")]
Masks: TypeAlias = Annotated[int | None, _option("--masks", "How many random masks.")]
Cell: TypeAlias = Annotated[int | None, _option("--cell", "How far the nodes of a random mask lie apart, in pixels.")]
Segments: TypeAlias = Annotated[
    str | None, _option("--segments", "How an image is cut: slic, grid, an .npy file of whole numbers.")
]
Count: TypeAlias = Annotated[int | None, _option("--count", "About how many segments.")]
Width: TypeAlias = Annotated[float | None, _option("--width", "Width of LIME's kernel, a cosine distance.")]
Ridge: TypeAlias = Annotated[float | None, _option("--ridge", "Strength of LIME's ridge regression.")]
PatternFile: TypeAlias = Annotated[
    Path | None, _option("--patterns", "Patterns written by `keras-invariance patterns fit`.")
]
BatchSize: TypeAlias = Annotated[int | None, _option("--batch-size", "Images, steps or samples computed at once.")]


Methods: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--method",
        "--methods",
        help="Names with commas, groups (all, lrp, cam, shap, black-box, foreign, ...), or package.module:function. "
        "Repeatable.",
    ),
]


def method_names(given: list[str] | None, default: str) -> tuple[str, ...]:
    """The methods that were asked for, groups taken apart; each once, in the order of asking."""
    from ..methods.strangers import names_of

    return names_of(_split(given or [default]))


def check_named(methods: str, given: list[str] | None) -> None:
    """Raise an `ExplainerError` for a function that a folder's command names, and the user does not.

    What the user names is imported here.
    """
    from ..errors import ExplainerError
    from ..methods.catalogue import METHODS
    from ..methods.explainers import is_spelling
    from ..methods.strangers import names_of

    own = _split(given or [])
    names_of(own)
    strange = [name for name in _split([methods]) if is_spelling(name) and name not in own and name not in METHODS]
    if strange:
        raise ExplainerError(
            f"a folder that names the explainer {strange[0]}, which is not run on a file's word",
            "one that you name yourself",
            f"Name it beside --resume: --method {','.join(strange)}.",
        )


def _split(given: list[str]) -> list[str]:
    return [name.strip() for text in given for name in text.split(",")]


def method_options(given: Mapping[str, Any], network: "Network") -> dict[str, Any]:
    """The options that were given, {keyword: value}: files read, numbers turned into numbers; the rest left out.

    Raises
    ------
    MethodError
        For a value that is neither a number nor an .npy file where one is needed.
    PatternError
        For patterns that cannot be read or belong to another network.
    """
    return {name: _value(name, value, network) for name, value in given.items() if value is not None}


def spelled_option(text: str) -> tuple[str, Any]:
    """One METHOD.OPTION=VALUE: its name, and a number, True, False or None where the value is one."""
    name, _, value = text.partition("=")
    if value.capitalize() in _WORDS:
        return name, _WORDS[value.capitalize()]
    for kind in (int, float):
        with suppress(ValueError):
            return name, kind(value)
    return name, value


def options_by_method(given: list[str], methods: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """Method -> its own of the METHOD.OPTION=VALUE that were given; a `MethodError` for those of none."""
    from ..methods.options import own_options, split_option

    told = dict(spelled_option(text) for text in given)
    for key in told:
        if split_option(key)[0] not in methods:
            raise MethodError(f"--option {key}", f"METHOD.OPTION=VALUE of {', '.join(methods)}", "Correct its name.")
    return {method: own_options(method, told) for method in methods}


def _value(name: str, value: object, network: "Network") -> object:
    if name in {"low", "high"}:
        return _number_or_array(f"--{name}", str(value))
    if name == "steps" and value != "auto":
        return _steps(str(value))
    if name in {"reference", "background", "value", "segments"} and str(value).endswith(".npy"):
        return _array(str(value))
    if name == "value" and value not in ("zero", "black"):
        return _number_or_array("--value", str(value), f"zero, black, {_BOUND}")
    if name == "patterns":
        from .. import load_patterns

        return load_patterns(Path(str(value)), network)
    return value


def _steps(text: str) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise MethodError(f"--steps {text}", "a whole number, or auto", "For instance --steps 64.") from error


def _number_or_array(flag: str, text: str, expected: str = _BOUND) -> "float | np.ndarray":
    if text.endswith(".npy"):
        return _array(text)
    try:
        return float(text)
    except ValueError as error:
        raise MethodError(f"{flag} {text}", expected, f"For instance {flag} 0.") from error


def _array(path: str) -> "np.ndarray":
    from ..encodings.shift_values import read_array

    return read_array(Path(path))
