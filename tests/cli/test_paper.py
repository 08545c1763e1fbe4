"""`paper`: its progress, its summary, and what it refuses. The experiment itself is tested with the paper."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

import keras_invariance.paper as library

ROW = {
    "network": "mlp", "shift": "constant", "normalised": "", "method": "gradient", "options": "", "reference": "",
    "estimator": "", "patterns": "", "centre": "", "verdict": "invariant", "float64_relative_l2": 1.5e-16,
}  # fmt: skip
ROWS = [
    ROW,
    {**ROW, "shift": "checkerboard", "verdict": "void", "float64_relative_l2": None},
    {**ROW, "method": "pattern-net", "estimator": "published", "patterns": "refitted", "centre": "image"},
    {**ROW, "method": "pattern-net", "estimator": "published", "patterns": "refitted", "centre": "image",
     "shift": "checkerboard", "verdict": "sensitive", "float64_relative_l2": 2.0},
    {**ROW, "shift": "cat"},
    {**ROW, "method": "lrp-z", "normalised": "mean image"},
]  # fmt: skip


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> dict:
    """What the library was asked for; it answers with `ROWS`."""
    found: dict = {}

    def reproduce(out: Path, *, images: int, seed: int) -> Iterator[SimpleNamespace]:
        found.update(out=out, images=images, seed=seed)
        out.mkdir()
        (out / "paper.json").write_text(json.dumps({"rows": ROWS, "headline": "1 of 2 claims hold."}))
        yield SimpleNamespace(name="Finished", done=2, total=2)

    def every_method(out: Path, *, seed: int) -> Iterator[SimpleNamespace]:
        found.update(extended=out, extended_seed=seed)
        yield SimpleNamespace(name="every method: screening", done=1, total=1)

    monkeypatch.setattr(library, "reproduce", reproduce)
    monkeypatch.setattr(library, "every_method", every_method)
    return found


def test_the_library_gets_what_was_asked(run: Callable, asked: dict, tmp_path: Path):
    result = run("paper", "--images", 7, "--seed", 5, "--out", tmp_path / "paper")
    assert asked == {"out": tmp_path / "paper", "images": 7, "seed": 5}
    assert "Finished" in result.stderr
    assert "2/2" in result.stderr


def test_every_method_is_asked_where_it_is_wanted(run: Callable, asked: dict, tmp_path: Path):
    result = run("paper", "--extended", "--seed", 5, "--out", tmp_path / "paper")
    assert (asked["extended"], asked["extended_seed"]) == (tmp_path / "paper", 5)
    assert "every method: screening" in result.stderr
    assert result.stdout.splitlines()[-1].endswith(str(tmp_path / "paper" / "extended.html"))


@pytest.mark.usefixtures("asked")
def test_the_summary_shows_each_explanation_under_the_shifts_that_all_have(run: Callable, tmp_path: Path):
    lines = run("paper", "--out", tmp_path / "paper").stdout.splitlines()
    assert lines[0] == "mlp: verdict, and the maps' relative L2 distance in float64"
    assert lines[2].split() == ["explanation", "constant", "checkerboard"]
    assert lines[4].split() == ["gradient", "invariant", "1.5e-16", "void"]
    name = "pattern-net (published, refitted, image subtracted)"
    assert lines[5].split() == [*name.split(), "invariant", "1.5e-16", "sensitive", "2.0e+00"]
    assert lines[-2] == "1 of 2 claims hold."
    assert lines[-1].endswith(str(tmp_path / "paper" / "index.html"))
    assert not any("lrp-z" in line for line in lines)


def test_mistakes_are_one_line(refused: Callable, tmp_path: Path):
    (tmp_path / "file").touch()
    assert "'--images'" in refused("paper", "--images", 0, "--out", tmp_path / "paper")
    assert str(tmp_path / "file") in refused("paper", "--out", tmp_path / "file")
