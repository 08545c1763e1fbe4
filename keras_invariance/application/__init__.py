"""The application layer: what the command line, the viewer and programs of third parties are built on.

Everything is opened by name, as users spell it; nothing heavy is imported before it is used, so that a window can
import this package in the process that must not import TensorFlow.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..comparison.pairs import Pair, TwinCheck, explain_pair, paired, twin_check
    from ..comparison.scores import SCORES, Scores, compare
    from ..comparison.verdicts import Finding, judge
    from ..encodings.cat import CAT, cat
    from ..encodings.shift_values import targeted_values
    from ..methods.catalogue import METHODS, REQUIRED
    from ..methods.explainers import entry_point_names
    from ..methods.strangers import is_name, spelled_names
    from ..network.execution.interruption import interruptible
    from ..reports.files import result_folder, write_bytes, write_text
    from ..reports.heatmap import heatmap, picture
    from .data import data_spellings, data_splits, open_data
    from .explanations import Written, written_explanation
    from .inspection import Inspection, inspect_network
    from .networks import class_names, open_network
    from .patterns import PATTERNS_DATA, fitted_patterns
    from .pictures import Picture, pictures
    from .quiet_import import import_tensorflow

# Name -> the module that holds it.
_HOMES = {
    "CAT": "encodings.cat",
    "Finding": "comparison.verdicts",
    "Inspection": "application.inspection",
    "METHODS": "methods.catalogue",
    "PATTERNS_DATA": "application.patterns",
    "Pair": "comparison.pairs",
    "Picture": "application.pictures",
    "REQUIRED": "methods.catalogue",
    "SCORES": "comparison.scores",
    "Scores": "comparison.scores",
    "TwinCheck": "comparison.pairs",
    "Written": "application.explanations",
    "cat": "encodings.cat",
    "class_names": "application.networks",
    "compare": "comparison.scores",
    "data_spellings": "application.data",
    "data_splits": "application.data",
    "entry_point_names": "methods.explainers",
    "explain_pair": "comparison.pairs",
    "fitted_patterns": "application.patterns",
    "heatmap": "reports.heatmap",
    "import_tensorflow": "application.quiet_import",
    "inspect_network": "application.inspection",
    "interruptible": "network.execution.interruption",
    "is_name": "methods.strangers",
    "judge": "comparison.verdicts",
    "open_data": "application.data",
    "open_network": "application.networks",
    "paired": "comparison.pairs",
    "picture": "reports.heatmap",
    "pictures": "application.pictures",
    "result_folder": "reports.files",
    "spelled_names": "methods.strangers",
    "targeted_values": "encodings.shift_values",
    "twin_check": "comparison.pairs",
    "write_bytes": "reports.files",
    "write_text": "reports.files",
    "written_explanation": "application.explanations",
}
__all__ = [
    "CAT",
    "METHODS",
    "PATTERNS_DATA",
    "REQUIRED",
    "SCORES",
    "Finding",
    "Inspection",
    "Pair",
    "Picture",
    "Scores",
    "TwinCheck",
    "Written",
    "cat",
    "class_names",
    "compare",
    "data_spellings",
    "data_splits",
    "entry_point_names",
    "explain_pair",
    "fitted_patterns",
    "heatmap",
    "import_tensorflow",
    "inspect_network",
    "interruptible",
    "is_name",
    "judge",
    "open_data",
    "open_network",
    "paired",
    "picture",
    "pictures",
    "result_folder",
    "spelled_names",
    "targeted_values",
    "twin_check",
    "write_bytes",
    "write_text",
    "written_explanation",
]


def __getattr__(name: str) -> object:
    """Import a name when it is first used."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"..{_HOMES[name]}", __name__), name)


def __dir__() -> list[str]:
    return sorted(__all__)
