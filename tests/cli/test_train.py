"""`train`: what it asks of the recipes, and what it refuses. The recipes themselves are tested with the models."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from keras_invariance import models


def test_the_recipe_gets_what_was_asked(run: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    asked = {}

    def train(name: str, out: Path, *, seed: int, epochs: int | None, progress: Callable) -> SimpleNamespace:
        progress(1, 2)
        asked.update(name=name, out=out, seed=seed, epochs=epochs)
        return SimpleNamespace(accuracy=0.9834, seconds=12.3)

    monkeypatch.setattr(models, "train", train)
    out = tmp_path / "new" / "mlp.keras"
    result = run("train", "mnist-mlp", "--seed", 3, "--epochs", 2, "--out", out)
    assert asked == {"name": "mnist-mlp", "out": out, "seed": 3, "epochs": 2}
    assert result.stdout == f"{out}: 98.34% of the test images, in 12 s\n"


def test_mistakes_are_one_line(refused: Callable, tmp_path: Path):
    (tmp_path / "file").touch()
    assert "'mnist-rnn'" in refused("train", "mnist-rnn", "--out", tmp_path / "rnn.keras")
    assert "ends in .keras" in refused("train", "mnist-mlp", "--out", tmp_path / "mlp.h5")
    assert "epochs=0" in refused("train", "mnist-mlp", "--epochs", 0, "--out", tmp_path / "mlp.keras")
    assert str(tmp_path / "file") in refused("train", "mnist-mlp", "--out", tmp_path / "file" / "mlp.keras")
