"""An audit of the shipped network on a few digits, run once from beginning to end."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest

import keras_invariance as ki
from keras_invariance.datasets import Dataset, as_dataset
from keras_invariance.judging.invariance import Result, audit
from keras_invariance.models import path
from keras_invariance.network import Network

SHIFTS = ("constant:-1", "checkerboard:4")
METHODS = ("gradient", "gradient-times-input", "integrated-gradients", "smoothgrad", "pattern-net")
OPTIONS = {"integrated-gradients.steps": 4, "smoothgrad.samples": 2}
IMAGES, SHARD = 20, 8


@pytest.fixture(scope="session")
def network() -> Network:
    return ki.load_network(path("mnist_mlp"))


@pytest.fixture(scope="session")
def data() -> Dataset:
    return ki.datasets.load(f"mnist/test[:{IMAGES}]")


def run(network: Network, data: Dataset, out: Path, **changed: object) -> list[object]:
    asked = {"shifts": SHIFTS, "methods": METHODS, "options": OPTIONS, "shard": SHARD, **changed}
    return list(audit(network, data, out, **asked))


@pytest.fixture(scope="session")
def finished(network: Network, data: Dataset, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Result]]:
    out = tmp_path_factory.mktemp("audits") / "whole"
    return out, [step for step in run(network, data, out) if isinstance(step, Result)]


@pytest.fixture(scope="session")
def small() -> Network:
    """6 x 6 grey pixels, a dense layer with ReLU, 3 logits."""
    import keras

    keras.utils.set_random_seed(3)
    layers = [keras.Input((6, 6, 1)), keras.layers.Flatten(), keras.layers.Dense(12, "relu"), keras.layers.Dense(3)]
    return ki.load_network(keras.Sequential(layers, name="small"))


@pytest.fixture(scope="session")
def few() -> Dataset:
    """Sixteen images for it, in [0, 1]."""
    return as_dataset(np.random.default_rng(0).random((16, 6, 6, 1), np.float32))


def verdicts(steps: Iterable[object]) -> dict[tuple[str, str], str]:
    """Shift and explanation -> the verdict."""
    found = [step for step in steps if isinstance(step, Result)]
    return {(one.question.shift, one.question.name): one.verdict for one in found}
