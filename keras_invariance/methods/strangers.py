"""Somebody else's methods by name, in lists and in files: where they came from, and who may have them imported."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..errors import ExplainerError
from .catalogue import FOREIGN, GROUPS, METHODS, Method, added, foreign, group, known_method
from .explainers import entry_point_names, found, imported, is_spelling, provenance_of, spelling_of


def names_of(methods: Sequence[str | Method | Callable[..., Any]]) -> tuple[str, ...]:
    """The names of methods, each once, groups taken apart; a function has its registered name, or that of its place.

    Raises
    ------
    MethodError
        There is no such method, or a function has no place: it is defined within another, or has no name.
    """
    return tuple(dict.fromkeys(name for one in methods for name in _names(one)))


def spelled_names(methods: Sequence[str]) -> tuple[str, ...]:
    """The same of names, with nothing imported: for a process that only hands them on."""
    return tuple(dict.fromkeys(name for one in methods for name in _spelled(one)))


def is_name(method: str) -> bool:
    """Whether a text may be a method's: one of the catalogue, what an installed package offers, or a place."""
    return method in METHODS or is_spelling(method) or method in entry_point_names()


def _spelled(method: str) -> tuple[str, ...]:
    if is_name(method):
        return (method,)
    if method == FOREIGN:
        return entry_point_names()
    return group(method) if method in ("all", *GROUPS) else (known_method(method).name,)


def _names(method: str | Method | Callable[..., Any]) -> tuple[str, ...]:
    grouped = isinstance(method, str) and method not in METHODS and method in ("all", *GROUPS)
    return group(str(method)) if grouped else (_name(method),)


def _name(method: str | Method | Callable[..., Any]) -> str:
    row = known_method(method)
    if METHODS.get(row.name) is row:
        return row.name
    if row.function is None or "<" in row.name:
        raise ExplainerError(
            f"{row.name}, which has no name that others could find it by",
            "a method of the catalogue, or a function of a module",
            f"Register it: ki.register('my-method', {row.name.rpartition(':')[2] or 'function'}, law=...).",
        )
    taken = METHODS.get(row.name)
    if taken is not None and taken.function is not row.function and "__main__" not in row.name:
        raise ExplainerError(f"{row.name}, two functions of one place", "one", "Register one under a name of its own.")
    return added(row).name


def provenances(methods: Sequence[str]) -> dict[str, str]:
    """Each of somebody else's methods -> where it came from."""
    functions = {name: METHODS[name].function for name in methods}
    return {name: provenance_of(function) for name, function in functions.items() if function is not None}


def check_named(explainers: Mapping[str, str]) -> None:
    """Raise an `ExplainerError` for those that nobody registered and no installed package offers.

    Names stand in files that may be anybody's. So what they name is not imported, unless the user names it.
    """
    for name, provenance in explainers.items():
        if name in METHODS:
            continue
        if name in entry_point_names():
            found(name)
        if name not in METHODS:
            raise ExplainerError(
                f"a folder that names the explainer {name} ({provenance}), which is not run on a file's word",
                "one that you name yourself, or that was registered",
                f"Name it again: --method {name}, or its module:function; in Python, register it first.",
            )


def places(explainers: Mapping[str, str]) -> dict[str, tuple[str, str, str, str]]:
    """How another process finds them: name -> (where the function is, law, source, about), all of them texts.

    Raises
    ------
    ExplainerError
        One lies in the program that was started, which other processes cannot import.
    """
    found_at = {}
    for name in explainers:
        row = METHODS[name]
        if row.function is None:
            continue
        place = spelling_of(row.function)
        if place.startswith("__main__:") or "<" in place:
            raise ExplainerError(
                f"{name}, which is defined in the program itself",
                "a function of a module that workers can import",
                "Put it into a file of its own, and import it.",
            )
        found_at[name] = place, row.law or "", row.source, row.about
    return found_at


def received(handed: Mapping[str, tuple[str, str, str, str]]) -> None:
    """Import what another process handed over by its place, and have it under its name here."""
    for name, (place, law, source, about) in handed.items():
        function = imported(place)
        if name not in METHODS:
            added(foreign(name, function, law=law or None, source=source, about=about))
