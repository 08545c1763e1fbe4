"""How long each method takes, as a multiple of one plain compiled forward and backward pass on the same batch.

    python benchmarks/speed.py mnist_mlp --batch 64 --batch 256
    python benchmarks/speed.py mnist_cnn --batch 64
    python benchmarks/speed.py vgg16 --batch 8

The plain pass is a `tf.function` without XLA that takes the gradient of the top logits with `GradientTape`. It and the
methods take turns, so that both meet the same noise; the table shows the ratio of the medians.
"""

import argparse
import json
import resource
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

import keras_invariance as ki
from keras_invariance.methods.catalogue import METHODS
from keras_invariance.patterns import weight_patterns

BACKGROUND = 32
"""How many images methods that need some compare with."""
BLACK_BOXES = tuple(name for name, method in METHODS.items() if method.family == "black box")
"""Measured beside forward passes: `benchmarks/black_box.py`."""
REPEATED = ("integrated-gradients", "smoothgrad", "smoothgrad-squared", "vargrad", "score-cam")
SINGLE = tuple(name for name in ki.METHODS if name not in (*REPEATED, *BLACK_BOXES, "attention-rollout"))


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print; write the numbers to a file where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("network", choices=["mnist_mlp", "mnist_cnn", "vgg16"])
    parser.add_argument("--batch", type=int, action="append")
    parser.add_argument("--rounds", type=int, default=25)
    parser.add_argument("--method", action="append", help="only these methods")
    parser.add_argument("--xla", default="never", choices=["never", "always", "measure"])
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args(arguments)
    model = keras_model(chosen.network)
    network = ki.load_network(model)
    rows = {}
    for batch in chosen.batch or [64]:
        rows[batch] = measured(model, network, batch, chosen)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"peak memory {peak:.2f} GiB")
    if chosen.json:
        chosen.json.write_text(json.dumps({"network": chosen.network, "rows": rows, "peak_gib": peak}, indent=2))


def keras_model(name: str) -> Any:
    """The Keras model of a benchmark's name; VGG16 with random weights."""
    if name == "vgg16":
        keras.utils.set_random_seed(0)
        return keras.applications.VGG16(weights=None, classifier_activation=None)
    from keras_invariance import models

    return keras.models.load_model(models.path(name), compile=False)


def measured(model: Any, network: ki.Network, batch: int, chosen: argparse.Namespace) -> dict[str, float]:
    """For each method the ratio of its median time to the plain pass's, and the plain pass's milliseconds."""
    images = np.random.default_rng(0).random((batch, *network.input_shape), np.float32)
    targets = network(images).argmax(axis=1)
    plain = plain_pass(model, images)
    print(f"\n{network.name}, batch {batch}, multiples of the plain pass, XLA {chosen.xla}")
    ratios = {}
    for name in chosen.method or (*SINGLE, *REPEATED):
        analyzer = ki.analyzer(network, name, xla=chosen.xla, **options(network, name))
        rounds = chosen.rounds if name in SINGLE else max(3, chosen.rounds // 8)
        base, own = medians([plain, lambda analyzer=analyzer: analyzer(images, targets)], rounds)
        ratios[name] = own / base
        print(f"{name:24}{ratios[name]:8.2f}   ({own * 1e3:.1f} ms, plain pass {base * 1e3:.1f} ms)", flush=True)
        network.analyzers.clear()
    return ratios


def options(network: ki.Network, name: str) -> dict[str, Any]:
    """What a method must be told."""
    if name in {"pattern-net", "pattern-attribution"}:
        return {"patterns": weight_patterns(network)}
    if "background" in METHODS[name].options:
        shape = (BACKGROUND, *network.input_shape)
        return {"background": np.random.default_rng(0).random(shape, np.float32)}
    return {"low": 0.0, "high": 1.0} if "low" in METHODS[name].options else {}


def plain_pass(model: Any, images: np.ndarray) -> Callable[[], Any]:
    """The gradient of the top logits as any Keras user would write it."""

    @tf.function(autograph=False)
    def gradient(batch: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            tape.watch(batch)
            top = tf.reduce_max(model(batch, training=False), axis=-1)
        return tape.gradient(top, batch)

    return lambda: gradient(tf.constant(images)).numpy()


def medians(functions: Sequence[Callable[[], Any]], rounds: int) -> list[float]:
    """The median seconds of each function, called in turn."""
    times: list[list[float]] = [[] for _ in functions]
    for turn in range(rounds + 2):
        for function, taken in zip(functions, times, strict=True):
            start = time.perf_counter()
            function()
            if turn >= 2:
                taken.append(time.perf_counter() - start)
    return [statistics.median(taken) for taken in times]


if __name__ == "__main__":
    main()
