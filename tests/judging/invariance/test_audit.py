"""Audits: the verdicts that judging gives, whole files, interruptions without loss, and refusals."""

import csv
import json
import shutil
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
import tensorflow as tf

import keras_invariance as ki
from keras_invariance.comparison.verdicts import judge
from keras_invariance.errors import AuditError, MethodError, ShiftError
from keras_invariance.judging.invariance import Progress, Question, audit
from keras_invariance.judging.invariance.results import corrected, p_value
from keras_invariance.judging.invariance.subject import with_less_memory
from tests.judging.invariance.conftest import IMAGES, METHODS, OPTIONS, SHARD, SHIFTS, run

QUESTIONS = 2 * (1 + 1 + 3 + 1)  # for each shift: gradient, its product, three references, SmoothGrad


def rows(folder: Path) -> list[dict]:
    return pq.read_table(folder / "findings.parquet").to_pylist()


def test_verdicts_are_those_of_judging_all_images_at_once(network, data, finished):
    _, results = finished
    twin = ki.shifted_twin(network, ki.shifts.parse("checkerboard:4"))
    for result in results:
        if result.question in (Question(SHIFTS[1], "gradient"), Question(SHIFTS[1], "gradient-times-input")):
            finding = judge(network, twin, data.images, ki.shifts.parse(SHIFTS[1]), result.question.method)
            assert (result.verdict, result.violations, result.images) == (finding.verdict, finding.violations, IMAGES)
            assert (result.rate_low, result.rate_high) == finding.interval


def test_what_the_paper_says_comes_out(finished):
    _, results = finished
    found = {(one.question.shift, one.question.name): one.verdict for one in results}
    assert found["constant:-1", "gradient"] == "invariant"
    assert found["constant:-1", "integrated-gradients (zero)"] == "sensitive"
    assert found["constant:-1", "integrated-gradients (black)"] == "invariant"
    assert found["checkerboard:4", "integrated-gradients (black)"] == "sensitive"
    assert found["checkerboard:4", "integrated-gradients (transformed)"] == "invariant"


def test_there_is_a_row_for_every_image_and_question(finished):
    folder, results = finished
    found = rows(folder)
    assert len(results) == QUESTIONS
    assert len({(row["image"], row["shift"], row["method"], row["reference"]) for row in found}) == len(found)
    assert len(found) == IMAGES * QUESTIONS
    assert {row["kind"] for row in found} <= {"same", "different", "unclear", "zero"}
    assert sum(row["float64_relative_l2"] is not None for row in found) == sum(one.confirmed for one in results)


def test_the_summary_and_the_report_hold_every_verdict(finished):
    folder, results = finished
    with (folder / "summary.csv").open(newline="") as file:
        summary = list(csv.DictReader(file))
    assert [row["verdict"] for row in summary] == [one.verdict for one in results]
    page = (folder / "report.html").read_text("utf-8")
    assert all(one.reason.replace("'", "&#39;") in page for one in results)
    assert "What is invariant here may still fail on up to 14 % of images" in page  # 1 - 0.05 ** (1 / 20) = 0.139
    assert "http://" not in page
    assert (folder / "maps_2.png").read_bytes().startswith(b"\x89PNG")


def test_a_method_that_lacks_something_is_reported_and_the_others_go_on(finished):
    folder, _ = finished
    plan = json.loads((folder / "audit.json").read_text("utf-8"))["plan"]
    assert "--patterns-data" in plan["not_run"]["pattern-net"]
    assert "pattern-net" in (folder / "report.html").read_text("utf-8")


def test_an_interrupted_audit_goes_on_and_ends_as_if_it_had_not_been(network, data, finished, tmp_path):
    steps = audit(network, data, tmp_path / "a", shifts=SHIFTS, methods=METHODS, options=OPTIONS, shard=SHARD)
    for step in steps:
        if isinstance(step, Progress) and step.done == SHARD * QUESTIONS and list(tmp_path.glob("a/shards/*")):
            break
    steps.close()
    shards = list((tmp_path / "a" / "shards").iterdir())
    assert [one.name for one in shards] == ["00000000.parquet"]
    before = shards[0].stat().st_mtime_ns
    run(network, data, tmp_path / "a")
    assert shards[0].stat().st_mtime_ns == before
    assert (tmp_path / "a" / "summary.csv").read_bytes() == (finished[0] / "summary.csv").read_bytes()
    np.testing.assert_equal(rows(tmp_path / "a"), rows(finished[0]))


def test_what_a_run_that_was_killed_left_behind_is_taken_away(small, few, tmp_path):
    left = tmp_path / ".beam-left" / "patterns-0.npz"
    left.parent.mkdir()
    left.write_bytes(b"x")
    (tmp_path / ".summary.csv.1.part").write_bytes(b"x")
    list(audit(small, few, tmp_path, shifts=["constant:1"], methods=["gradient"]))
    assert not list(tmp_path.rglob(".*"))


def test_the_size_of_a_shard_changes_no_finding(network, data, finished, tmp_path):
    run(network, data, tmp_path / "a", shard=IMAGES)
    for one, other in zip(sorted(rows(tmp_path / "a"), key=str), sorted(rows(finished[0]), key=str), strict=True):
        assert one["image"] == other["image"]
        if one["kind"] == "different":
            assert one["relative_l2"] == pytest.approx(other["relative_l2"], rel=1e-4)


