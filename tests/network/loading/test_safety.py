"""Hostile files: looked at before Keras reads them, and refused in one line."""

import zipfile
from pathlib import Path

import h5py
import keras
import pytest
from keras import layers

import keras_invariance as ki
from keras_invariance.errors import ModelError
from tests.networks.case import fill


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    model = keras.Sequential([keras.Input((4,)), layers.Dense(3)])
    fill(model, 0)
    path = tmp_path_factory.mktemp("saved") / "model.keras"
    model.save(path)
    return path


def with_member(saved: Path, target: Path, name: str, content: bytes, compression: int = zipfile.ZIP_STORED) -> Path:
    """A copy of an archive with one more member."""
    target.write_bytes(saved.read_bytes())
    with zipfile.ZipFile(target, "a", compression) as archive:
        archive.writestr(name, content)
    return target


def test_a_sound_file_is_read(saved):
    assert ki.load_network(saved).input_shape == (4,)


@pytest.mark.parametrize("name", ["../outside.txt", "/etc/outside.txt", "..\\outside.txt", "C:\\outside.txt"])
def test_a_member_that_leads_outside_is_refused(saved, name, tmp_path: Path):
    path = with_member(saved, tmp_path / "model.keras", name, b"x")
    with pytest.raises(ModelError, match="leads out of the archive"):
        ki.load_network(path)
    assert not list(tmp_path.parent.glob("outside.txt"))


def test_a_member_that_unpacks_to_a_thousand_times_its_size_is_refused(saved, tmp_path: Path):
    path = with_member(saved, tmp_path / "model.keras", "assets/zeros", bytes(2**26 + 1), zipfile.ZIP_DEFLATED)
    assert path.stat().st_size < 2**20
    with pytest.raises(ModelError, match=f"unpacks to {2**26 + 1}"):
        ki.load_network(path)


@pytest.mark.parametrize("name", ["model.keras", "model.h5"])
def test_a_gigabyte_of_zeros_is_refused_unread(name, tmp_path: Path):
    path = tmp_path / name
    with path.open("wb") as file:
        file.truncate(2**30)  # a sparse file: nothing is written
    with pytest.raises(ModelError, match=str(2**30)):
        ki.load_network(path)


def test_an_hdf5_file_that_leads_to_another_is_refused(tmp_path: Path):
    path = tmp_path / "model.h5"
    with h5py.File(path, "w") as file:
        file["weights"] = h5py.ExternalLink("/etc/passwd", "/x")
    with pytest.raises(ModelError, match="leads to another file"):
        ki.load_network(path)


def test_hdf5_weights_that_unpack_to_a_bomb_are_refused(tmp_path: Path):
    path = tmp_path / "model.h5"
    with h5py.File(path, "w") as file:
        file.create_dataset("zeros", shape=(2**27,), dtype="u1", chunks=(2**20,), compression="gzip", fillvalue=0)
    with pytest.raises(ModelError, match=f"unpacks to {2**27}"):
        ki.load_network(path)


@pytest.mark.parametrize("ending", ["keras", "h5"])
def test_a_lambda_with_code_is_refused_and_trust_is_named(ending, tmp_path: Path):
    model = keras.Sequential([keras.Input((4,)), layers.Lambda(lambda x: 2 * x), layers.Dense(3)])
    path = tmp_path / f"model.{ending}"
    model.save(path)
    with pytest.raises(ModelError, match=r"Lambda.*--trust-model"):
        ki.load_network(path)
