"""Options: what each may be, the check that says so, and the key under which an answer is remembered."""

import hashlib
from collections.abc import Callable, Hashable, Mapping
from numbers import Integral, Real
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np

from ..errors import MethodError
from .catalogue import METHODS, REQUIRED, Method


def checked_options(method: Method, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """All options of a method: those given, checked, and the defaults of the rest.

    Raises
    ------
    MethodError
        An option is not one of the method's, has a value out of its range, or is missing.
    """
    for name in given:
        if name not in method.options:
            raise MethodError(
                f"the option {name!r} for {method.name}",
                f"one of {', '.join(method.options)}",
                "Leave it out, or choose a method that takes it: " + (_takers(name) or "there is none") + ".",
            )
    filled = {name: given.get(name, default) for name, default in method.options.items()}
    for name, value in filled.items():
        expected, fits = _check_of(method, name)
        if isinstance(value, str) and value == REQUIRED:
            raise MethodError(f"no {name} for {method.name}", expected, f"Give {name}=... when you ask for the method.")
        if not fits(value):
            raise MethodError(f"{name} = {_shown(value)} for {method.name}", expected, "Correct the value.")
        if name == "steps" and value == "auto" and "tolerance" not in method.options:
            raise MethodError(f"steps = 'auto' for {method.name}", "a whole number", "Use integrated-gradients for it.")
    if method.function is not None:
        return filled
    return {name: _kept(value) for name, value in filled.items()}


def key_of(options: Mapping[str, Any]) -> tuple[Hashable, ...]:
    """A key that is equal for equal options; arrays count by their contents, patterns and analyzers by identity."""
    return tuple((name, _hashable(value)) for name, value in sorted(options.items()))


def own_options(method: str, told: Mapping[str, Any]) -> dict[str, Any]:
    """A method's own of some options, "METHOD.OPTION" -> value; a method's name may have dots, as a module's has."""
    split = {key: split_option(key) for key in told}
    return {option: told[key] for key, (whose, option) in split.items() if whose == method}


def split_option(key: str) -> tuple[str, str]:
    """The method and the option of "METHOD.OPTION"."""
    method, _, option = key.rpartition(".")
    return method, option


def _check_of(method: Method, name: str) -> tuple[str, Callable[[Any], bool]]:
    """What an option may be; of somebody else's method, what its default is."""
    if method.function is None or name == "batch_size":
        return _CHECKS.get(name, _ANYTHING)
    default = method.options[name]
    kinds = {bool: _SWITCH, int: _WHOLE, float: _REAL, str: _TEXT}
    return _ANYTHING if default == REQUIRED else kinds.get(type(default), _ANYTHING)


def _kept(value: Any) -> Any:
    """A value as it is now: the caller may change an array of theirs later."""
    return np.array(value) if isinstance(value, np.ndarray | list | tuple) else value


def _hashable(value: Any) -> Hashable:
    if isinstance(value, list | tuple) and not _is_numeric(value):
        return (type(value).__name__, *map(_hashable, value))
    if isinstance(value, np.ndarray | list | tuple):
        array = np.asarray(value)
        return (array.shape, str(array.dtype), hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest())
    if isinstance(value, Hashable):
        return value
    return id(value)


def _takers(option: str) -> str:
    return ", ".join(name for name, method in METHODS.items() if option in method.options)


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


def _whole(least: int) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, Integral) and not isinstance(value, bool) and int(value) >= least


def _real(least: float) -> Callable[[Any], bool]:
    return lambda value: (
        isinstance(value, Real)
        and not isinstance(value, bool)
        and bool(np.isfinite(float(value)))
        and float(value) >= least
    )


def _is_numeric(value: Any) -> bool:
    try:
        array = np.asarray(value, np.float64)
    except (TypeError, ValueError):
        return False
    return bool(np.isfinite(array).all())


_BASES = tuple(name for name, method in METHODS.items() if REQUIRED not in map(str, method.options.values()))
"""Methods of this package: a draw of noise and a stranger's function cannot be traced together."""


