"""The versions of the programs that compute; a plan names them, since other versions may give other numbers."""

import platform
from importlib.metadata import version

__version__ = version("keras-invariance")
"""This program's own, as it was installed."""


def installed(*others: str) -> dict[str, str]:
    """Program -> its version: this one, Python, TensorFlow, Keras, NumPy, and others by their distributions' names."""
    own = {"keras_invariance": __version__, "Python": platform.python_version()}
    return {**own, **{program: version(program) for program in ("tensorflow", "keras", "numpy", *others)}}
