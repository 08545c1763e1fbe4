"""A small network and its images on disk, for workers in processes of their own."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.integrations.beam import loaders
from tests.networks import case

if TYPE_CHECKING:
    from keras_invariance.integrations.beam import Engine, Source

IMAGES, SHARD = 40, 5


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small convolutional network on disk."""
    path = tmp_path_factory.mktemp("model") / "cnn.keras"
    case("cnn").model.save(path)
    return path


@pytest.fixture(scope="session")
def images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Images for it, on disk."""
    return loaders.written(tmp_path_factory.mktemp("images") / "images.npz", IMAGES, case("cnn").oracle.input_shape)


@pytest.fixture
def source(model: Path, images: Path) -> "Source":
    """The network in float64, and its images."""
    from keras_invariance.integrations.beam import Source

    return Source(partial(loaders.exact, model), partial(loaders.images, images))


@pytest.fixture
def two_workers() -> "Engine":
    """The local runner with two processes."""
    from keras_invariance.integrations.beam import Engine

    return Engine("DirectRunner", ["--direct_num_workers=2"])
