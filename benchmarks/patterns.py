"""How long a pattern fit takes, as a multiple of one forward pass over the same images in the same run, and its memory.

python benchmarks/patterns.py mnist_mlp
python benchmarks/patterns.py mnist_cnn

The pass and the fit take turns; the cache of fitted patterns lies in a folder that is thrown away.
"""

import argparse
import os
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from typing import Any

import keras_invariance as ki
from keras_invariance import models


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("network", choices=models.TRAINED)
    parser.add_argument("--images", type=int, default=60000)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args(arguments)
    network = ki.load_network(models.path(chosen.network))
    images = ki.datasets.load("mnist/train").images[: chosen.images]
    for estimator in ("positive", "linear"):
        forward, fit = [], []
        for _ in range(chosen.rounds):
            forward.append(seconds(lambda: network(images, batch_size=2048)))
            fit.append(seconds(lambda name=estimator: fitted(network, images, name)))
        ratio = statistics.median(fit) / statistics.median(forward)
        print(
            f"{chosen.network}, {len(images)} images, {estimator}: {ratio:.2f} forward passes "
            f"({statistics.median(fit):.1f} s, one pass {statistics.median(forward):.1f} s)"
        )
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GiB")


def fitted(network: ki.Network, images: Any, estimator: Any) -> ki.Patterns:
    """One fit that finds nothing in the cache."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_CACHE_HOME"] = folder
        return ki.fit_patterns(network, images, estimator=estimator)


def seconds(run: Callable[[], Any]) -> float:
    """How long a call takes."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
