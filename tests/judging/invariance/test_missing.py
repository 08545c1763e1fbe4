"""Shards that are missing: their images are read once, and no others."""

from pathlib import Path

import numpy as np
import pytest

from keras_invariance.datasets import Dataset, Encoding
from keras_invariance.judging.invariance.findings import shard_name
from keras_invariance.judging.invariance.invariance import LAYOUT, Invariance
from keras_invariance.judging.invariance.plan import Plan
from keras_invariance.judging.invariance.subject import Subject
from keras_invariance.runs import RunFolder, missing

IMAGES, SHARD = 20, 8  # shards 0..7, 8..15, 16..19


class Counted:
    """A source whose image k is the number k, and that remembers which rows were read."""

    count, shape = IMAGES, (1,)

    def __init__(self) -> None:
        self.read: list[int] = []

    def stream(self, rows, size):
        for start in range(0, len(rows), size):
            part = list(rows[start : start + size])
            self.read += part
            yield np.array(part, np.float32).reshape(-1, 1), None

    def labels(self, _rows):
        return None

    def digest(self):
        return "numbers"


@pytest.fixture
def plan() -> Plan:
    asked = {"questions": (), "options": {}, "patterns": None, "seed": 0, "shard": SHARD, "not_run": {}}
    return Plan("n", "f", "numbers", "f", IMAGES, 0.0, 1.0, {}, **asked)


def read(plan: Plan, path: Path, done: list[int]) -> tuple[list[int], dict[int, list[float]]]:
    """The rows that were read, and the images of each missing shard by its first."""
    source, folder = Counted(), RunFolder(path, LAYOUT)
    (path / "shards").mkdir()
    for shard in plan.shards:
        if shard.start in done:
            folder.write(shard_name(shard), b"")
    test = Invariance(Subject(plan, None), Dataset.whole("numbers", source, Encoding(0, 1)))
    found = [piece for _, piece in test.pieces(missing(test, folder))]
    return source.read, {shard.start: images.ravel().tolist() for shard, images, _ in found}


@pytest.mark.parametrize(
    ("done", "first", "missing"),
    [([], 0, [0, 8, 16]), ([0], 8, [8, 16]), ([8], 0, [0, 16]), ([0, 8], 16, [16]), ([0, 16], 8, [8])],
)
def test_images_are_read_once_from_the_first_missing_shard_to_the_last(plan, tmp_path, done, first, missing):
    rows, found = read(plan, tmp_path, done)
    assert rows == list(range(first, min(missing[-1] + SHARD, IMAGES)))
    assert found == {start: list(range(start, min(start + SHARD, IMAGES))) for start in missing}


def test_where_no_shard_is_missing_nothing_is_read(plan, tmp_path):
    assert read(plan, tmp_path, [0, 8, 16]) == ([], {})
