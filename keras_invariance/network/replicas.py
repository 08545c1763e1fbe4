"""Replicas: the same network on several devices of one machine, which share the work.

Each device gets a network of its own, with its own copy of the numbers, in a thread of its own, and every n-th piece of
the work. `tf.distribute.MirroredStrategy` does not suit (TensorFlow 2.21, two logical CPUs, `benchmarks/devices.py`,
2026-11-25): its `run` has one replica wait for the other, so that two halves of a batch took twice as long as both
in turn by one device; inside a function, what was traced before runs on the first device for all replicas; and the
numbers that a replay captures, and a twin's offsets, stay on the first device and are copied to the others at every
call.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from typing import TypeVar

import tensorflow as tf

from .network import Network

T = TypeVar("T")
R = TypeVar("R")
AHEAD = 2
"""How many pieces of work a device may have waiting, so that memory does not grow with the work."""


def several_gpus() -> tuple[str, ...]:
    """The names of all GPUs that this process sees where there are several, otherwise none."""
    names = tuple(gpu.name for gpu in tf.config.list_logical_devices("GPU"))
    return names if len(names) > 1 else ()


def on_device(network: Network, device: str) -> Network:
    """The same network with its numbers on a device; it shares no traced function with the one given."""
    with tf.device(device):
        constants = {
            value: tf.identity(constant) if constant.dtype.is_floating else constant
            for value, constant in network.graph.constants.items()
        }
    return replace(network, graph=replace(network.graph, constants=constants), place=None, original=None)


def shared_out(work: Iterable[T], workers: Sequence[Callable[[T], R]], devices: Sequence[str]) -> Iterator[R]:
    """What workers make of the work, in its order: each on its device and in its thread, with every n-th piece.

    Without devices the one worker works in this thread.
    """
    if not devices:
        yield from map(workers[0], work)
        return
    pending: deque[Future[R]] = deque()
    with ExitStack() as stack:
        threads = [stack.enter_context(ThreadPoolExecutor(1)) for _ in workers]
        stack.callback(lambda: [future.cancel() for future in pending])
        for number, piece in enumerate(work):
            if len(pending) == AHEAD * len(workers):
                yield pending.popleft().result()
            at = number % len(workers)
            pending.append(threads[at].submit(_there, devices[at], workers[at], piece))
        while pending:
            yield pending.popleft().result()


def _there(device: str, worker: Callable[[T], R], piece: T) -> R:
    with tf.device(device):
        return worker(piece)
