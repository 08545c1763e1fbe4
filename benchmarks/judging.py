"""What judging takes once all images are explained: seconds and peak memory, by the number of images.

    python benchmarks/judging.py --images 10000 --images 1000000 --questions 4

The shards hold random numbers in the place of scores: judging reads them question by question, merges them, and never
sees a map. Each size runs in a process of its own; the peak is the system's resident set size (`ru_maxrss`), TensorFlow
and what it takes to write the shards included.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a row for each number of images."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, action="append")
    parser.add_argument("--questions", type=int, default=4)
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    if chosen.one is not None:
        _judged(chosen.one, chosen.questions)
        return
    print(f"{'images':>8}{'questions':>11}{'judging s':>11}{'merging s':>11}{'peak MiB':>10}")
    for images in chosen.images or (10_000, 100_000):
        command = [sys.executable, __file__, "--one", str(images), "--questions", str(chosen.questions)]
        quiet = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True, env=quiet)
        judging, merging, peak = map(float, done.stdout.split())
        print(f"{images:>8}{chosen.questions:>11}{judging:>11.0f}{merging:>11.0f}{peak:>10.0f}", flush=True)


def _judged(images: int, questions: int) -> None:
    """Write the shards of an audit, judge and merge them; prints both times and the peak."""
    from keras_invariance.judging.invariance.findings import Findings, as_parquet, shard_name
    from keras_invariance.judging.invariance.invariance import LAYOUT
    from keras_invariance.judging.invariance.plan import Plan
    from keras_invariance.judging.invariance.questions import Question
    from keras_invariance.judging.invariance.results import results
    from keras_invariance.runs import RunFolder

    asked = tuple(Question("constant:-1", "gradient", f"{number}") for number in range(questions))
    plan = Plan("network", "", "data", "", images, 0.0, 1.0, {"constant:-1": ""}, asked, {}, None, 0, 256, {})
    with tempfile.TemporaryDirectory() as place:
        folder = RunFolder(Path(place), LAYOUT)
        found = Findings(folder, plan)
        (folder.path / "shards").mkdir()
        random = np.random.default_rng(0)
        for shard in plan.shards:
            folder.write(shard_name(shard), as_parquet(list(_rows(shard, asked, random))))
        exact = {question: {0: 1e-15, images - 1: 1e-15} for question in asked}
        begun = time.perf_counter()
        _, kinds = results(found, exact)
        judged = time.perf_counter()
        found.merge(kinds, exact)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10
        print(judged - begun, time.perf_counter() - judged, peak)


def _rows(shard: range, asked: Sequence[Any], random: np.random.Generator) -> Iterator[dict[str, Any]]:
    from keras_invariance.judging.invariance.findings import SCORES, TWIN

    for question in asked:
        for image, score in zip(shard, random.random(len(shard)), strict=True):
            scores, twin = dict.fromkeys(SCORES, float(score)), dict.fromkeys(TWIN, 1e-9)
            told = {"image": image, "target": 0, "zero_maps": "neither", "finite": True, "gate_flips": 0}
            yield {**told, **vars(question), **scores, **twin}


if __name__ == "__main__":
    main()
