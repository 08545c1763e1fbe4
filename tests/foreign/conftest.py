"""The wrappers, registered for each test anew: every other test sees this package's methods alone."""

import sys
from importlib import import_module, reload

import pytest

MODULES = tuple(f"keras_invariance.foreign.of_{name}" for name in ("shap", "lime", "tf_keras_vis", "xplique"))


@pytest.fixture(autouse=True)
def registered(no_explainer_from_before: None) -> None:  # noqa: ARG001  comes first
    """What importing the modules registers."""
    for name in MODULES:
        if name in sys.modules:
            reload(sys.modules[name])
        else:
            import_module(name)
