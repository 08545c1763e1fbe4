"""Processes that are killed, interrupted or resumed: nothing is lost, doubled, or left half written."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from tests.judging.invariance.conftest import IMAGES, OPTIONS, SHIFTS, run

PROGRAM = [sys.executable, "-c", "import sys; from keras_invariance.cli import main; sys.exit(main())"]
METHODS = ("gradient", "gradient-times-input", "integrated-gradients", "smoothgrad")
LONGEST = 240  # seconds that a process may take before the test fails


def rows(folder: Path) -> list[dict]:
    return pq.read_table(folder / "findings.parquet").to_pylist()


def command(out: Path) -> list[str]:
    options = [part for name, value in OPTIONS.items() for part in ("--option", f"{name}={value}")]
    shifts = [part for shift in SHIFTS for part in ("--shift", shift)]
    data = f"mnist/test[:{IMAGES}]"
    asked = ["--data", data, *shifts, "--methods", ",".join(METHODS), *options, "--shard", "4", "--out", str(out)]
    return [*PROGRAM, "audit", "mnist_mlp", *asked]


def stopped(out: Path, moment: float, by: signal.Signals) -> tuple[int, str]:
    """Start an audit and stop it some seconds after its first shard is there; its exit code and last words.

    Its words go to a file: a pipe would stay open as long as any process that it started lives.
    """
    with (out.parent / "words").open("w+") as words:
        process = subprocess.Popen(command(out), stdout=words, stderr=words, start_new_session=True)
        until = time.monotonic() + LONGEST
        while not list(out.glob("shards/*.parquet")) and process.poll() is None and time.monotonic() < until:
            time.sleep(0.01)
        time.sleep(moment)
        process.send_signal(by)
        try:
            process.wait(LONGEST)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
        words.seek(0)
        return process.returncode, words.read()


def finished_by(arguments: list[str]) -> str:
    """What a process prints that ends well."""
    return subprocess.run(arguments, capture_output=True, text=True, check=True, timeout=LONGEST).stdout


def test_an_audit_that_was_interrupted_and_killed_is_gone_on_with_by_its_folder_alone(network, data, tmp_path):
    out = tmp_path / "stopped"
    code, words = stopped(out, 0.0, signal.SIGINT)
    assert (code, words.splitlines()[-1]) == (130, "Interrupted.")
    stopped(out, 0.0, signal.SIGKILL)
    assert not (out / "summary.csv").exists()
    for shard in out.glob("shards/*.parquet"):
        pq.read_table(shard)  # whole
    assert "report.html" in finished_by([*PROGRAM, "audit", "--resume", str(out)])
    run(network, data, tmp_path / "whole", shard=4, methods=METHODS)
    np.testing.assert_equal(rows(out), rows(tmp_path / "whole"))
    assert not list(out.rglob("*.part"))


@pytest.mark.slow
def test_an_audit_survives_being_killed_at_any_moment(network, data, tmp_path):
    out = tmp_path / "killed"
    for moment in np.random.default_rng(0).uniform(0.0, 3.0, size=6):
        stopped(out, float(moment), signal.SIGKILL)
    finished_by(command(out))
    run(network, data, tmp_path / "whole", shard=4, methods=METHODS)
    np.testing.assert_equal(rows(out), rows(tmp_path / "whole"))
