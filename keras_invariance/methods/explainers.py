"""Explainers of other people: how their functions are found, what they can be told, and where they came from.

A function takes (network, images, targets) and options by keyword, and returns maps. It is found by the name under
which an installed package offers it, the entry-point group `keras_invariance.methods`, or as `package.module:function`.
What is imported is what the user named, never what a file named.
"""

import inspect
import re
import sys
from collections.abc import Callable
from functools import lru_cache, partial
from hashlib import sha256
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points, packages_distributions, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeAlias
from warnings import warn

from ..errors import ExplainerError, MethodError

Explainer: TypeAlias = Callable[..., Any]

GROUP = "keras_invariance.methods"
"""The entry-point group: the name of a method -> where its function is."""

REQUIRED = "required"
"""Stands in the place of a default where there is none."""

SIGNATURE = "(network, images, targets, *, option=default)"
_SPELLING = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*:[^\W\d]\w*(\.[^\W\d]\w*)*")
_broken: dict[str, str] = {}


def is_spelling(name: str) -> bool:
    """Whether a name is a place, `package.module:function`, and no method's name."""
    return _SPELLING.fullmatch(name) is not None


def found(name: str) -> Explainer | None:
    """The function that a name means: an installed package's, or the one at that place; None where there is none.

    Raises
    ------
    ExplainerError
        The package's function, or the one at that place, cannot be imported.
    """
    if is_spelling(name):
        return imported(name)
    offered = {point.name: point for point in _points()}
    if name not in offered:
        return None
    function = _loaded(offered[name], told_by_error=True)
    if function is None:
        raise ExplainerError(
            f"the method {name!r} of an installed package: {_broken[name]}",
            "a function that can be imported and was registered",
            "Mend or update the package.",
        )
    return function


def entry_point_names() -> tuple[str, ...]:
    """The names that installed packages offer, and whose own needs are installed; none of their code is run."""
    return tuple(dict.fromkeys(point.name for point in _points() if _complete(point)))


def load_entry_points() -> None:
    """Import what installed packages offer, which registers it; one that is broken is one line of warning."""
    for point in _points():
        if _complete(point):
            _loaded(point)


def imported(spelling: str) -> Explainer:
    """The function at `package.module:function`, looked for in the working folder first, as `python -m` does.

    Raises
    ------
    ExplainerError
        The module cannot be imported, or has nothing of that name that can be called.
    """
    module, _, name = spelling.partition(":")
    try:
        value = _module(module)
        for part in name.split("."):
            value = getattr(value, part)
    except AttributeError as error:
        raise ExplainerError(
            f"{spelling}: the module {module} has no {name!r}", "a function of that module", "Check the spelling."
        ) from error
    except (Exception, SystemExit) as error:  # whatever stands in a stranger's module
        raise ExplainerError(
            f"{spelling}, which cannot be imported: {told(error)}",
            f"a module that Python finds from {Path.cwd()}",
            "Check the spelling, change to its folder, or install it.",
        ) from error
    if not callable(value):
        raise ExplainerError(f"{spelling}, a {type(value).__name__}", f"a function {SIGNATURE}", "Name another.")
    return value


def options_of(function: Explainer) -> dict[str, Any]:
    """What a function can be told, from its signature: parameters by keyword with their defaults.

    Raises
    ------
    MethodError
        It cannot be called with a network, images and targets.
    """
    try:
        signature = inspect.signature(function)
        signature.bind_partial(*"nit")
    except (TypeError, ValueError) as error:
        raise _unfit(function, str(error)) from error
    kinds = inspect.Parameter
    further = list(signature.parameters.values())
    if not any(one.kind is kinds.VAR_POSITIONAL for one in further):
        further = further[3:]
    options = {}
    for one in further:
        if one.kind in (kinds.VAR_POSITIONAL, kinds.VAR_KEYWORD):
            continue
        if one.kind is not kinds.KEYWORD_ONLY and one.default is one.empty:
            raise _unfit(function, f"it wants {one.name!r} as well")
        options[one.name] = REQUIRED if one.default is one.empty else one.default
    return options


def about_of(function: Explainer) -> str:
    """The first line of a function's docstring."""
    lines = (inspect.getdoc(_inner(function)) or "").strip().splitlines()
    return lines[0] if lines else ""


def spelling_of(function: Explainer) -> str:
    """Where a function is, `module:function`."""
    inner = _inner(function)
    return f"{inner.__module__}:{inner.__qualname__}"


def provenance_of(function: Explainer) -> str:
    """Where a function came from: the version of the installed package, or a hash of its file, and its place."""
    inner = _inner(function)
    return f"{_version(inner.__module__, inner)}, {spelling_of(function)}"


def told(error: BaseException) -> str:
    """An error in one line: its kind and its words."""
    words = " ".join(str(error).split())
    return f"{type(error).__name__}: {words if len(words) <= 300 else f'{words[:297]}...'}"


def _points() -> list[EntryPoint]:
    return list(entry_points(group=GROUP))


def _complete(point: EntryPoint) -> bool:
    """Whether what a function needs is installed: the extras that it names, each after the module that it brings."""
    return all(find_spec(extra) is not None for extra in point.extras)


def _loaded(point: EntryPoint, *, told_by_error: bool = False) -> Explainer | None:
    """An entry point's function; None where it is broken, and a warning the first time unless an error tells it."""
    try:
        function: Explainer = point.load()
        if callable(function):
            return function
        why = f"{point.value} is a {type(function).__name__}"
    except (Exception, SystemExit) as error:  # noqa: BLE001  whatever stands in a stranger's module
        why = told(error)
    first = point.name not in _broken
    _broken[point.name] = why
    if first and not told_by_error:
        warn(f"the method {point.name!r} of an installed package is left out: {why}", RuntimeWarning, stacklevel=2)
    return None


def _module(name: str) -> Any:
    """A module, looked for in the working folder first, which stays last on the path for what it imports later."""
    here = str(Path.cwd())
    sys.path.insert(0, here)
    try:
        return import_module(name)
    finally:
        sys.path.remove(here)
        if here not in sys.path and "" not in sys.path:
            sys.path.append(here)


def _unfit(function: Explainer, why: str) -> MethodError:
    name = getattr(function, "__name__", type(function).__name__)
    return MethodError(f"{name}, which cannot explain: {why}", f"a function {SIGNATURE}", "Change its parameters.")


def _inner(function: Any) -> Any:
    """The function itself, or the class of an object that can be called; what `partial` wraps."""
    while isinstance(function, partial):
        function = function.func
    return function if hasattr(function, "__qualname__") else type(function)


def _version(module: str, function: Any) -> str:
    file = getattr(sys.modules.get(module), "__file__", None)
    installed = file is None or {"site-packages", "dist-packages"} & set(Path(file).parts)
    owners = _distributions().get(module.partition(".")[0], ()) if installed and module != "__main__" else ()
    if owners:
        return f"{owners[0]} {version(owners[0])}"
    if file is not None and Path(file).is_file():
        return f"{Path(file).name} {sha256(Path(file).read_bytes()).hexdigest()[:12]}"
    code = getattr(function, "__code__", None)
    content = repr((code.co_code, code.co_names, code.co_consts)) if code is not None else repr(function)
    return f"no file {sha256(content.encode()).hexdigest()[:12]}"


@lru_cache
def _distributions() -> dict[str, list[str]]:
    return {name: list(owners) for name, owners in packages_distributions().items()}
