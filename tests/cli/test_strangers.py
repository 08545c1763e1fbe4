"""Somebody else's methods on the command line: installed packages, places, groups, and folders that name them."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from keras_invariance.methods.catalogue import METHODS
from tests.cli.test_audit import as_in_a_process_of_its_own  # noqa: F401  a fixture

MINE = """
import keras_invariance as ki

@ki.method("flipped", law="sensitivity", source="Doe, 2026")
def flipped(network, images, targets, *, strength=1.0):
    return -strength * network.gradient(images, targets)

def plain(network, images, targets, *, deep=False):
    return images * network.gradient(images, targets) * (2 if deep else 1)
"""
PROJECT = """
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"
[project]
name = "flipped-explainers"
version = "1.5"
[project.entry-points."keras_invariance.methods"]
flipped = "flipped_explainers:flipped"
crooked = "flipped_explainers:no_such_thing"
[tool.setuptools]
py-modules = ["flipped_explainers"]
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A third party's package, installed by pip into a folder of its own."""
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("target") / "site-packages"
    (source / "flipped_explainers.py").write_text(MINE)
    (source / "pyproject.toml").write_text(PROJECT)
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    done = subprocess.run(
        [*pip, "--disable-pip-version-check", "--target", target, source], capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.skip(f"pip cannot build a package here: {done.stderr.splitlines()[-1:]}")
    return target


@pytest.fixture
def on_path(installed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(installed))
    monkeypatch.delitem(sys.modules, "flipped_explainers", raising=False)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, with a module in it that is not installed."""
    (tmp_path / "of_mine.py").write_text(MINE.replace('"flipped"', '"mine"'))
    np.savez(tmp_path / "images.npz", images=np.random.default_rng(0).random((6, 4, 4, 1), np.float32))
    np.save(tmp_path / "image.npy", np.random.default_rng(0).random((4, 4, 1)))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.delitem(sys.modules, "of_mine", raising=False)
    return tmp_path


def test_an_installed_package_is_listed_and_a_broken_entry_point_is_one_line(installed: Path):
    code = "from keras_invariance.cli import main; import sys; sys.argv = ['', 'methods']; main()"
    path = os.pathsep.join([str(installed), *sys.path])
    done = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=True
    )
    (row,) = [line for line in done.stdout.splitlines() if line.split()[:1] == ["flipped"]]
    assert row.split() == ["flipped", "foreign", "strength=1.0", "Doe,", "2026"]
    warned = [line for line in done.stderr.splitlines() if "crooked" in line]
    assert len(warned) == 1
    assert warned[0].startswith("Warning: the method 'crooked' of an installed package is left out")


@pytest.mark.usefixtures("on_path")
def test_an_installed_packages_method_is_found_by_its_name(run, tiny, folder: Path):
    asked = ["explain", tiny, folder / "image.npy", "--out", folder / "maps"]
    assert run(*asked, "--method", "flipped", "--option", "flipped.strength=2").exit_code == 0
    run(*asked, "--method", "gradient")
    maps = [np.load(folder / "maps" / f"image-{name}.npy") for name in ("flipped", "gradient")]
    np.testing.assert_allclose(maps[0], -2 * maps[1], rtol=1e-4, atol=1e-7)
    from keras_invariance.methods.explainers import provenance_of

    assert provenance_of(METHODS["flipped"].function) == "flipped-explainers 1.5, flipped_explainers:flipped"


@pytest.mark.usefixtures("on_path")
def test_a_broken_one_that_is_asked_for_says_why(refused, tiny, folder: Path):
    said = refused("explain", tiny, folder / "image.npy", "--method", "crooked", "--out", folder / "maps")
    assert "no_such_thing" in said


def test_a_place_is_found_in_the_working_folder_with_its_options(run, refused, tiny, folder: Path):
    asked = ["explain", tiny, folder / "image.npy", "--out", folder / "maps", "--method", "of_mine:plain,mine"]
    assert run(*asked, "--option", "of_mine:plain.deep=True", "--option", "mine.strength=0.5").exit_code == 0
    assert (folder / "maps" / "image-of_mine.plain.npy").exists()
    assert "True or False" in refused(*asked, "--option", "of_mine:plain.deep=3")
    assert "--option lrp-z.bias" in refused(*asked, "--option", "lrp-z.bias=absorb")
    assert "module that Python finds" in refused(*asked[:-1], "nowhere.at_all:plain")


def test_a_folder_that_names_a_place_is_resumed_where_the_user_names_it_too(run, refused, tiny, folder: Path):
    shift = ["--shift", "constant:1", "--out", "a"]
    done = run("audit", tiny, "--data", "images.npz", "--method", "gradient,of_mine:plain", *shift)
    assert done.exit_code == 0, done.output
    assert "of_mine:plain will take about 1 s." in done.stderr
    from keras_invariance.methods import catalogue

    catalogue._registered.clear()
    (folder / "of_mine.py").write_text("raise SystemExit('run on the word of a file')")
    sys.modules.pop("of_mine")
    said = refused("audit", "--resume", "a")
    assert "of_mine:plain, which is not run on a file's word" in said
    assert "--method of_mine:plain" in said
    assert "run on the word of a file" in refused("audit", "--resume", "a", "--method", "of_mine:plain")
    (folder / "of_mine.py").write_text(MINE.replace('"flipped"', '"mine"'))
    assert run("audit", "--resume", "a", "--method", "of_mine:plain").exit_code == 0


def test_groups_are_taken_apart(run, refused, tiny, folder: Path):
    asked = ["audit", tiny, "--data", "images.npz", "--shift", "constant:1"]
    assert run(*asked, "--method", "rectified", "--out", "a").exit_code == 0
    assert "guided-backprop" in (folder / "a" / "summary.csv").read_text()
    assert "all, smoothed, rectified, lrp, patterns, cam, shap, black-box, attention, foreign" in refused(
        *asked, "--method", "lpr", "--out", "b"
    )
