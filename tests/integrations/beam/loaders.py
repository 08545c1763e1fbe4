"""How the tests' workers come by a network and images: functions that can be pickled, and that leave traces."""

import os
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import keras_invariance as ki
from keras_invariance.datasets import Dataset
from keras_invariance.network import Network


@dataclass(frozen=True)
class Nothing:
    """A job without work."""

    def build(self, pipeline: Any) -> None:
        """Lay out no work."""


def network(model: Any, traces: Path | None = None) -> Network:
    """A network, and a trace of each time that a process loads it."""
    if traces is not None:
        with (traces / f"{os.getpid()}").open("a") as file:
            file.write("loaded\n")
    return ki.load_network(model)


def exact(model: Any) -> Network:
    """A network in float64."""
    return network(model).astype("float64")


def images(path: Path) -> Dataset:
    """A data set from a file."""
    return ki.datasets.load(path)


def dying(model: Any, driver: int, flag: Path) -> Network:
    """A network; but the first worker that asks for it is killed."""
    if os.getpid() != driver and not flag.exists():
        flag.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return network(model)


def always_dying(model: Any, driver: int) -> Network:
    """A network for one process; any other is killed that asks for it."""
    if os.getpid() != driver:
        os.kill(os.getpid(), signal.SIGKILL)
    return network(model)


def other(model: Any, different: Any, driver: int) -> Network:
    """One network for one process, another one for all others."""
    return network(model if os.getpid() == driver else different)


def written(path: Path, count: int, shape: tuple[int, ...]) -> Path:
    """A file of random images."""
    values = np.random.default_rng(5).normal(size=(count, *shape)).astype(np.float32)
    np.savez(path, images=values)
    return path
