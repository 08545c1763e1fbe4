"""Every method under its name: this package's, then the explainers that were registered; groups of them.

This module imports no TensorFlow.
"""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from ..errors import MethodError
from .built_in import BUILT_IN, QUICK
from .explainers import REQUIRED, about_of, entry_point_names, found, load_entry_points, spelling_of
from .explainers import options_of as signature_options
from .row import Method, Seed

__all__ = [
    "BUILT_IN",
    "FOREIGN",
    "GROUPS",
    "METHODS",
    "QUICK",
    "REQUIRED",
    "Method",
    "Seed",
    "added",
    "foreign",
    "group",
    "known_method",
    "of_function",
]

FOREIGN = "foreign"
"""The family of explainers that are not this package's."""

INSTALL = 'Install other libraries, python -m pip install "keras-invariance[foreign]", or register a method.'

_registered: dict[str, Method] = {}


class _Catalogue(Mapping[str, Method]):
    """The methods of this package, then the explainers that were registered until now; reading it imports nothing."""

    def __getitem__(self, name: str) -> Method:
        return BUILT_IN[name] if name in BUILT_IN else _registered[name]

    def __iter__(self) -> Iterator[str]:
        return iter((*BUILT_IN, *_registered))

    def __len__(self) -> int:
        return len(BUILT_IN) + len(_registered)


METHODS: Mapping[str, Method] = _Catalogue()

GROUPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "smoothed": ("smoothed",),
        "rectified": ("rectified",),
        "lrp": ("relevance",),
        "patterns": ("patterns",),
        "cam": ("class activation",),
        "shap": ("reference",),
        "black-box": ("black box",),
        "attention": ("attention",),
        FOREIGN: (FOREIGN,),
    }
)
"""Group -> the families whose methods it means, wherever several methods can be named; `all` means this package's."""


def group(name: str) -> tuple[str, ...]:
    """The methods of a group, with installed packages' for `foreign`; raises a `MethodError` where it has none."""
    if name == "all":
        return tuple(BUILT_IN)
    if name == FOREIGN:
        load_entry_points()
    found = tuple(one for one, method in METHODS.items() if method.family in GROUPS[name])
    if not found:
        raise MethodError(
            f"the group {name!r}, which is empty",
            f"one of {', '.join(('all', *GROUPS))}",
            INSTALL if name == FOREIGN else "Register one, or choose.",
        )
    return found


def known_method(method: "str | Method | Callable[..., Any]") -> Method:
    """A method by its name, or itself, or a function's; a `MethodError` lists the names where there is none.

    A name that nobody registered is looked for among the entry points of installed packages, and `module:function` is
    imported.
    """
    if isinstance(method, Method):
        return method
    if not isinstance(method, str):
        return of_function(method)
    if method in METHODS:
        return METHODS[method]
    function = found(method)  # importing it may register it
    if function is not None and method not in METHODS:
        row = of_function(function)
        return row if row.name in METHODS else added(row)
    if method not in METHODS:
        names = ", ".join(dict.fromkeys((*METHODS, *entry_point_names())))
        raise MethodError(
            f"the method {method!r}",
            f"one of {names}; where several can be named, a group: {', '.join(('all', *GROUPS))}",
            "Check the spelling, or name a function: package.module:function.",
        )
    return METHODS[method]


def of_function(function: Callable[..., Any]) -> Method:
    """The row under which a function was registered, or one of its own: it has no law then."""
    for row in _registered.values():
        if row.function is function:
            return row
    return foreign(spelling_of(function), function, law=None)


def foreign(name: str, function: Callable[..., Any], *, law: str | None, source: str = "", about: str = "") -> Method:
    """The row of somebody else's function; raises a `MethodError` where it cannot be called as an explainer."""
    options = {**signature_options(function), "batch_size": None}
    told = source or spelling_of(function), about or about_of(function)
    return Method(name, FOREIGN, "", *told, "foreign:ForeignAnalyzer", options, law=law, function=function)


def added(row: Method) -> Method:
    """A row of somebody else's, in the catalogue from now on."""
    _registered[row.name] = row
    return row
