"""Targeted shifts: a shift and a twin of its own for each image, whatever is computed beside it."""

import numpy as np
import pyarrow.parquet as pq
import pytest

import keras_invariance as ki
from keras_invariance.encodings.targeted import TargetedShift, targeted_shift
from keras_invariance.errors import ShiftError
from keras_invariance.judging.invariance import audit
from tests.judging.invariance.conftest import verdicts


@pytest.fixture(scope="module")
def drawing(tmp_path_factory):
    path = tmp_path_factory.mktemp("aims") / "bars.npy"
    np.save(path, np.tile([1.0, 0.0], (6, 3))[..., np.newaxis])
    return path


def test_spellings_are_read():
    assert targeted_shift("constant:-1") is None
    assert targeted_shift("target:bars.npy") == TargetedShift(targeted_shift("targeted:bars.npy").picture, 0.3)
    assert targeted_shift("target:bars.npy:0.5").clip == 0.5
    assert targeted_shift("target:cat").picture_for((28, 28, 1)).shape == (28, 28, 1)


@pytest.mark.parametrize("spec", ["target:", "target:cat:0", "target:cat:-1", "target:cat:inf"])
def test_a_wrong_spelling_is_refused(spec):
    with pytest.raises(ShiftError, match="target:FILE"):
        targeted_shift(spec)


def test_the_shift_is_the_librarys(small, few, drawing):
    own = targeted_shift(f"target:{drawing}:0.2")
    values = own.values(small, few.images[3], 1)
    whole = ki.shifts.targeted(small, few.images[3], drawing, target=1, clip=0.2)
    np.testing.assert_array_equal(values, whole.values((6, 6, 1)))
    assert 0.19 < np.abs(values).max() <= 0.2 + 1e-7


def test_each_image_is_explained_beside_a_twin_of_its_own(small, few, drawing, tmp_path):
    spec, methods = f"target:{drawing}", ("gradient", "gradient-times-input", "smoothgrad", "deep-taylor-bounded")
    told = {"methods": methods, "options": {"smoothgrad.samples": 2}, "shard": 5}
    found = verdicts(audit(small, few[:8], tmp_path / "a", shifts=[spec, "constant:-1"], **told))
    assert found[spec, "gradient"] == found[spec, "smoothgrad"] == "invariant"
    assert found[spec, "gradient-times-input"] == "sensitive"
    assert len(found) == 8
    rows = pq.read_table(tmp_path / "a" / "findings.parquet").to_pylist()
    assert sorted(row["image"] for row in rows if row["shift"] == spec) == sorted(list(range(8)) * 4)
    worked = _gradient_times_input(small, few.images[2], drawing)
    (row,) = (r for r in rows if (r["image"], r["shift"], r["method"]) == (2, spec, "gradient-times-input"))
    assert row["relative_l2"] == pytest.approx(worked, rel=1e-4)


def _gradient_times_input(network, image, drawing):
    """|g x - g (x + m)| over the mean of both lengths, for gradient times input the whole difference."""
    x = image[np.newaxis].astype(np.float64)
    target = int(network(x).argmax())
    gradient = ki.explain(network, x, "gradient", [target])[0].astype(np.float64)
    m = ki.shifts.targeted(network, image, drawing, target=target).values(image.shape).astype(np.float64)
    first, second = gradient * image, gradient * (image + m)
    return 2 * np.linalg.norm(first - second) / (np.linalg.norm(first) + np.linalg.norm(second))


def test_patterns_are_carried_over_only_and_it_is_said_why(small, few, drawing, tmp_path):
    spec = f"target:{drawing}"
    steps = audit(
        small, few[:4], tmp_path / "a", shifts=[spec], methods=["pattern-net"], estimators=["linear"], patterns_data=few
    )
    assert verdicts(steps) == {(spec, "pattern-net (linear, carried over)"): "invariant"}
    assert "a twin of its own" in (tmp_path / "a" / "report.html").read_text("utf-8")
