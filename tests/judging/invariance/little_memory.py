"""A program that explains images with little memory left, and prints what it took.

    python little_memory.py MEBIBYTES

Every image becomes one of 1024 x 1024 pixels inside the network, 4 MiB, so that the tensors of a batch are what the
system refuses; the small things that a process needs besides still find room.
"""

import json
import resource
import sys
from pathlib import Path

import keras
import numpy as np

import keras_invariance as ki
from keras_invariance.judging.invariance.subject import half_batch, with_less_memory

IMAGES = 45


def main() -> None:
    """Explain some images with some MiB beyond what is taken, and with all there is."""
    keras.utils.set_random_seed(0)
    layers = [keras.layers.UpSampling2D(256), keras.layers.ReLU(), keras.layers.GlobalAveragePooling2D()]
    network = ki.load_network(keras.Sequential([keras.Input((4, 4, 1)), *layers, keras.layers.Dense(3)]))
    images = np.random.default_rng(0).random((IMAGES, 4, 4, 1), np.float32)
    expected = ki.explain(network, images, "gradient-times-input", 0, batch_size=1)
    told: list[int | None] = []

    def ask(rows: int | None) -> np.ndarray:
        told.append(rows)
        return ki.explain(network, images, "gradient-times-input", 0, **({} if rows is None else {"batch_size": rows}))

    taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (taken + int(sys.argv[1]) * 2**20, resource.RLIM_INFINITY))
    maps = with_less_memory(ask, min(IMAGES, half_batch(network)))
    sys.stdout.write(json.dumps({"told": told, "distance": float(np.abs(maps - expected).max())}))


if __name__ == "__main__":
    main()
