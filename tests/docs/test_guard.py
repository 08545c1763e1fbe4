"""The example that guards a model: it passes for the model in use, and fails for one whose explanations changed."""

import os
import subprocess
import sys
from pathlib import Path

import keras
import pytest

from keras_invariance.models import path

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "test_my_model.py"
QUESTIONS = 4 + 6


def guarded(model: Path, folder: Path) -> subprocess.CompletedProcess:
    """The example as a user runs it, in a process of its own."""
    command = [sys.executable, "-m", "pytest", "-q", "--rootdir", str(folder), "-p", "no:cacheprovider", str(EXAMPLE)]
    surroundings = {**os.environ, "MODEL": str(model), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(command, capture_output=True, text=True, env=surroundings, cwd=folder, check=False)


def in_front(layer: keras.layers.Layer) -> keras.Model:
    """The shipped network with a layer in front of it."""
    shipped = keras.models.load_model(path("mnist_cnn"))
    return keras.Sequential([keras.layers.Input((28, 28, 1)), layer, *shipped.layers])


@pytest.mark.slow
def test_the_model_in_use_passes(tmp_path: Path):
    done = guarded(path("mnist_cnn"), tmp_path)
    assert done.returncode == 0, done.stdout
    assert f"{QUESTIONS} passed" in done.stdout


def test_a_version_that_standardises_each_image_fails(tmp_path: Path):
    in_front(keras.layers.LayerNormalization(axis=(1, 2, 3))).save(tmp_path / "candidate.keras")
    done = guarded(tmp_path / "candidate.keras", tmp_path)
    assert done.returncode == 1
    failed = {line.split("::")[1].split(" ")[0] for line in done.stdout.splitlines() if line.startswith("FAILED")}
    shifts = ("constant:-1", "checkerboard:4")
    chosen = {f"test_a_chosen_method_explains_the_network_alone[lrp-flat-{shift}]" for shift in shifts}
    assert failed == chosen | {f"test_no_verdict_has_flipped[lrp-flat-{shift}]" for shift in shifts}
    assert "the difference does not fall" in done.stdout


@pytest.mark.slow
def test_a_version_whose_training_collapsed_fails(tmp_path: Path):
    model = in_front(keras.layers.Rescaling(0.0))
    last = model.layers[-2]  # its neurons are silent whatever they read
    last.set_weights([last.get_weights()[0], last.get_weights()[1] - 1e3])
    model.save(tmp_path / "candidate.keras")
    done = guarded(tmp_path / "candidate.keras", tmp_path)
    assert done.returncode == 1
    assert "6 failed, 4 passed" in done.stdout  # lrp-flat spreads its relevance whatever the neurons do
    assert "both maps are zero in 16 of 16 images, which is no evidence" in done.stdout
