"""Which saliency maps of a Keras model can be trusted: methods, shifted twins, scores and verdicts."""

from importlib import import_module
from typing import TYPE_CHECKING

from .moved import SHORT, install

if TYPE_CHECKING:
    from . import datasets, rules
    from .comparison.pairs import explain_pair
    from .comparison.scores import Scores, compare
    from .encodings import shifts
    from .integrations import keras_callback as callbacks
    from .judging import randomization
    from .judging.invariance import audit
    from .judging.randomization import randomize
    from .methods import METHODS, analyzer, explain, method, register
    from .methods.composite import composite
    from .network import Network, load_network
    from .patterns import Patterns, fit_patterns, load_patterns
    from .reports.frames import frame
    from .reports.plot import plot
    from .twins import shifted_twin
    from .versions import __version__

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
    "composite",
    "datasets",
    "explain",
    "explain_pair",
    "fit_patterns",
    "frame",
    "load_network",
    "load_patterns",
    "method",
    "plot",
    "randomization",
    "randomize",
    "register",
    "rules",
    "shifted_twin",
    "shifts",
]

# Public name -> the module that holds it. Resolved at first use, so that importing the package costs no TensorFlow.
_HOMES = {
    "METHODS": "methods",
    "Network": "network",
    "Patterns": "patterns",
    "Scores": "comparison.scores",
    "__version__": "versions",
    "analyzer": "methods",
    "audit": "judging.invariance",
    "compare": "comparison.scores",
    "composite": "methods.composite",
    "explain": "methods",
    "explain_pair": "comparison.pairs",
    "fit_patterns": "patterns",
    "frame": "reports.frames",
    "load_network": "network",
    "load_patterns": "patterns",
    "method": "methods",
    "plot": "reports.plot",
    "randomize": "judging.randomization",
    "register": "methods",
    "shifted_twin": "twins",
}
install()


def __getattr__(name: str) -> object:
    """Import a public name, or one of the public modules, when it is first used."""
    if name in ("datasets", "rules") or name in SHORT:
        return import_module(f"{__name__}.{SHORT.get(name, name)}")
    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
