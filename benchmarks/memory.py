"""Peak memory of an audit, by the number of its images.

    python benchmarks/memory.py --images 200 --images 2000 --images 10000

Each audit runs in a process of its own, asks about gradients on the shipped dense network under one shift, and reads
digits from MNIST's training set. The peak is the system's resident set size (`ru_maxrss`). What loading TensorFlow and
the network takes is measured by the same audit of 10 images.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence

BASE = 10


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a row for each number of images."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, action="append")
    parser.add_argument("--network", default="mnist_mlp")
    parser.add_argument("--method", default="gradient")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    if chosen.one is not None:
        _audit(chosen.network, chosen.method, chosen.one)
        return
    print(f"{'images':>8}{'peak MiB':>10}{'more than for 10':>18}{'seconds':>9}")
    base = None
    for images in (BASE, *(chosen.images or (200, 2000))):
        begun = time.perf_counter()
        peak = _peak(["--network", chosen.network, "--method", chosen.method, "--one", str(images)])
        base = peak if base is None else base
        print(f"{images:>8}{peak:>10.0f}{peak - base:>18.0f}{time.perf_counter() - begun:>9.0f}", flush=True)


def _peak(arguments: Sequence[str]) -> float:
    """The peak of one audit's process, MiB."""
    quiet = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    command = [sys.executable, __file__, *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True, env=quiet)
    return float(done.stdout.split()[-1])


def _audit(network: str, method: str, images: int) -> None:
    import keras_invariance as ki
    from keras_invariance import models

    with tempfile.TemporaryDirectory() as folder:
        data = ki.datasets.load(f"mnist/train[:{images}]")
        for _ in ki.audit(
            ki.load_network(models.path(network)), data, f"{folder}/audit", shifts=["constant:-1"], methods=[method]
        ):
            pass
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10)


if __name__ == "__main__":
    main()
