"""Modules under the names that they had before the rooms were made: they still import, with a `DeprecationWarning`.

A finder in front of all others answers for the old names. It gives the module itself and not a copy, so that classes
are the same under both names. The modules that `ki.__all__` names, and `beam`, stay under their short names for good.
"""

import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from warnings import warn

SHORT: Mapping[str, str] = {
    "beam": "integrations.beam",
    "callbacks": "integrations.keras_callback",
    "randomization": "judging.sanity_checks",
    "shifts": "encodings.shifts",
}
"""Public modules -> where they lie."""

_RANDOMIZATION = ("copies", "curves", "experiment", "initialisers", "names", "orders", "parameters", "run")
_NETWORK: Mapping[str, Sequence[str]] = {
    "execution": ("agreement", "compiled", "replay"),
    "loading": ("batches", "keras_files", "load", "outputs", "safety", "saved_models", "selection"),
    "lowering": ("flatten", "lift", "traced"),
    "structure": (
        "affine",
        "compositions",
        "cuts",
        "head",
        "layers",
        "neurons",
        "operations",
        "padding",
        "roles",
        "table",
    ),
}

MOVED: Mapping[str, str] = {
    "analyzers": "methods",
    "audits": "judging.invariance",
    "audits.aims": "encodings.targeted",
    "audits.gates": "comparison.gate_flips",
    "confirmation": "comparison.confirmation",
    "estimators": "patterns.estimators",
    "event_files": "integrations.tensorboard",
    "inspection": "application.inspection",
    "moments": "patterns.moments",
    "pairs": "comparison.pairs",
    "paper.cat": "encodings.cat",
    "pattern_fit": "patterns.sums",
    "randomization.asked": "judging.checks",
    "randomization.converging": "judging.convergence",
    **{f"randomization.{name}": f"judging.randomization.{name}" for name in _RANDOMIZATION},
    "randomization.similarity": "judging.similarity",
    "randomization.softmax": "judging.softmax_shift",
    "randomization.study": "judging.study",
    "report": "reports",
    "scores": "comparison.scores",
    "shift_values": "encodings.shift_values",
    **{f"network.{name}": f"network.{room}.{name}" for room, names in _NETWORK.items() for name in names},
    "network.groups": "network.execution.grouped_convolutions",
    "network.interface": "network.structure.endpoints",
    "network.reasons": "network.loading.error_messages",
    "network.recent": "network.execution.cache",
    "network.trainee": "network.loading.training_network",
    "network.volumes": "network.execution.volume_pools",
    "targets": "network.targets",
    "twin_files": "twins.files",
    "verdicts": "comparison.verdicts",
}
"""Modules under their former names -> where they lie now. Gone with the next minor version."""

_ROOT = __package__ or ""


class MovedModules(MetaPathFinder, Loader):
    """Finds the modules of `SHORT` and `MOVED`, and those inside of them."""

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,  # noqa: ARG002
        target: ModuleType | None = None,  # noqa: ARG002
    ) -> ModuleSpec | None:
        """The specification of a module under a name that is not its own; None for any other name."""
        return ModuleSpec(fullname, self) if new_name(fullname) else None

    def create_module(self, spec: ModuleSpec) -> None:
        """Leave it to Python, which makes an empty one; `exec_module` puts the real one into its place."""

    def exec_module(self, module: ModuleType) -> None:
        """Put the module itself under the name that was asked for."""
        old = module.__name__
        new = new_name(old)
        if old.removeprefix(f"{_ROOT}.") not in SHORT:
            warn(f"{old} is now {new}: import it from there", DeprecationWarning, stacklevel=2)
        sys.modules[old] = import_module(new)


def new_name(fullname: str) -> str:
    """The name of the module that is meant by another one; empty where the name is its own."""
    root, _, rest = fullname.partition(".")
    if root != _ROOT:
        return ""
    parts = rest.split(".")
    for end in range(len(parts), 0, -1):
        home = MOVED.get(name := ".".join(parts[:end])) or SHORT.get(name)
        if home:
            return ".".join([_ROOT, home, *parts[end:]])
    return ""


def install() -> None:
    """Have Python ask here first, once."""
    if not any(isinstance(finder, MovedModules) for finder in sys.meta_path):
        sys.meta_path.insert(0, MovedModules())
