"""What every test of explanations in the catalogue keeps to, whoever wrote it."""

import json
from collections.abc import Callable
from dataclasses import asdict, is_dataclass
from pathlib import Path

import numpy as np
import pytest

import keras_invariance as ki
from keras_invariance.errors import OutputError
from keras_invariance.judging.catalogue import TESTS, Entry
from keras_invariance.judging.explanation_test import ExplanationTest, judged
from keras_invariance.judging.invariance.plan import planned
from keras_invariance.judging.invariance.subject import Subject
from keras_invariance.judging.randomization.run import experiment
from keras_invariance.judging.request import StudyRequest
from keras_invariance.network import Network
from keras_invariance.runs import Layout, RunFolder, missing
from keras_invariance.runs.devices import on_devices
from keras_invariance.runs.engine import content_of

METHODS = ["gradient", "gradient-times-input"]
Made = Callable[[str], ExplanationTest]


@pytest.fixture(scope="module")
def made(small: Network, images: np.ndarray) -> Made:
    def make(name: str) -> ExplanationTest:
        entry: Entry = TESTS[name]
        if entry.run == "audit":
            data = ki.datasets.as_dataset(images)
            plan = planned(small, data, ["constant:-1"], METHODS, options={}, seed=0, shard=2)
            return entry.of(Subject(plan, small), data)
        own = experiment(small, images, METHODS, orders=["top-down"])
        return entry.of(
            StudyRequest(
                own, (0, 1), None, {"network": small.name, "images": len(images), "data": "arrays", "shift": None}
            )
        )

    return make


def folder_of(test: ExplanationTest, name: str, out: Path) -> RunFolder:
    layout = Layout("a run", "plan.json", (TESTS[name].shards,), OutputError)
    return RunFolder.begun(out, layout, test.plan)


def finished(test: ExplanationTest, folder: RunFolder, executor: object = None) -> list[object]:
    """The results at the end of `judged`."""
    steps = judged([test], folder, executor)
    while True:
        try:
            step = next(steps)
        except StopIteration as end:
            return list(end.value[0])
        assert 0 <= step.done <= step.total, step
        assert step.name


@pytest.mark.parametrize("name", TESTS)
class TestContract:
    def test_it_is_described(self, name: str, made: Made):
        entry = TESTS[name]
        assert entry.about.endswith("?")
        assert entry.source.strip()
        assert made(name).stage

    def test_its_plan_is_plain_and_its_shards_lie_in_its_folder(self, name: str, made: Made):
        test = made(name)
        assert json.loads(json.dumps(test.plan))
        assert len(test.shards) == len(set(test.shards)) > 1
        assert {str(Path(shard).parent) for shard in test.shards} == {TESTS[name].shards}
        assert len(list(test.questions)) >= 1

    def test_a_shard_is_computed_from_its_piece_alone(self, name: str, made: Made):
        test = made(name)
        for _ in test.prepared():
            pass
        together = {shard: content_of(test, shard, piece) for shard, piece in test.pieces(test.shards)}
        assert list(together) == list(test.shards)
        last = test.shards[-1]
        ((shard, piece),) = test.pieces([last])
        assert (shard, content_of(made(name), shard, piece)) == (last, together[last])
        assert list(test.pieces([])) == []

    def test_an_interrupted_run_ends_as_one_that_was_not(self, name: str, made: Made, tmp_path: Path):
        whole, stopped = (folder_of(made(name), name, tmp_path / each) for each in ("whole", "stopped"))
        results = finished(made(name), whole)
        steps = judged([made(name)], stopped)
        while len(missing(made(name), stopped)) == len(made(name).shards):
            next(steps)
        steps.close()
        assert missing(made(name), stopped)
        assert _plain(finished(made(name), stopped)) == _plain(results)
        for shard in made(name).shards:
            assert (whole.path / shard).read_bytes() == (stopped.path / shard).read_bytes()

    def test_on_a_device_it_finds_the_same(self, name: str, made: Made, tmp_path: Path):
        here = finished(made(name), folder_of(made(name), name, tmp_path / "here"))
        there = finished(made(name), folder_of(made(name), name, tmp_path / "there"), on_devices(["CPU:0"]))
        assert _plain(there) == _plain(here)

    def test_its_section_names_every_method_and_holds_its_pictures(self, name: str, made: Made, tmp_path: Path):
        test = made(name)
        folder = folder_of(test, name, tmp_path / "run")
        section = test.section(folder, finished(test, folder))
        assert all(method in section.html for method in METHODS)
        assert "<h2>" in section.html
        assert section.html.count("data:image/png") == len(section.pictures)
        assert all(png.startswith(b"\x89PNG") for png in section.pictures.values())


def _plain(results: list[object]) -> str:
    return json.dumps([asdict(one) if is_dataclass(one) else repr(one) for one in results], default=str)
