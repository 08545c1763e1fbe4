"""A study's folder: what is in it, resuming it, and what is refused."""

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from keras_invariance.errors import OutputError
from keras_invariance.judging.randomization.experiment import Experiment
from keras_invariance.judging.sanity_checks import MEASURES, Finding, randomize
from keras_invariance.judging.study import Progress, Study, study
from keras_invariance.network import Network

METHODS = ("gradient", "gradient-times-input")
Run = Callable[..., list[object]]


@pytest.fixture(scope="module")
def run(small: Network, images: np.ndarray) -> Run:
    def ran(out: Path, **changed: object) -> list[object]:
        asked = {
            "methods": METHODS,
            "orders": ("top-down", "independent"),
            "seeds": 2,
            "shift": "constant:-1",
            **changed,
        }
        return list(study(small, asked.pop("data", images), out, **asked))

    return ran


@pytest.fixture(scope="module")
def finished(run: Run, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[object]]:
    out = tmp_path_factory.mktemp("studies") / "whole"
    return out, run(out)


def findings(steps: list[object]) -> list[Finding]:
    return [step for step in steps if isinstance(step, Finding)]


def test_a_folder_holds_curves_numbers_and_a_page(finished: tuple[Path, list[object]]):
    out, steps = finished
    names = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    pictures = {"curves_top-down.png", "curves_independent.png", "convergence.png", "maps.png"}
    texts = {"plan.json", "randomization.csv", "randomization.json", "index.html"}
    shards = {f"{test}/{method}.json" for test in ("convergence", "softmax_shift") for method in METHODS}
    assert names == pictures | texts | shards | {"seeds/0.npy", "seeds/1.npy"}
    page = (out / "index.html").read_text("utf-8")
    assert page.count("data:image/png;base64,") == 4
    assert "src=" not in page.replace('src="data:image/png;base64,', "")
    assert "Fewer than five seeds" in page
    assert isinstance(steps[-1], Study)


def test_the_table_has_a_row_for_every_point(finished: tuple[Path, list[object]]):
    out, steps = finished
    rows = list(csv.DictReader((out / "randomization.csv").read_text("utf-8").splitlines()))
    # (2 orders x (3 layers + their mean) + 1 control) x 2 methods x 2 sides x 4 measures
    assert len(rows) == len(steps[-1].points) == 9 * 2 * 2 * 4
    for row, point in zip(rows, steps[-1].points, strict=True):
        assert (row["method"], row["layer"], row["measure"]) == (point.method, point.layer, point.measure)
        assert float(row["mean"]) == point.value.mean
        assert row["seeds"] == "2"


def test_everything_that_was_measured_is_written_down(finished: tuple[Path, list[object]]):
    out, steps = finished
    read = json.loads((out / "randomization.json").read_text("utf-8"))
    assert read["plan"]["shift"] == "constant:-1"
    assert list(read["plan"]["layers"].values()) == ["kernel: GlorotUniform, bias: Zeros"] * 3
    assert len(read["findings"]) == len(findings(steps))
    first = findings(steps)[0]
    assert read["findings"][0]["spearman"] == pytest.approx(np.nanmean(first.similarities["spearman"]))
    assert {one["explained"] for one in read["softmax_shift"]} == {"logit", "centred logit"}
    assert {one["method"] for one in read["convergence"]} == set(METHODS)


def test_a_study_finds_what_randomize_finds(finished: tuple[Path, list[object]], small: Network, images: np.ndarray):
    plain = randomize(small, images, METHODS, orders=("top-down", "independent"), seeds=2, shift="constant:-1")
    for one, other in zip(findings(finished[1]), plain, strict=True):
        assert (one.method, one.side, one.order, one.layer) == (other.method, other.side, other.order, other.layer)
        for name in MEASURES:
            np.testing.assert_array_equal(one.similarities[name], other.similarities[name])


def test_progress_comes_to_its_end(finished: tuple[Path, list[object]]):
    progress = [step for step in finished[1] if isinstance(step, Progress) and step.name.startswith("Seed")]
    assert [step.done for step in progress] == sorted(step.done for step in progress)
    assert progress[-1].done == progress[-1].total == len(findings(finished[1]))


@pytest.fixture
def copied(finished: tuple[Path, list[object]], tmp_path: Path) -> Path:
    """A copy of the finished folder, to be spoilt."""
    return Path(shutil.copytree(finished[0], tmp_path / "copied"))


def test_a_study_goes_on_where_it_was_stopped_and_takes_more_seeds(
    run: Run, finished: tuple[Path, list[object]], copied: Path, monkeypatch: pytest.MonkeyPatch
):
    computed = []
    original = Experiment.findings

    def counted(self: Experiment, seed: int) -> object:
        computed.append(seed)
        return original(self, seed)

    monkeypatch.setattr(Experiment, "findings", counted)
    (copied / "seeds" / "1.npy").unlink()
    steps = run(copied, seeds=3)
    assert computed == [1, 2]
    before, after = findings(finished[1]), findings(steps)
    assert len(after) == len(before) * 3 // 2
    for one, other in zip(before, after, strict=False):
        np.testing.assert_array_equal(one.similarities["ssim"], other.similarities["ssim"])


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"methods": ("gradient",)}, "another methods"),
        ({"shift": "constant:-2"}, 'another shift: "constant:-1" there, "constant:-2" now'),
        ({"dither": 0.1}, "another dither"),
        ({"orders": ("top-down",)}, "another orders"),
    ],
)
def test_another_study_in_the_folder_is_refused(
    run: Run, finished: tuple[Path, list[object]], changed: dict, said: str
):
    with pytest.raises(OutputError, match=said):
        run(finished[0], **changed)


def test_other_data_in_the_folder_are_refused(run: Run, finished: tuple[Path, list[object]], images: np.ndarray):
    with pytest.raises(OutputError, match="another data fingerprint"):
        run(finished[0], data=images[::-1].copy())


def test_a_folder_with_other_things_is_refused(run: Run, tmp_path: Path):
    (tmp_path / "thesis.txt").write_text("do not touch")
    with pytest.raises(OutputError, match=r"other things in it.*Choose another"):
        run(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_damage_is_told_and_not_computed_over(run: Run, copied: Path):
    file = copied / "seeds" / "0.npy"
    for content in (b"", b"\x93NUMPY\x01\x00broken", file.read_bytes()[:-8]):
        file.write_bytes(content)
        with pytest.raises(OutputError, match=r"0.npy, which is damaged.*Delete it"):
            run(copied)
    np.save(file, np.zeros((2, 2)))
    with pytest.raises(OutputError, match=r"0.npy, which is damaged"):
        run(copied)


def test_a_damaged_plan_is_told(run: Run, tmp_path: Path):
    (tmp_path / "plan.json").write_text("{")
    with pytest.raises(OutputError, match=r"plan.json, which holds no plan"):
        run(tmp_path)
