"""Two devices: what `tf.distribute.MirroredStrategy` makes of a replayed gradient, and what `network.replicas` does.

    python benchmarks/devices.py

Two logical CPU devices stand for two GPUs, so that nothing can become faster here: what counts is whether the halves of
a batch overlap, where they are computed, and what must be copied. Seconds depend on the machine; the order does not.
"""

import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import tensorflow as tf

import keras_invariance as ki
from keras_invariance import models
from keras_invariance.network.replicas import on_device
from keras_invariance.runs.devices import shared_out

BOTH = ("CPU:0", "CPU:1")
ROUNDS = 20


def main() -> None:
    """Print where and when each way computes."""
    halves = [tf.config.LogicalDeviceConfiguration()] * 2
    tf.config.set_logical_device_configuration(tf.config.list_physical_devices("CPU")[0], halves)
    network = ki.load_network(models.path("mnist_mlp"))
    images = ki.datasets.load("mnist/test[:64]").images
    parts = [(part, network.targets(part)) for part in np.split(images, 2)]
    _mirrored(network, parts)
    _replicated(network, parts)


def _mirrored(network: ki.Network, parts: list[tuple[np.ndarray, np.ndarray]]) -> None:
    maps = ki.analyzer(network, "gradient")._maps
    strategy = tf.distribute.MirroredStrategy(BOTH)
    values = [
        strategy.experimental_distribute_values_from_function(
            lambda context, side=side: tf.constant(parts[context.replica_id_in_sync_group][side])
        )
        for side in (0, 1)
    ]
    spans: list[tuple[float, float]] = []

    def timed(*given: tf.Tensor) -> tf.Tensor:
        begun = time.perf_counter()
        found = maps(*given)
        _ = found.numpy()
        spans.append((begun, time.perf_counter()))
        return found

    for _ in range(ROUNDS):
        strategy.run(timed, values)
    print(f"MirroredStrategy.run: {_overlapping(spans)} of {ROUNDS} rounds had both halves under way at once")
    inside = tf.function(lambda *given: strategy.run(maps, given))(*values)
    print("MirroredStrategy.run in a function computes on", _devices(strategy.experimental_local_results(inside)))
    print("its numbers lie on", _devices(c for c in network.graph.constants.values() if c.dtype.is_floating))
    seconds = _median(lambda: strategy.run(maps, values))
    own = [partial(maps, *map(tf.constant, part)) for part in parts]
    print(f"it takes {seconds / _median(lambda: [run() for run in own]):.1f} times as long as both halves in turn")


def _replicated(network: ki.Network, parts: list[tuple[np.ndarray, np.ndarray]]) -> None:
    spans: list[tuple[float, float]] = []
    found: list[tf.Tensor] = []
    together = threading.Barrier(2)

    def worker(network: ki.Network, part: tuple[np.ndarray, np.ndarray]) -> None:
        maps = ki.analyzer(network, "gradient")._maps
        given = [tf.constant(side) for side in part]
        maps(*given)  # traced before the clock runs
        together.wait()
        begun = time.perf_counter()
        found.append(maps(*given))
        _ = found[-1].numpy()
        spans.append((begun, time.perf_counter()))

    replicas = [on_device(network, device) for device in BOTH]
    list(shared_out(parts * ROUNDS, [partial(worker, one) for one in replicas], BOTH))
    print(f"replicas: {_overlapping(sorted(spans))} of {ROUNDS} rounds had both halves under way at once")
    print("replicas compute on", _devices(found))
    print(
        "their numbers lie on",
        _devices(c for one in replicas for c in one.graph.constants.values() if c.dtype.is_floating),
    )


def _overlapping(spans: list[tuple[float, float]]) -> int:
    pairs = zip(spans[::2], spans[1::2], strict=True)
    return sum(max(one[0], other[0]) < min(one[1], other[1]) for one, other in pairs)


def _devices(tensors: Any) -> str:
    return ", ".join(sorted({tensor.device.rpartition("device:")[2] for tensor in tensors}))


def _median(run: Callable[[], Any]) -> float:
    times = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        run()
        times.append(time.perf_counter() - begun)
    return float(np.median(times))


if __name__ == "__main__":
    main()
