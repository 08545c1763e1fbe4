"""Audits on Beam: the folder of the plain run, from workers that load the network once, and die now and then."""

import os
from dataclasses import replace
from functools import partial
from threading import Lock

import numpy as np
import pyarrow.parquet as pq
import pytest

pytest.importorskip("apache_beam", reason="the extra `beam` is not installed")

import keras_invariance as ki
from keras_invariance.datasets import as_dataset
from keras_invariance.errors import AuditError, EngineError
from keras_invariance.integrations.beam import Engine, Source, audit
from keras_invariance.judging.invariance import Progress, Result
from keras_invariance.judging.invariance.invariance import LAYOUT, Invariance, received
from keras_invariance.judging.invariance.plan import plan_from
from keras_invariance.judging.invariance.subject import Subject
from keras_invariance.runs import RunFolder
from keras_invariance.runs.beam.shards import Worker
from tests.integrations.beam import loaders
from tests.integrations.beam.conftest import IMAGES, SHARD
from tests.networks import case

ASKED = {
    "shifts": ["constant:-1"],
    "methods": ["gradient-times-input", "pattern-net"],
    "estimators": ["published"],
    "shard": SHARD,
}
QUESTIONS = 3  # patterns carried over from network 1, and refitted
NUMBERS = ("relative_l2", "cosine", "spearman", "ssim", "twin_float32", "float64_relative_l2")


@pytest.fixture(scope="session")
def plain(model, images, tmp_path_factory):
    """The folder of the plain run, and its results."""
    out = tmp_path_factory.mktemp("plain") / "audit"
    data = loaders.images(images)
    steps = list(ki.audit(loaders.network(model), data, out, patterns_data=data, **ASKED))
    return out, [step for step in steps if isinstance(step, Result)]


@pytest.fixture
def asked(images):
    """What is asked, as the plain run was."""
    return {**ASKED, "patterns_data": loaders.images(images)}


def rows(folder):
    found = pq.read_table(folder / "findings.parquet").to_pylist()
    return {(row["image"], row["method"], row["fit"]): row for row in found}


def assert_same_findings(folder, plain) -> None:
    found, expected = rows(folder), rows(plain)
    assert found.keys() == expected.keys()
    assert len(pq.read_table(folder / "findings.parquet")) == len(found) == IMAGES * QUESTIONS
    for key, row in expected.items():
        assert (found[key]["kind"], found[key]["target"]) == (row["kind"], row["target"])
        assert (found[key]["float64_relative_l2"] is None) == (row["float64_relative_l2"] is None)
        one, other = ([side[name] or 0.0 for name in NUMBERS] for side in (found[key], row))
        np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-5, err_msg=str(key))


def in_a_worker(source, folder):
    """The test of a folder as a worker comes by it."""
    return received(source.network, source.data, RunFolder(folder, LAYOUT), folder)


def test_two_workers_find_what_one_process_finds(asked, model, images, plain, two_workers, tmp_path):
    traces = tmp_path / "traces"
    traces.mkdir()
    source = Source(partial(loaders.network, model, traces), partial(loaders.images, images))
    steps = list(audit(source, tmp_path / "a", two_workers, **asked))
    assert_same_findings(tmp_path / "a", plain[0])
    assert [(one.question, one.verdict) for one in steps if isinstance(one, Result)] == [
        (one.question, one.verdict) for one in plain[1]
    ]
    loads = [path.read_text().count("loaded") for path in traces.iterdir()]
    assert loads == [1, 1, 1]  # this process, which plans and judges, and two workers
    screened = [one for one in steps if isinstance(one, Progress) and one.name == "Screening in float32"]
    assert max(one.done for one in screened) == screened[0].total == IMAGES // SHARD


@pytest.mark.slow
def test_a_worker_that_is_killed_is_replaced(asked, model, images, plain, two_workers, tmp_path):
    dying = partial(loaders.dying, model, os.getpid(), tmp_path / "killed")
    list(audit(Source(dying, partial(loaders.images, images)), tmp_path / "a", two_workers, **asked))
    assert (tmp_path / "killed").exists()
    assert_same_findings(tmp_path / "a", plain[0])