@pytest.mark.parametrize(
    ("changed", "error", "said"),
    [
        ({"methods": ["gradients"]}, MethodError, "'gradients'"),
        ({"methods": []}, AuditError, "no method"),
        ({"shifts": []}, AuditError, "no shift"),
        ({"shifts": ["tilt:3"]}, ShiftError, "tilt"),
        (
            {"shifts": ["constant:-1", "checkerboard:4:0"]},
            ShiftError,
            "checkerboard:4:0, which is zero everywhere.*Leave",
        ),
        ({"options": {"lrp-gamma.gamma": 1}}, AuditError, "lrp-gamma.gamma"),
        ({"options": {"smoothgrad.seed": 1}}, AuditError, "the audit's own"),
    ],
)
def test_what_cannot_be_asked_is_refused_before_a_folder_is_made(network, data, changed, error, said, tmp_path):
    with pytest.raises(error, match=said):
        run(network, data, tmp_path / "a", **changed)
    assert not (tmp_path / "a").exists()


def test_images_of_another_shape_are_refused(network, tmp_path):
    np.savez(tmp_path / "small.npz", images=np.zeros((3, 5, 5, 1), np.float32))
    with pytest.raises(AuditError, match=r"\(5, 5, 1\).*\(28, 28, 1\)"):
        run(network, ki.datasets.load(tmp_path / "small.npz"), tmp_path / "a")


def test_a_folder_of_another_audit_is_left_alone(network, data, finished, tmp_path):
    shutil.copytree(finished[0], tmp_path / "a")
    with pytest.raises(AuditError, match=r"another images: 20 there, 10 now|another data: .*20.*10"):
        run(network, data[:10], tmp_path / "a")
    with pytest.raises(AuditError, match="another seed: 0 there, 1 now"):
        run(network, data, tmp_path / "a", seed=1)


def test_a_folder_with_other_things_is_left_alone(network, data, tmp_path):
    (tmp_path / "letter.txt").write_text("x")
    with pytest.raises(AuditError, match="other things"):
        run(network, data, tmp_path)


def test_a_damaged_shard_is_named(network, data, finished, tmp_path):
    shutil.copytree(finished[0], tmp_path / "a")
    (tmp_path / "a" / "shards" / "00000008.parquet").write_bytes(b"PAR1 and then nothing")
    with pytest.raises(AuditError, match=r"00000008.parquet.*Delete it"):
        run(network, data, tmp_path / "a")


def test_p_values_are_worked_out_by_hand():
    # P(X = 0) of Binomial(300, 0.01) is 0.99^300; with one violation, 300 * 0.01 * 0.99^299 more.
    assert p_value(0, 300) == pytest.approx(0.99**300)
    assert p_value(1, 300) == pytest.approx(0.99**300 + 300 * 0.01 * 0.99**299)
    assert p_value(0, 0) == 1.0


def test_p_values_are_corrected_by_holm(finished):
    # 0.01 * 3 = 0.03; 0.04 * 2 = 0.08; 0.03 * 1 would be less than the one before, so 0.08 stays... in ascending order:
    # 0.01 -> 0.03, 0.03 -> 0.06, 0.04 -> max(0.06, 0.04) = 0.06.
    three = finished[1][:3]
    given_p = [0.04, 0.01, 0.03]
    holm = corrected([type(one)(**{**vars(one), "p_value": p}) for one, p in zip(three, given_p, strict=True)])
    assert [one.p_holm for one in holm] == pytest.approx([0.06, 0.03, 0.06])


def test_where_memory_runs_out_half_as_many_rows_are_tried():
    asked: list = []

    def ask(rows: int | None) -> str:
        asked.append(rows)
        if rows is None or rows > 3:
            raise tf.errors.ResourceExhaustedError(None, None, "out of memory")
        return "scores"

    assert with_less_memory(ask, 16) == "scores"
    assert asked == [None, 16, 8, 4, 2]


def test_where_one_row_is_too_much_the_error_is_told():
    def ask(_rows: int | None) -> str:
        raise tf.errors.ResourceExhaustedError(None, None, "out of memory")

    with pytest.raises(tf.errors.ResourceExhaustedError):
        with_less_memory(ask, 4)


def test_maps_that_are_zero_in_float64_are_no_evidence(few, tmp_path):
    """A linear network's gradient is the same everywhere: its variance is rounding in float32, and 0 in float64."""
    import keras

    keras.utils.set_random_seed(0)
    layers = [keras.Input((6, 6, 1)), keras.layers.Flatten(), keras.layers.Dense(4, "relu"), keras.layers.Dense(2)]
    model = keras.Sequential(layers)
    model.layers[1].bias.assign(np.full(4, 100.0))  # no gate ever shuts
    network = ki.load_network(model)
    steps = audit(network, few, tmp_path, shifts=["constant:1"], methods=["vargrad"], options={"vargrad.samples": 2})
    (result,) = (step for step in steps if not isinstance(step, Progress))
    assert result.verdict == "inconclusive"
    assert result.violations == 0
    assert len(rows(tmp_path)) == 16
