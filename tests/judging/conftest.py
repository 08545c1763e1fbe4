"""A small trained-looking model of 8 x 8 pictures, its network, and a few images."""

from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import pytest
from keras import layers

import keras_invariance as ki
from keras_invariance.network import Network
from tests.networks.case import fill


def pictures(seed: int, **initialisers: object) -> keras.Model:
    """A convolution, a dense layer and three logits, filled with random weights that no initialiser draws."""
    model = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            layers.Conv2D(3, 3, activation="relu", **initialisers),
            layers.Flatten(),
            layers.Dense(6, activation="relu", **initialisers),
            layers.Dense(3, **initialisers),
        ],
        name="pictures",
    )
    fill(model, seed)
    return model


@pytest.fixture(scope="session")
def build() -> Callable[..., keras.Model]:
    return pictures


@pytest.fixture(scope="session")
def small() -> Network:
    return ki.load_network(pictures(1))


@pytest.fixture(scope="session")
def images() -> np.ndarray:
    return np.random.default_rng(0).uniform(0, 1, (4, 8, 8, 1)).astype(np.float32)


@pytest.fixture(scope="session")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Network:
    """The same network from a SavedModel folder, which has no initialisers."""
    folder = tmp_path_factory.mktemp("saved") / "pictures"
    model = pictures(1)
    model.export(folder, verbose=False)
    return ki.load_network(folder)


@pytest.fixture(scope="session")
def npz(tmp_path_factory: pytest.TempPathFactory, images: np.ndarray) -> Path:
    path = tmp_path_factory.mktemp("data") / "images.npz"
    np.savez(path, images=images)
    return path
