"""`--json`: every command that prints a table prints what is in it as JSON, and nothing else on stdout."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

import keras_invariance as ki
from keras_invariance.cli.console import print_json


@pytest.fixture(autouse=True)
def as_in_a_process_of_its_own(monkeypatch: pytest.MonkeyPatch):
    """What the audit sets for its whole process would reach every test after this one."""
    monkeypatch.setattr(tf.config.experimental, "enable_op_determinism", lambda: None)


@pytest.fixture
def images(tmp_path: Path) -> Path:
    path = tmp_path / "images.npz"
    np.savez(path, images=np.random.default_rng(0).random((6, 4, 4, 1), np.float32))
    return path


@pytest.fixture
def told(run: Callable) -> Callable[..., Any]:
    """What a command prints with `--json`, read back as strict JSON."""

    def read(*arguments: object) -> Any:
        result = run(*arguments, "--json")
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))

    return read


def test_methods(told):
    listed = told("methods")
    assert tuple(one["name"] for one in listed) == ki.METHODS
    assert next(one for one in listed if one["name"] == "lrp-epsilon")["options"]["epsilon"] == 0.001
    assert {"family", "seed", "source", "about", "invariant"} <= set(listed[0])


def test_inspect(told, tiny):
    seen = told("inspect", tiny)
    assert (seen["name"], seen["input_shape"], seen["classes"]) == ("tiny", [4, 4, 1], 3)
    assert [layer["activation"] for layer in seen["layers"]] == ["Relu", ""]
    assert set(seen["coverage"]) == set(ki.METHODS)


def test_explain(told, tiny, tmp_path):
    np.save(tmp_path / "images.npy", np.random.default_rng(0).random((6, 4, 4, 1), np.float32))
    asked = ("explain", tiny, tmp_path / "images.npy")
    rows = told(*asked, "--method", "gradient,lrp-z", "--target", 2, "--out", tmp_path / "maps")
    assert [row["method"] for row in rows] == ["gradient"] * 6 + ["lrp-z"] * 6
    assert {row["target"] for row in rows} == {2}
    for row in rows:
        (array,) = (path for path in row["files"] if path.endswith(".npy"))
        assert row["total"] == pytest.approx(float(np.load(array).sum()), rel=1e-6)


def test_audit(told, tiny, images, tmp_path):
    asked = ("--shift", "constant:1", "--method", "gradient", "--method", "lrp-z", "--out", tmp_path / "audit")
    found = told("audit", tiny, "--data", images, *asked)
    assert Path(found["report"]).is_file()
    assert {one["explanation"]: one["verdict"] for one in found["results"]} == {
        "gradient": "invariant",
        "lrp-z": "sensitive",
    }
    assert all(one["shift"] == "constant:1" and one["images"] == 6 for one in found["results"])


def test_randomize(told, tiny, images, tmp_path):
    asked = ("--method", "gradient", "--seeds", 1, "--orders", "top-down", "--out", tmp_path / "random")
    found = told("randomize", tiny, "--data", images, *asked)
    assert Path(found["page"]).is_file()
    assert {point["method"] for point in found["points"]} == {"gradient"}
    assert all(set(point["value"]) >= {"mean", "low", "high"} for point in found["points"])


def test_patterns(told, tiny, images, tmp_path):
    found = told("patterns", "fit", tiny, "--data", images, "--estimator", "linear", "--out", tmp_path / "p.npz")
    assert Path(found["file"]).is_file()
    assert (found["estimator"], found["images"], len(found["silent"])) == ("linear", 6, 2)


def test_numbers_that_are_not_finite_become_null(capsys):
    print_json({"a": float("nan"), "b": [np.float32("inf"), np.int64(3)], "c": np.array([1.0, np.nan]), "d": Path("x")})
    assert json.loads(capsys.readouterr().out) == {"a": None, "b": [None, 3], "c": [1.0, None], "d": "x"}
