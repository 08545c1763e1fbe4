"""The audit command: what is asked reaches the library, folders are resumed, and every mistake is one line."""

import csv
import json
import os
import resource
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
import tensorflow as tf

import keras_invariance as ki

ASKED = ("--shift", "constant:1", "--methods", "gradient,lrp-z,smoothgrad", "--option", "smoothgrad.samples=2")


@pytest.fixture(autouse=True)
def as_in_a_process_of_its_own(monkeypatch: pytest.MonkeyPatch):
    """What the command sets for its whole process would reach every test after this one."""
    monkeypatch.setattr(tf.config.experimental, "enable_op_determinism", lambda: None)


@pytest.fixture
def images(tmp_path: Path) -> Path:
    path = tmp_path / "images.npz"
    np.savez(path, images=np.random.default_rng(0).random((6, 4, 4, 1), np.float32))
    return path


def verdicts(folder: Path) -> dict[str, str]:
    with (folder / "summary.csv").open(newline="") as file:
        return {row["method"]: row["verdict"] for row in csv.DictReader(file)}


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """The system refuses to write a file beyond a size, as it does on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_table_a_report_and_the_exit_code_tell_the_verdicts(run: Callable, tiny: Path, images: Path, tmp_path: Path):
    asked = ("audit", tiny, "--data", images, *ASKED, "--out", tmp_path / "a")
    done = run(*asked)
    assert done.exit_code == 0
    assert verdicts(tmp_path / "a") == {"gradient": "invariant", "lrp-z": "sensitive", "smoothgrad": "invariant"}
    assert "sensitive" in done.stdout
    assert "report.html" in done.stdout
    assert run(*asked, "--fail-on", "sensitive:gradient,smoothgrad").exit_code == 0
    failed = run(*asked, "--fail-on", "sensitive")
    assert (failed.exit_code, failed.stderr.splitlines()[-1]) == (1, "Sensitive: lrp-z")


def test_the_library_gets_what_was_asked(run: Callable, tiny: Path, images: Path, tmp_path: Path):
    more = ("--patterns-data", images, "--estimator", "linear", "--centre", "image", "--seed", 3, "--shard", 4)
    methods = ("--methods", "pattern-net,vargrad", "--shift", "constant:1", "--option", "vargrad.sigma=0.5")
    assert run("audit", tiny, "--data", images, *methods, *more, "--out", tmp_path / "a").exit_code == 0
    plan = json.loads((tmp_path / "a" / "audit.json").read_text("utf-8"))["plan"]
    assert {question["estimator"] for question in plan["questions"]} == {"linear", ""}
    assert (plan["patterns"]["centre"], plan["patterns"]["images"]) == ("image", 6)
    assert (plan["seed"], plan["shard"], plan["options"]) == (3, 4, {"vargrad.sigma": 0.5})


def test_the_logit_to_explain_is_kept(run: Callable, refused: Callable, tiny: Path, images: Path, tmp_path: Path):
    asked = ("audit", tiny, "--data", images, *ASKED, "--out", tmp_path / "a", "--target")
    assert run(*asked, "1").exit_code == 0
    (tmp_path / "a" / "shards" / "00000000.parquet").unlink()
    assert run("audit", "--resume", tmp_path / "a").exit_code == 0
    assert set(pq.read_table(tmp_path / "a" / "findings.parquet").column("target").to_pylist()) == {1}
    assert "the target 7; expected an index from 0 to" in refused(*asked, "7")
    assert "without labels" in refused(*asked, "label")


def test_a_folder_alone_says_what_to_go_on_with(
    run: Callable, tiny: Path, images: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    relative = os.path.relpath(tiny, tmp_path)
    assert run("audit", relative, "--data", images.name, *ASKED, "--out", "a").exit_code == 0
    summary = (tmp_path / "a" / "summary.csv").read_bytes()
    for name in ("summary.csv", "report.html", "confirmed.json", "shards/00000000.parquet"):
        (tmp_path / "a" / name).unlink()
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert run("audit", "--resume", "../a").exit_code == 0
    assert (tmp_path / "a" / "summary.csv").read_bytes() == summary


def test_trust_is_never_taken_from_a_folder(run: Callable, refused: Callable, images: Path, tmp_path: Path):
    import keras

    layers = [keras.Input((4, 4, 1)), keras.layers.Flatten(), keras.layers.Lambda(lambda x: 2 * x)]
    keras.Sequential([*layers, keras.layers.Dense(2)]).save(tmp_path / "code.keras")
    asked = ("audit", tmp_path / "code.keras", "--data", images, *ASKED, "--out", tmp_path / "a")
    assert "--trust-model" in refused(*asked)
    assert run(*asked, "--trust-model").exit_code == 0
    assert "trust_model" not in (tmp_path / "a" / "audit.json").read_text("utf-8")
    assert "--trust-model" in refused("audit", "--resume", tmp_path / "a")
    assert run("audit", "--resume", tmp_path / "a", "--trust-model").exit_code == 0


def test_what_cannot_be_gone_on_with_is_one_line(
    run: Callable, refused: Callable, tiny: Path, images: Path, tmp_path: Path
):
    assert "MODEL, --data or --out" in refused("audit", tiny, "--out", tmp_path / "a")
    assert "without a readable audit.json" in refused("audit", "--resume", tmp_path)
    assert "--data beside --resume" in refused("audit", "--resume", tmp_path, "--data", images)
    python = tmp_path / "python"
    list(ki.audit(ki.load_network(tiny), np.ones((2, 4, 4, 1)), python, shifts=["constant:1"], methods=["gradient"]))
    assert "begun in Python" in refused("audit", "--resume", python)
    assert run("audit", tiny, "--data", images, *ASKED, "--out", tmp_path / "a").exit_code == 0
    content = json.loads((tmp_path / "a" / "audit.json").read_text("utf-8"))
    for changed in ({"seed": "0"}, {"model": 5}, {"choices": []}, {"further": 1}, {"shifts": None}):
        damaged = {**content, "begun": {**content["begun"], "command": {**content["begun"]["command"], **changed}}}
        (tmp_path / "a" / "audit.json").write_text(json.dumps(damaged))
        assert "damaged" in refused("audit", "--resume", tmp_path / "a")


def hostile(kind: str, tiny: Path, folder: Path) -> Path:
    """A model that must not be read."""
    path = folder / f"{kind}.keras"
    if kind == "zeros":
        with path.open("wb") as file:
            file.truncate(2**30)  # a sparse file: nothing is written
    elif kind == "truncated":
        path.write_bytes(tiny.read_bytes()[:-200])
    elif kind == "corrupt":
        content = bytearray(tiny.read_bytes())
        content[len(content) // 2] ^= 0xFF
        path.write_bytes(content)
    elif kind == "outside":
        path.write_bytes(tiny.read_bytes())
        with zipfile.ZipFile(path, "a") as archive:
            archive.writestr("../outside.txt", b"x")
    elif kind == "folder":
        path = folder / "saved"
        path.mkdir()
        (path / "saved_model.pb").write_bytes(b"\x08\x01\x12\xff\xff")
    return path


@pytest.mark.parametrize("kind", ["missing", "zeros", "truncated", "corrupt", "outside", "folder"])
def test_a_model_that_cannot_be_read_is_one_line(
    refused: Callable, tiny: Path, images: Path, tmp_path: Path, kind: str
):
    path = hostile(kind, tiny, tmp_path)
    assert path.name in refused("audit", path, "--data", images, *ASKED, "--out", tmp_path / "a")
    assert not (tmp_path / "a").exists()
    assert not (tmp_path.parent / "outside.txt").exists()


@pytest.mark.parametrize(
    ("arrays", "said"),
    [
        ({"images": np.ones((3, 5, 4, 1), np.float32)}, "(5, 4, 1)"),
        ({"images": np.full((3, 4, 4, 1), np.nan, np.float32)}, "NaN or infinite"),
        ({"images": np.full((3, 4, 4, 1), np.inf, np.float32)}, "NaN or infinite"),
        ({"images": np.ones((3, 4, 4, 1), np.float32), "labels": np.arange(4)}, "'labels'"),
        ({"images": np.ones((3, 4, 4, 1), np.int64)}, "int64"),
        ({"pictures": np.ones((3, 4, 4, 1), np.float32)}, "pictures"),
    ],
)
def test_data_that_do_not_fit_are_one_line(refused: Callable, tiny: Path, tmp_path: Path, arrays: dict, said: str):
    np.savez(tmp_path / "x.npz", **arrays)
    assert said in refused("audit", tiny, "--data", tmp_path / "x.npz", *ASKED, "--out", tmp_path / "a")
    assert not (tmp_path / "a").exists()


def test_labels_out_of_range_change_nothing(run: Callable, tiny: Path, tmp_path: Path):
    """What is explained is the network's own answer: labels are not looked at, whatever they are."""
    images = np.random.default_rng(0).random((4, 4, 4, 1), np.float32)
    for name, labels in (("right", [0, 1, 2, 0]), ("wrong", [99, -1, 2**40, 0])):
        np.savez(tmp_path / f"{name}.npz", images=images, labels=np.array(labels))
        asked = ("audit", tiny, "--data", tmp_path / f"{name}.npz", *ASKED, "--out", tmp_path / name)
        assert run(*asked).exit_code == 0
    assert (tmp_path / "right" / "summary.csv").read_bytes() == (tmp_path / "wrong" / "summary.csv").read_bytes()


