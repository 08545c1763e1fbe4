"""Folders that were written before the rooms were made (0.1.0 of November 2026) open, and nothing is computed again.

`written_before/` holds an audit and a study of `network`, as that version wrote them. What may differ on this machine
is stamped anew: the versions of the libraries, the network's fingerprint (Keras names operations), and the file that
the images lay in, which are made here.
"""

import csv
import json
import shutil
from pathlib import Path

import keras
import numpy as np
import pytest
from keras import layers

import keras_invariance as ki
from keras_invariance.judging.invariance.invariance import Invariance
from keras_invariance.judging.randomization.randomization import Randomization
from keras_invariance.judging.study import study
from keras_invariance.network import Network
from keras_invariance.versions import installed

METHODS = ["gradient", "gradient-times-input"]
IMAGES = np.random.default_rng(1).uniform(0, 1, (5, 6, 6, 1)).astype("float32")


@pytest.fixture(scope="module")
def network() -> Network:
    parts = [
        keras.Input((6, 6, 1)),
        layers.Conv2D(2, 3, activation="relu", name="conv2d"),
        layers.Flatten(),
        layers.Dense(3, name="dense"),
    ]
    model = keras.Sequential(parts, name="small")
    draws = np.random.default_rng(0)
    model.set_weights([draws.normal(size=weights.shape).astype("float32") for weights in model.get_weights()])
    return ki.load_network(model)


@pytest.fixture
def written(network: Network, tmp_path: Path) -> Path:
    out = shutil.copytree(Path(__file__).parent / "written_before", tmp_path / "written")
    data = ki.datasets.as_dataset(IMAGES)
    for record, extra in (("audit/audit.json", ()), ("study/plan.json", ("scikit-image",))):
        read = json.loads((out / record).read_text("utf-8"))
        plan = read.get("plan", read)
        written_by = plan["versions"]["keras_invariance"]
        plan.update(versions={**installed(*extra), "keras_invariance": written_by}, fingerprint=network.fingerprint)
        plan.update(data=data.name, data_fingerprint=data.fingerprint)
        (out / record).write_text(json.dumps(read), "utf-8")
    return out


@pytest.fixture(autouse=True)
def _nothing_is_computed(monkeypatch: pytest.MonkeyPatch):
    def refused(*_: object) -> None:
        raise AssertionError("a shard that is there was computed again")

    monkeypatch.setattr(Invariance, "computed", refused)
    monkeypatch.setattr(Invariance, "_exact", refused)
    monkeypatch.setattr(Randomization, "computed", refused)


def test_an_audit_is_read_from_its_shards(network: Network, written: Path):
    out = written / "audit"
    before = _rows(out / "summary.csv")
    (out / "summary.csv").unlink()
    results = list(ki.audit(network, IMAGES, out, shifts=["constant:-1"], methods=METHODS, shard=3))
    assert _rows(out / "summary.csv") == [pytest.approx(row, nan_ok=True) for row in before]
    assert [row["verdict"] for row in before] == ["invariant", "sensitive"]
    assert [one.verdict for one in results if hasattr(one, "verdict")] == ["invariant", "sensitive"]
    assert (out / "report.html").stat().st_size > 10_000


def test_a_study_is_read_from_its_seeds(network: Network, written: Path):
    out = written / "study"
    before = _rows(out / "randomization.csv")
    (out / "randomization.csv").unlink()
    *_, found = study(network, IMAGES, out, METHODS, orders=["top-down"], seeds=2)
    assert _rows(out / "randomization.csv") == [pytest.approx(row, nan_ok=True) for row in before]
    assert len(before) == len(found.points)


def _rows(path: Path) -> list[dict[str, object]]:
    with path.open(encoding="utf-8") as lines:
        return [{name: _number(text) for name, text in row.items()} for row in csv.DictReader(lines)]


def _number(text: str) -> object:
    try:
        return float(text)
    except ValueError:
        return text
