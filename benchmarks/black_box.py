"""What black-box methods take beside the forward passes that they need.

python benchmarks/black_box.py

Each method explains eight digits, and the network answers as many images as it asks for, in batches of the same size;
the two take turns, and the medians' ratio is printed. 1 is the network alone; what is above it is masks, regressions,
segments.
"""

import time
from collections.abc import Callable
from statistics import median

import numpy as np

import keras_invariance as ki
from keras_invariance.methods.request import default_batch_size

METHODS = ("occlusion", "rise", "lime", "kernel-shap")
IMAGES, ROUNDS = 8, 7


def seconds(run: Callable[[], object]) -> float:
    """How long one call takes."""
    begin = time.perf_counter()
    run()
    return time.perf_counter() - begin


def main() -> None:
    """Print a row for each network and method."""
    images = ki.datasets.load(f"mnist/test[:{IMAGES}]").images
    print("network     method        passes   method, ms   network, ms   ratio")
    for name in ("mnist_mlp", "mnist_cnn"):
        network = ki.load_network(name)
        size = default_batch_size(network, network.units)
        for method in METHODS:
            analyzer = ki.analyzer(network, method)
            rows = np.resize(images, (IMAGES * analyzer.passes, *images.shape[1:]))

            def answers(rows: np.ndarray = rows, network: ki.Network = network, size: int = size) -> None:
                for start in range(0, len(rows), size):
                    network(rows[start : start + size])

            both = (lambda run=analyzer: run(images, 0)), answers
            for run in both:
                run()
            taken = [[seconds(run) for run in both] for _ in range(ROUNDS)]
            first, second = (1000 * median(each) for each in zip(*taken, strict=True))
            print(f"{name}   {method:12s} {analyzer.passes:7d} {first:12.0f} {second:13.0f} {first / second:7.2f}")


if __name__ == "__main__":
    main()
