"""Methods that overflow on some images: the audit goes on, and says where there was nothing to compare."""

import csv

import numpy as np
import pyarrow.parquet as pq
import pytest

import keras_invariance as ki
from keras_invariance.datasets import as_dataset
from keras_invariance.judging.invariance import Progress, audit

OPTIONS = {"lrp-z.bias": "ignore"}


@pytest.fixture(scope="module")
def network():
    """z = x_1 - x_2 + 1: without its bias, lrp-z divides by x_1 - x_2, and by 1e-37 where both pixels are alike."""
    import keras

    layers = [keras.Input((2, 3, 1)), keras.layers.Flatten(), keras.layers.Dense(1, "relu"), keras.layers.Dense(2)]
    model = keras.Sequential(layers, name="difference")
    kernel = np.array([1.0, -1.0, 0.0, 0.0, 0.0, 0.0]).reshape(6, 1)
    model.set_weights([kernel, np.ones(1), np.array([[100.0, -100.0]]), np.zeros(2)])
    return ki.load_network(model)


@pytest.fixture(scope="module")
def images():
    """Eight images; the first two pixels are alike in the last three."""
    found = np.random.default_rng(0).random((8, 2, 3, 1)).astype(np.float32)
    found[5:, 0, 1] = found[5:, 0, 0]
    return found


@pytest.fixture(scope="module")
def finished(network, images, tmp_path_factory):
    out = tmp_path_factory.mktemp("overflow") / "audit"
    asked = {"shifts": ["constant:1"], "methods": ["gradient", "lrp-z"], "options": OPTIONS}
    steps = audit(network, as_dataset(images), out, **asked)
    return out, {step.question.method: step for step in steps if not isinstance(step, Progress)}


def test_images_on_which_a_method_overflows_are_kept_apart(finished):
    out, results = finished
    assert (results["lrp-z"].images, results["lrp-z"].not_finite) == (5, 3)
    assert results["lrp-z"].verdict == "sensitive"  # of the other five
    assert (results["gradient"].images, results["gradient"].not_finite) == (8, 0)
    rows = [row for row in pq.read_table(out / "findings.parquet").to_pylist() if row["method"] == "lrp-z"]
    assert [row["kind"] for row in rows] == ["different"] * 5 + ["not finite"] * 3
    assert [row["finite"] for row in rows] == [True] * 5 + [False] * 3
    assert all(np.isnan(row["relative_l2"]) for row in rows[5:])


def test_the_summary_and_the_report_say_so(finished):
    out, _ = finished
    with (out / "summary.csv").open(newline="") as file:
        assert [row["not_finite"] for row in csv.DictReader(file)] == ["0", "3"]
    page = (out / "report.html").read_text("utf-8")
    assert "Not finite on some images: lrp-z." in page
    assert "a map is not finite in 3 of 8 images" in page


def test_explaining_warns_of_maps_that_are_not_finite(network, images):
    with pytest.warns(RuntimeWarning, match="lrp-z: 3 of 8 maps have values that are no finite numbers"):
        maps = ki.explain(network, images, "lrp-z", bias="ignore")
    assert np.isfinite(maps[:5]).all()
