"""`patterns fit`: the file it writes, and what it refuses."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import keras_invariance as ki


@pytest.fixture(autouse=True)
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A cache of the test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def images(tmp_path: Path) -> Path:
    """A data set for the tiny model."""
    path = tmp_path / "images.npz"
    np.savez(path, images=np.random.default_rng(0).random((50, 4, 4, 1), np.float32))
    return path


@pytest.mark.parametrize(
    ("options", "keywords"),
    [
        ([], {}),
        (["--estimator", "published"], {"estimator": "published"}),
        (["--estimator", "linear"], {"estimator": "linear"}),
        (["--centre", "image"], {"centre": "image"}),
        (["--batch-size", "7"], {"batch_size": 7}),
    ],
)
def test_the_patterns_are_the_librarys(
    run: Callable, tiny: Path, images: Path, tmp_path: Path, options: list[str], keywords: dict
):
    out = tmp_path / "new" / "tiny.npz"
    result = run("patterns", "fit", tiny, "--data", images, *options, "--out", out)
    assert result.exit_code == 0
    assert "on 50 images" in result.stdout
    network = ki.load_network(tiny)
    expected = ki.fit_patterns(network, np.load(images)["images"], **keywords)
    for found, wanted in zip(ki.load_patterns(out, network).arrays, expected.arrays, strict=True):
        np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("option", [["--estimator", "published"], ["--estimator", "linear"], ["--centre", "image"]])
def test_an_option_changes_the_patterns(run: Callable, tiny: Path, images: Path, tmp_path: Path, option: list[str]):
    run("patterns", "fit", tiny, "--data", images, "--out", tmp_path / "default.npz")
    run("patterns", "fit", tiny, "--data", images, *option, "--out", tmp_path / "changed.npz")
    default, changed = (ki.load_patterns(tmp_path / f"{name}.npz").arrays[0] for name in ("default", "changed"))
    assert not np.allclose(default, changed)


def test_the_file_explains(run: Callable, tiny: Path, images: Path, tmp_path: Path):
    out = tmp_path / "tiny.npz"
    run("patterns", "fit", tiny, "--data", images, "--out", out)
    np.save(tmp_path / "image.npy", np.load(images)["images"][0])
    options = ("--method", "pattern-net", "--patterns", out, "--out", tmp_path / "maps")
    assert run("explain", tiny, tmp_path / "image.npy", *options).exit_code == 0
    assert np.load(tmp_path / "maps" / "image-pattern-net.npy").any()


def test_mistakes_are_one_line(refused: Callable, tiny: Path, images: Path, tmp_path: Path):
    out = ("--out", tmp_path / "tiny.npz")
    assert "'nowhere'" in refused("patterns", "fit", tiny, "--data", "nowhere", *out)
    assert "'--estimator'" in refused("patterns", "fit", tiny, "--data", images, "--estimator", "best", *out)
    assert "(28, 28, 1)" in refused("patterns", "fit", tiny, "--data", "mnist/test", *out)
    assert "cannot be written" in refused("patterns", "fit", tiny, "--data", images, "--out", images / "x.npz")
