"""Audits with somebody else's methods: what fails is told, and where each function came from."""

# ruff: noqa: ARG001  explainers are given what some of these do not look at
import json
import os
from pathlib import Path

import numpy as np
import pytest

import keras_invariance as ki
from keras_invariance.errors import AuditError, ExplainerError, MethodError
from keras_invariance.judging.invariance import Result, audit
from keras_invariance.judging.invariance.invariance import LAYOUT, received
from keras_invariance.methods import catalogue
from keras_invariance.methods.strangers import places
from keras_invariance.runs import RunFolder


def product(network, images, targets, *, strength=1.0):
    return strength * images * network.gradient(images, targets)


def single(network, images, targets):
    return network.gradient(images, targets).astype(np.float32)


def unlucky(network, images, targets):
    raise LookupError("no luck today")


@pytest.fixture
def asked():
    ki.register("product", product, law="attribution")
    return {"shifts": ["constant:-1"], "methods": ["gradient", "product", unlucky, single], "shard": 8}


def found(steps) -> dict[str, Result]:
    return {step.question.method: step for step in steps if isinstance(step, Result)}


HERE = __name__


def test_what_fails_is_told_and_the_others_go_on(small, few, tmp_path, asked):
    results = found(audit(small, few, tmp_path / "a", options={"product.strength": 2.0}, **asked))
    verdicts = {name.rpartition(":")[2]: one.verdict for name, one in results.items()}
    assert verdicts == {"gradient": "invariant", "product": "sensitive", "unlucky": "failed", "single": "invariant"}
    assert "LookupError: no luck today" in results[f"{HERE}:unlucky"].reason
    assert "computes in float32" in results[f"{HERE}:single"].reason
    report = (tmp_path / "a" / "report.html").read_text("utf-8")
    assert "no luck today" in report
    assert "Not finite on some images" not in report
    assert f"{HERE}:product" in report
    again = found(audit(small, few, tmp_path / "a", options={"product.strength": 2.0}, **asked))
    assert {name: one.reason for name, one in again.items()} == {name: one.reason for name, one in results.items()}


def test_another_version_of_a_function_is_named(small, few, tmp_path, asked):
    asked["methods"] = ["product"]
    found(audit(small, few, tmp_path / "a", **asked))
    path = tmp_path / "a" / "audit.json"
    record = json.loads(path.read_text("utf-8"))
    assert record["plan"]["explainers"]["product"].endswith(f", {HERE}:product")
    record["plan"]["explainers"]["product"] = f"tiny 1.0, {HERE}:product"
    path.write_text(json.dumps(record), "utf-8")
    with pytest.raises(AuditError, match=r"another explainer: product tiny 1\.0, .* there, .*test_strangers"):
        found(audit(small, few, tmp_path / "a", **asked))


def test_a_folder_alone_makes_nothing_run(small, few, tmp_path, asked, monkeypatch):
    asked["methods"] = ["product"]
    found(audit(small, few, tmp_path / "a", **asked))
    monkeypatch.setattr(catalogue, "_registered", {})
    with pytest.raises(ExplainerError, match=r"product.*not run on a file's word.*--method product"):
        _ = RunFolder(tmp_path / "a", LAYOUT).plan


def test_workers_find_functions_by_their_places(small, few, tmp_path, asked, monkeypatch):
    asked["methods"] = ["product", "gradient"]
    found(audit(small, few, tmp_path / "a", **asked))
    handed = places(RunFolder(tmp_path / "a", LAYOUT).plan["explainers"])
    assert handed == {"product": (f"{HERE}:product", "attribution", f"{HERE}:product", "")}
    monkeypatch.setattr(catalogue, "_registered", {})
    work = received(lambda: small, lambda: few, RunFolder(tmp_path / "a", LAYOUT), tmp_path, handed)
    assert catalogue.METHODS["product"].law == "attribution"
    assert {one.method for one in work.questions} == {"product", "gradient"}
    ki.register("here", eval("lambda n, x, t: x", {"__name__": "__main__"}), law="attribution")
    with pytest.raises(ExplainerError, match="here, which is defined in the program itself"):
        places({"here": ""})


def test_options_of_none_are_refused(small, few, tmp_path, asked):
    with pytest.raises(AuditError, match=r"product\.size"):
        found(audit(small, few, tmp_path / "a", options={"product.size": 1}, **asked))
    with pytest.raises(MethodError, match="lpr"):
        found(audit(small, few, tmp_path / "a", **{**asked, "methods": ["lpr"]}))


def test_a_study_asks_strangers_too(small, few, tmp_path: Path, asked):
    from keras_invariance.judging.study import Study, study

    steps = study(small, few[:4], tmp_path / "s", ["product"], orders=["top-down"], seeds=1)
    (result,) = [step for step in steps if isinstance(step, Study)]
    assert {one.method for one in result.points} == {"product"}
    assert os.fspath(tmp_path) not in json.dumps(dict(result.plan))
    assert "product" in result.plan["explainers"]


def inside(network, images, targets):
    """A shift-invariant map, computed in float32 and returned in float64 with more digits than that has."""
    single = images.astype(np.float32)
    return (single - single.min(axis=(1, 2, 3), keepdims=True)).astype(np.float64) / 3


def leaking(network, images, targets):
    """The same with a thousandth of the image in it, which is really sensitive."""
    return inside(network, images, targets) + 1e-3 * images


def test_what_computes_in_float32_somewhere_inside_is_not_called_sensitive_for_its_rounding(small, few, tmp_path):
    asked = {"shifts": ["constant:-0.3"], "methods": [inside, leaking], "shard": 8}
    results = found(audit(small, few, tmp_path / "a", **asked))
    assert results[f"{HERE}:inside"].verdict == "invariant"
    assert 1e-10 < results[f"{HERE}:inside"].worst_float64 < 1e-5
    assert "computes in float32" in results[f"{HERE}:inside"].reason
    assert results[f"{HERE}:leaking"].verdict == "sensitive"
