"""`keras-invariance randomize`: run once, and what it refuses."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from typer.testing import Result

Run = Callable[..., Result]


@pytest.fixture
def npz(tmp_path: Path) -> Path:
    path = tmp_path / "images.npz"
    np.savez(path, images=np.random.default_rng(0).uniform(0, 1, (3, 4, 4, 1)).astype(np.float32))
    return path


def test_a_network_is_randomised_on_the_command_line(run: Run, tiny: Path, npz: Path, tmp_path: Path):
    out = tmp_path / "study"
    result = run(
        "randomize", tiny, "--data", npz, "--methods", "lrp-gamma, gradient", "--seeds", 2, "--orders", "bottom-up",
        "--shift", "constant:-1", "--option", "lrp-gamma.gamma=0.5", "--dither", 0.001, "--out", out,
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    assert str(out / "index.html") in result.stdout
    assert "lrp-gamma.gamma = 0.5" in (out / "index.html").read_text("utf-8")
    lines = result.stdout.splitlines()
    assert "bottom-up" in lines[0]
    assert sum("gradient" in line for line in lines) == 2  # the network and its twin
    assert (out / "curves_bottom-up.png").read_bytes().startswith(b"\x89PNG")


def test_mistakes_are_one_line(refused: Callable[..., str], tiny: Path, npz: Path, tmp_path: Path):
    asked = ("randomize", tiny, "--data", npz, "--out", tmp_path / "study")
    assert "orders = sideways" in refused(*asked, "--orders", "sideways")
    assert "'gradent'" in refused(*asked, "--methods", "gradent")
    assert "'lrp-gamma.gamma'" in refused(*asked, "--option", "lrp-gamma.gamma=2")
    assert not (tmp_path / "study").exists()


def test_the_logit_to_explain_may_be_named(
    run: Run, refused: Callable[..., str], tiny: Path, npz: Path, tmp_path: Path
):
    asked = ("randomize", tiny, "--data", npz, "--methods", "gradient", "--seeds", 1, "--orders", "bottom-up")
    assert run(*asked, "--target", 1, "--out", tmp_path / "a").exit_code == 0
    assert "logit 1" in (tmp_path / "a" / "index.html").read_text("utf-8")
    assert "another target: 1 there, 2 now" in refused(*asked, "--target", 2, "--out", tmp_path / "a")
    assert "targets 7" in refused(*asked, "--target", 7, "--out", tmp_path / "b")