def _is_base(value: Any) -> bool:
    """A method that needs no options, by name, or an analyzer of any method."""
    return value in _BASES if isinstance(value, str) else callable(value) and hasattr(value, "request")


def _is_name(value: Any) -> bool:
    return value is None or (isinstance(value, str) and bool(value))


def _is_reference(value: Any) -> bool:
    return value in ("zero", "black") if isinstance(value, str) else _is_numeric(value)


def _is_cut(value: Any) -> bool:
    if isinstance(value, str):
        return value in ("slic", "grid")
    return _is_numeric(value) and np.issubdtype(np.asarray(value).dtype, np.integer)


def _is_background(value: Any) -> bool:
    return isinstance(value, str) or (_is_numeric(value) and np.ndim(value) > 1)


_Check: TypeAlias = tuple[str, Callable[[Any], bool]]
_ANYTHING: _Check = ("a value", lambda _: True)
"""For the options of a user's own method that no other method takes."""

_SWITCH: _Check = ("True or False", lambda value: isinstance(value, bool))
_WHOLE: _Check = ("a whole number", lambda value: isinstance(value, Integral) and not isinstance(value, bool))
_REAL: _Check = ("a finite number", _real(-np.inf))
_TEXT: _Check = ("a text", lambda value: isinstance(value, str))
"""For somebody else's options, by what their defaults are."""

_CHECKS: Mapping[str, tuple[str, Callable[[Any], bool]]] = MappingProxyType(
    {
        "blur": ("a finite number above 0, in pixels", lambda value: _real(0.0)(value) and value > 0),
        "steps": (
            "a whole number of at least 1, or 'auto'",
            lambda value: value == "auto" if isinstance(value, str) else _whole(1)(value),
        ),
        "tolerance": ("a finite number above 0, a share of the map", lambda value: _real(0.0)(value) and value > 0),
        "samples": ("a whole number of at least 1", _whole(1)),
        "seed": ("a whole number of at least 0", _whole(0)),
        "batch_size": ("a whole number of at least 1, or None", lambda value: value is None or _whole(1)(value)),
        "sigma": ("a finite number of at least 0, in the images' units", _real(0.0)),
        "epsilon": ("a finite number of at least 0, in the logits' units", _real(0.0)),
        "gamma": ("a finite number of at least 0", _real(0.0)),
        "bias": ("'absorb' or 'ignore'", lambda value: value in ("absorb", "ignore")),
        "reference": ("'zero', 'black', or finite numbers that broadcast to one image", _is_reference),
        "value": ("'zero', 'black', or finite numbers that broadcast to one image", _is_reference),
        "window": ("a whole number of at least 1, or None", lambda value: value is None or _whole(1)(value)),
        "stride": ("a whole number of at least 1, or None", lambda value: value is None or _whole(1)(value)),
        "masks": ("a whole number of at least 1", _whole(1)),
        "cell": ("a whole number of at least 1, or None", lambda value: value is None or _whole(1)(value)),
        "segments": ("'slic', 'grid', or a whole number for each place", _is_cut),
        "count": ("a whole number of at least 1", _whole(1)),
        "width": ("a finite number above 0", lambda value: _real(0.0)(value) and value > 0),
        "ridge": ("a finite number of at least 0", _real(0.0)),
        "background": (
            "images [b, ...] as the network reads them, or a data set such as mnist/train[:32]",
            _is_background,
        ),
        "low": ("the least value of the network's own input, finite numbers", _is_numeric),
        "high": ("the largest value of the network's own input, finite numbers", _is_numeric),
        "base": (f"one of {', '.join(_BASES)}, or an analyzer of the same network", _is_base),
        "layer": ("the name of a spatial layer, as `keras-invariance inspect` prints it, or None", _is_name),
        "signed": ("True or False", lambda value: isinstance(value, bool)),
        "patterns": ("patterns from fit_patterns or load_patterns", lambda value: hasattr(value, "arrays_for")),
    }
)
