"""`twin`: what it writes and prints, and what it refuses."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import keras_invariance as ki


@pytest.fixture
def images(tmp_path: Path) -> Path:
    """A data set for the tiny model."""
    path = tmp_path / "images.npz"
    np.savez(path, images=np.random.default_rng(0).random((9, 4, 4, 1), np.float32))
    return path


@pytest.mark.parametrize("name", ["twin.keras", "twin"])
def test_a_twin_on_disk_answers_alike(run: Callable, tiny: Path, images: Path, tmp_path: Path, name: str):
    result = run("twin", tiny, "--shift", "constant:-1", "--data", images, "--out", tmp_path / name)
    assert result.exit_code == 0
    assert "on 9 images" in result.stdout
    pixels = np.load(images)["images"]
    network, twin = ki.load_network(tiny), ki.load_network(tmp_path / name)
    np.testing.assert_allclose(twin(pixels - 1), network(pixels), rtol=1e-4, atol=1e-5)
    assert not np.allclose(twin(pixels), network(pixels))


def test_a_shipped_network_is_checked_on_mnist(run: Callable, tmp_path: Path):
    result = run("twin", "mnist_cnn", "--shift", "checkerboard:4", "--out", tmp_path / "twin.keras")
    assert result.stdout.startswith(f"{tmp_path / 'twin'}: the twin of")  # padded: Keras cannot say it
    assert "on 64 images" in result.stdout


def test_without_images_to_check_on_there_is_no_twin(refused: Callable, tiny: Path, tmp_path: Path):
    said = refused("twin", tiny, "--shift", "constant:-1", "--out", tmp_path / "twin.keras")
    assert "no --data for a network whose input is (4, 4, 1)" in said
    assert not (tmp_path / "twin.keras").exists()


def test_mistakes_are_one_line(refused: Callable, tiny: Path, images: Path, tmp_path: Path):
    out, data = ("--out", tmp_path / "twin.keras"), ("--data", images)
    assert "'wavy:1'" in refused("twin", tiny, "--shift", "wavy:1", *data, *out)
    assert "nothing.npy" in refused("twin", tiny, "--shift", "array:nothing.npy", *data, *out)
    assert "nowhere.npz" in refused("twin", tiny, "--shift", "constant:-1", "--data", "nowhere.npz", *out)


def test_a_folder_of_other_files_is_not_overwritten(refused: Callable, tiny: Path, images: Path, tmp_path: Path):
    said = refused("twin", tiny, "--shift", "constant:-1", "--data", images, "--out", tmp_path)
    assert "a folder with other files in it" in said
    assert images.exists()


def test_a_place_that_cannot_be_written_is_one_line(refused: Callable, tiny: Path, images: Path):
    said = refused("twin", tiny, "--shift", "constant:-1", "--data", images, "--out", images / "twin.keras")
    assert "cannot be written" in said
