"""Devices of one machine that share the work: each takes every n-th piece, in a thread of its own.

`ki.audit` and `ki.fit_patterns` do so by themselves where they see several GPUs; CUDA_VISIBLE_DEVICES says which they
see. Why not `tf.distribute`: docs/decisions, "Devices share shards".
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from typing import TypeVar

import tensorflow as tf

from .engine import Executor, Sharded, content_of, missing
from .folder import RunFolder
from .progress import Progress

T = TypeVar("T")
R = TypeVar("R")
AHEAD = 2
"""How many pieces of work a device may have waiting, so that memory does not grow with the work."""


def several_gpus() -> tuple[str, ...]:
    """The names of all GPUs that this process sees where there are several, otherwise none."""
    names = tuple(gpu.name for gpu in tf.config.list_logical_devices("GPU"))
    return names if len(names) > 1 else ()


def on_devices(devices: Sequence[str]) -> Executor:
    """An executor whose devices each compute every n-th shard, with a copy of the work's numbers of their own."""

    def executed(work: Sharded, folder: RunFolder) -> Iterator[Progress]:
        def computing(own: Sharded) -> Callable[[tuple[str, object]], tuple[str, bytes]]:
            return lambda piece: (piece[0], content_of(own, *piece))

        left, total = missing(work, folder), len(work.shards)
        workers = [computing(work.on(device)) for device in devices]
        for done, (shard, content) in enumerate(shared_out(work.pieces(left), workers, devices), total - len(left) + 1):
            folder.write(shard, content)
            yield Progress(work.stage, done, total)

    return executed


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
