"""Registering: somebody else's function becomes a method with a name, everywhere that names are taken."""

from collections.abc import Callable
from typing import TypeVar

from ..errors import MethodError
from .catalogue import BUILT_IN, METHODS, added, foreign
from .explainers import Explainer, spelling_of
from .laws import LAWS

E = TypeVar("E", bound=Explainer)

_LAWS = "; ".join(f"{name!r}: {about}" for name, about in LAWS.items())


def register(name: str, function: Explainer, *, law: str | None = None, source: str = "", about: str = "") -> None:
    """Make a function a method under a name.

    Parameters
    ----------
    name
        As users spell it; not one of this package's.
    function
        (network, images, targets, *, option=default) -> maps. It is given a `Network`, images [n, *input_shape] and
        targets [n], whole numbers, of which it has copies, and returns numbers in the images' shape; for pictures,
        [n, h, w] and [n, h, w, 1] as well.
    law
        How its maps must follow another encoding of the images, one of `methods.laws.LAWS`; it has to be said.
    source
        Author and year; where the function is, if left out.
    about
        What it computes, in one sentence; the first line of its docstring, if left out.

    Raises
    ------
    MethodError
        The name is taken, the law is none, or the function cannot be called so.
    """
    if not name or name != name.strip() or any(letter in name for letter in ",:=/"):
        raise MethodError(f"the name {name!r}", "one without commas, colons, slashes and =", "Choose another.")
    if name in BUILT_IN:
        raise MethodError(f"the name {name!r}, which is taken", "one that no method has", "Choose another.")
    if law not in LAWS:
        came = "no law" if law is None else f"the law {law!r}"
        raise MethodError(f"{came} for {name}", f"one of {_LAWS}", 'Say how its maps follow: law="attribution", say.')
    row = foreign(name, function, law=law, source=source, about=about)
    before = METHODS.get(name)
    if before is not None and before.function is not None and spelling_of(before.function) != spelling_of(function):
        raise MethodError(
            f"the name {name!r}, which {spelling_of(before.function)} has", "one that is free", "Choose another."
        )
    added(row)


def method(name: str, *, law: str | None = None, source: str = "", about: str = "") -> Callable[[E], E]:
    """A decorator that registers a function as a method; what it is given is as for `register`.

    The function stays as it is.

    Raises
    ------
    MethodError
        As for `register`.
    """

    def registered(function: E) -> E:
        register(name, function, law=law, source=source, about=about)
        return function

    return registered
