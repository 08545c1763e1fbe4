"""What tests share: quiet TensorFlow, the tests' own package on the path, and networks that are loaded once."""

import os
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import keras_invariance as ki

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(Path(__file__).parents[1]))


@pytest.fixture(scope="session")
def network() -> "Callable[[str], ki.Network]":
    """The loaded network of a case of `tests.networks`, by name; read once per session."""
    import keras_invariance as ki
    from tests.networks import case

    @cache
    def loaded(name: str) -> "ki.Network":
        return ki.load_network(case(name).model)

    return loaded


@pytest.fixture(autouse=True)
def no_cache_from_before(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test starts with an empty cache folder of its own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))


@pytest.fixture(autouse=True)
def no_explainer_from_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test registers is forgotten behind it."""
    from keras_invariance.methods import catalogue, explainers

    monkeypatch.setattr(catalogue, "_registered", dict(catalogue._registered))
    monkeypatch.setattr(explainers, "_broken", dict(explainers._broken))
