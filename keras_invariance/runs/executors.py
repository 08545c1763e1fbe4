"""Who computes the shards that a folder lacks, where nobody else is named."""

from collections.abc import Iterator

from .engine import Executor, Sharded, in_this_process
from .folder import RunFolder
from .progress import Progress


def written(work: Sharded, folder: RunFolder, executor: Executor | None = None) -> Iterator[Progress]:
    """Have the shards written that a folder lacks: by an executor, else by all GPUs where there are several."""
    yield from (executor or _chosen())(work, folder)


def _chosen() -> Executor:
    from .devices import on_devices, several_gpus  # imports TensorFlow

    gpus = several_gpus()
    return on_devices(gpus) if gpus else in_this_process
