"""Which saliency maps of a Keras model can be trusted: methods, shifted twins, scores and verdicts."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from . import callbacks, datasets, randomization, shifts
    from .analyzers import METHODS, analyzer, explain
    from .audits import audit
    from .network import Network, load_network
    from .pairs import explain_pair
    from .patterns import Patterns, fit_patterns, load_patterns
    from .randomization import randomize
    from .report.frames import frame
    from .report.plot import plot
    from .scores import Scores, compare
    from .twins import shifted_twin

__version__ = "0.1.0"
__all__ = [
    "METHODS",
    "Network",
    "Patterns",
    "Scores",
    "__version__",
    "analyzer",
    "audit",
    "callbacks",
    "compare",
    "datasets",
    "explain",
    "explain_pair",
    "fit_patterns",
    "frame",
    "load_network",
    "load_patterns",
    "plot",
    "randomization",
    "randomize",
    "shifted_twin",
    "shifts",
]

# Public name -> the module that holds it. Resolved at first use, so that importing the package costs no TensorFlow.
_HOMES = {
    "METHODS": "analyzers",
    "analyzer": "analyzers",
    "audit": "audits",
    "explain": "analyzers",
    "explain_pair": "pairs",
    "Network": "network",
    "load_network": "network",
    "Patterns": "patterns",
    "fit_patterns": "patterns",
    "load_patterns": "patterns",
    "randomize": "randomization",
    "Scores": "scores",
    "frame": "report.frames",
    "plot": "report.plot",
    "compare": "scores",
    "shifted_twin": "twins",
}


def __getattr__(name: str) -> object:
    """Import a public name, or one of the public modules, when it is first used."""
    if name in {"callbacks", "datasets", "randomization", "shifts"}:
        return import_module(f"{__name__}.{name}")
    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
