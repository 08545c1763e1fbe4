"""Audits that are killed by SIGKILL at random moments, resumed, and compared with one that was left alone.

    python benchmarks/kill_and_resume.py --kills 6
    python benchmarks/kill_and_resume.py --kills 4 --runner DirectRunner

Without a runner the audit's process is killed and the same command given again. With one, workers are killed while the
audit runs, which is to go on by itself; the last kill hits the audit's own process, and the command is given again.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil
import pyarrow.parquet as pq

IMAGES, SHARD = 64, 4
KEY = ("image", "shift", "method", "reference")
SAME = ("target", "kind", "zero_maps")
START = 60.0  # seconds for the first shard to appear


@dataclass
class Attempt:
    """A running audit."""

    out: Path
    process: "subprocess.Popen[bytes]"

    @classmethod
    def begun(cls, out: Path, runner: str | None) -> "Attempt":
        """Give the command."""
        asked = ["--data", f"mnist/test[:{IMAGES}]", "--shift", "constant:-1", "--shift", "checkerboard:4"]
        asked += ["--method", "gradient,gradient-times-input,integrated-gradients", "--shard", str(SHARD)]
        beam = ["--runner", runner, "--", "--direct_num_workers=2"] if runner else []
        command = [sys.executable, "-m", "keras_invariance", "audit", "mnist_mlp", *asked, "--out", str(out), *beam]
        quiet = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
        return cls(out, subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=quiet))

    @property
    def shards(self) -> int:
        """How many shards there are."""
        return len(list(self.out.glob("shards/*.parquet")))

    def workers(self) -> list[psutil.Process]:
        """The processes that compute for it."""
        found = psutil.Process(self.process.pid).children(recursive=True)
        return [one for one in found if "sdk_worker_main" in " ".join(one.cmdline()) and "python" in one.name()]

    def wait_for_shards(self, more_than: int) -> bool:
        """Wait until there are more shards than that; False where it ended before, or nothing came."""
        until = time.monotonic() + START
        while self.process.poll() is None and time.monotonic() < until:
            if self.shards > more_than:
                return True
            time.sleep(0.02)
        return False


def main(arguments: Sequence[str] | None = None) -> None:
    """Kill, go on, compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=6)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--runner")
    chosen = parser.parse_args(arguments)
    random = np.random.default_rng(chosen.seed)
    with tempfile.TemporaryDirectory() as folder:
        whole = Attempt.begun(Path(folder, "whole"), None)
        whole.process.wait()
        attempt = Attempt.begun(Path(folder, "killed"), chosen.runner)
        for number in range(1, chosen.kills + 1):
            attempt = _killed(attempt, number, random, chosen.runner, last=number == chosen.kills)
        before = attempt.shards
        code = attempt.process.wait()
        left = [str(one.relative_to(attempt.out)) for one in attempt.out.rglob(".*")]
        print(f"left alone: went on from {before} shards, ended with exit code {code}; half-written files: {left or 0}")
        _compare(whole.out, attempt.out)


def _killed(attempt: Attempt, number: int, random: np.random.Generator, runner: str | None, *, last: bool) -> Attempt:
    """Kill a process of an attempt some moments after its next shard; the attempt, or the one that takes its place."""
    found = attempt.wait_for_shards(attempt.shards)
    moment = float(random.uniform(0.0, 1.5))
    time.sleep(moment if found else 0.0)
    workers = attempt.workers() if runner and not last and attempt.process.poll() is None else []
    victim = workers[random.integers(len(workers))].pid if workers else attempt.process.pid
    if attempt.process.poll() is not None:
        print(f"kill {number}: it had ended with exit code {attempt.process.returncode}; begun again")
        return Attempt.begun(attempt.out, runner)
    shards = attempt.shards
    os.kill(victim, signal.SIGKILL)
    who = "a worker" if workers else "the audit"
    print(f"kill {number}: {who}, {moment:.2f} s after a shard, with {shards} of {IMAGES // SHARD} shards", flush=True)
    if workers:
        return attempt
    attempt.process.wait()
    return Attempt.begun(attempt.out, runner)


def _compare(whole: Path, killed: Path) -> None:
    first, second = (_rows(folder) for folder in (whole, killed))
    doubled = len(pq.read_table(killed / "findings.parquet")) - len(second)
    same = all(second[key][name] == row[name] for key, row in first.items() for name in SAME)
    apart = max(abs((second[key]["relative_l2"] or 0.0) - (row["relative_l2"] or 0.0)) for key, row in first.items())
    summary = (whole / "summary.csv").read_bytes() == (killed / "summary.csv").read_bytes()
    print(f"rows: {len(second)} of {len(first)}, lost {len(first.keys() - second.keys())}, doubled {doubled}")
    print(f"same kind of difference in every row: {same}; largest difference of a relative L2: {apart:.1e}")
    print(f"summary.csv equal to the last byte: {summary}")


def _rows(folder: Path) -> dict[tuple[object, ...], dict[str, object]]:
    found = pq.read_table(folder / "findings.parquet").to_pylist()
    return {tuple(row[name] for name in KEY): row for row in found}


if __name__ == "__main__":
    main()