@pytest.mark.slow
def test_where_every_worker_dies_it_is_said_and_not_tried_for_ever(asked, model, images, plain, two_workers, tmp_path):
    source = Source(partial(loaders.always_dying, model, os.getpid()), partial(loaders.images, images))
    with pytest.raises(EngineError, match=r"DirectRunner.*a worker died.*run the same again"):
        list(audit(source, tmp_path / "a", two_workers, **asked))
    list(ki.audit(loaders.network(model), loaders.images(images), tmp_path / "a", **asked))
    assert_same_findings(tmp_path / "a", plain[0])


def test_a_shard_that_is_there_is_left_alone(model, source, plain):
    there = sorted((plain[0] / "shards").iterdir())
    before = [path.stat().st_mtime_ns for path in there]
    folder = RunFolder(plain[0], LAYOUT)
    work = Invariance(Subject(plan_from(folder.plan), loaders.network(model)), source.data())
    Worker(work, folder, Lock()).write(work.shards[1])
    assert [path.stat().st_mtime_ns for path in there] == before


def test_a_worker_that_sees_another_network_or_other_images_refuses(source, plain, tmp_path):
    with pytest.raises(AuditError, match=f"a worker with a network .* and {IMAGES} images.*the same files"):
        in_a_worker(replace(source, network=partial(loaders.network, case("mlp").model)), plain[0])
    fewer = loaders.written(tmp_path / "fewer.npz", 3, case("cnn").oracle.input_shape)
    with pytest.raises(AuditError, match="and 3 images"):
        in_a_worker(replace(source, data=partial(loaders.images, fewer)), plain[0])


def test_a_worker_with_other_versions_refuses(source, plain, monkeypatch):
    plan = RunFolder(plain[0], LAYOUT).plan
    monkeypatch.setattr(RunFolder, "plan", {**plan, "versions": {**plan["versions"], "numpy": "1.0"}})
    with pytest.raises(AuditError, match=r"a worker with numpy .*; expected the plan's .*numpy 1\.0.*same versions"):
        in_a_worker(source, plain[0])


def test_a_worker_explains_labels_where_they_are_asked_for(model, images, tmp_path):
    data, network = loaders.images(images), loaders.network(model)
    labelled = as_dataset(data.images, np.arange(IMAGES) % network.classes)
    steps = ki.audit(network, labelled, tmp_path, shifts=["constant:1"], methods=["gradient"], target="label", shard=4)
    next(steps)  # the folder is there, its shards are not
    folder = RunFolder(tmp_path, LAYOUT)
    work = Invariance(Subject(plan_from(folder.plan), network), labelled)
    Worker(work, folder, Lock()).write(work.shards[1])
    written = pq.read_table(tmp_path / "shards" / "00000004.parquet").column("target").to_pylist()
    assert written == [at % network.classes for at in range(4, 8)]


def test_what_a_worker_says_is_passed_on(asked, model, images, tmp_path):
    other = partial(loaders.other, model, case("mlp").model, os.getpid())
    here = Engine("DirectRunner", ["--direct_running_mode=in_memory"])
    with pytest.raises(EngineError, match="AuditError: a worker with a network"):
        list(audit(Source(other, partial(loaders.images, images)), tmp_path / "a", here, **asked))


@pytest.mark.slow
def test_what_a_killed_run_handed_over_is_taken_away(model, images, asked, two_workers, tmp_path):
    left = tmp_path / "a" / ".beam-left"
    left.mkdir(parents=True)
    (left / "patterns-0.npz").write_bytes(b"x")
    source = Source(partial(loaders.network, model), partial(loaders.images, images))
    list(audit(source, tmp_path / "a", two_workers, **asked))
    assert not list((tmp_path / "a").glob(".beam-*"))
