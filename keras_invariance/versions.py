"""The versions of the programs that compute; a plan names them, since other versions may give other numbers."""

import platform
from collections.abc import Mapping
from importlib.metadata import version

__version__ = version("keras-invariance")
"""This program's own, as it was installed."""


def installed(*others: str) -> dict[str, str]:
    """Program -> its version: this one, Python, TensorFlow, Keras, NumPy, and others by their distributions' names."""
    own = {"keras_invariance": __version__, "Python": platform.python_version()}
    return {**own, **{program: version(program) for program in ("tensorflow", "keras", "numpy", *others)}}


def different(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """The programs whose versions may give other numbers.

    Of this program the first two numbers count: what changes its numbers by more than rounding raises the second.
    """
    return [name for name in now if _counting(name, before.get(name, "")) != _counting(name, now[name])]


def _counting(program: str, number: str) -> str:
    return ".".join(number.split(".")[:2]) if program == "keras_invariance" else number