def test_constant_images_are_judged_like_others(run: Callable, tiny: Path, tmp_path: Path):
    np.savez(tmp_path / "x.npz", images=np.full((5, 4, 4, 1), 0.5, np.float32))
    asked = ("--shift", "constant:1", "--methods", "gradient,integrated-gradients,lrp-z", "--out", tmp_path / "a")
    assert run("audit", tiny, "--data", tmp_path / "x.npz", *asked).exit_code == 0
    with (tmp_path / "a" / "summary.csv").open(newline="") as file:
        found = {(row["method"], row["reference"]): row for row in csv.DictReader(file)}
    assert found["gradient", ""]["verdict"] == "invariant"
    assert found["lrp-z", ""]["verdict"] == "sensitive"
    # An image of one value is its own black reference: both maps are zero, which is no evidence.
    assert found["integrated-gradients", "black"]["verdict"] == "inconclusive"
    assert found["integrated-gradients", "black"]["zero"] == "5"


@pytest.mark.parametrize(
    "wrong", ["--option=lrp-z.gamma=1", "--fail-on=sometimes", "--shift=tilt:3", "--estimator=mean"]
)
def test_a_wrong_spelling_is_one_line(refused: Callable, tiny: Path, images: Path, tmp_path: Path, wrong: str):
    asked = ("audit", tiny, "--data", images, *ASKED, "--patterns-data", images, wrong, "--out", tmp_path / "a")
    assert wrong.rpartition("=")[2].partition(":")[0] in refused(*asked) or "lrp-z.gamma" in refused(*asked)
    assert not (tmp_path / "a").exists()


def test_a_place_that_cannot_be_written_is_one_line(refused: Callable, tiny: Path, images: Path, tmp_path: Path):
    (tmp_path / "file").touch()
    for out in (tmp_path / "file", tmp_path / "file" / "a", Path("/proc/audit")):
        assert str(out) in refused("audit", tiny, "--data", images, *ASKED, "--out", out)


@pytest.mark.parametrize(("room", "there"), [(500, []), (20_000, ["audit.json", "confirmed.json"])])
def test_a_full_disk_is_one_line_and_leaves_whole_files_only(
    refused: Callable, run: Callable, tiny: Path, images: Path, tmp_path: Path, room: int, there: list[str]
):
    out = tmp_path / "a"
    asked = ("audit", tiny, "--data", images, *ASKED, "--out", out)
    with largest_file(room):
        said = refused(*asked)
    assert "cannot be written" in said
    assert str(out) in said
    found = [file for file in out.rglob("*") if file.is_file()]
    assert all(name in [file.name for file in found] for name in there)
    assert not (out / "report.html").exists()
    assert not [file for file in found if file.name.endswith(".part")]
    assert run(*asked).exit_code == 0
    assert verdicts(out)["gradient"] == "invariant"
