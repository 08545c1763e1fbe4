"""Small networks and rows that the tests of the paper share."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from keras_invariance.paper.cases import GRADIENT, Case
from keras_invariance.paper.catalogue import said_of
from keras_invariance.paper.rows import Row

if TYPE_CHECKING:
    import keras

    from keras_invariance.paper.sides import Side


def small_model(seed: int = 0) -> "keras.Model":
    import keras

    layers = keras.layers
    drawn = {"kernel_initializer": keras.initializers.GlorotUniform(seed), "bias_initializer": "ones"}
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Flatten(),
            layers.Dense(12, activation="relu", **drawn),
            layers.Dense(10, **drawn),
        ],
        name="small",
    )


@pytest.fixture(scope="session")
def side() -> "Side":
    import keras_invariance as ki
    from keras_invariance.paper.sides import Side, on_grid

    mean = on_grid(np.linspace(0, 1, 784).reshape(28, 28, 1))
    return Side(ki.load_network(small_model()), np.zeros_like(mean), mean, np.zeros_like(mean))


@pytest.fixture(scope="session")
def originals() -> np.ndarray:
    from keras_invariance.paper.sides import on_grid

    return on_grid(np.random.default_rng(0).random((4, 28, 28, 1)))


@pytest.fixture
def row() -> Callable[..., Row]:
    def made(case: Case = GRADIENT, verdict: str = "invariant", apart: float = 0.0, **changed: object) -> Row:
        scores = dict.fromkeys(
            ("relative_l2", "worst_relative_l2", "float64_relative_l2", "largest_difference"), apart
        ) | dict.fromkeys(("cosine", "spearman", "ssim", "top_k_overlap"), 1.0)
        values = {
            "network": "mnist_mlp",
            "shift": "constant shift",
            "case": case,
            "claim": "",
            "verdict": verdict,
            "images": 10,
            "violations": 10 if verdict == "sensitive" else 0,
            "interval": (0.0, 0.3),
            "scores": scores,
        }
        made = Row(**{**values, **changed})  # type: ignore[arg-type]
        return made if "claim" in changed else replace(made, claim=said_of(made))

    return made
