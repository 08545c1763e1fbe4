"""The engine: computes the shards that a run's folder lacks, in this process or wherever an executor has them computed.

Whoever computes them, a shard depends on the plan alone, so that work that is given out twice, or again after a worker
died, is written twice under the same name, each time whole.
"""

from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from typing import Any, Protocol, TypeAlias

from .folder import RunFolder
from .progress import Progress


class Sharded(Protocol):
    """Work in shards: what the engine asks of it."""

    @property
    def stage(self) -> str:
        """What its progress is called where nothing is said of what is done within a shard."""
        ...

    @property
    def shards(self) -> Sequence[str]:
        """The file of each shard, below the folder."""
        ...

    def pieces(self, shards: Sequence[str]) -> Iterator[tuple[str, Any]]:
        """Some shards in their order, each with what it is computed from, read once."""
        ...

    def computed(self, shard: str, piece: Any) -> Generator[Progress, None, bytes]:
        """What a shard's file holds; yields how far that is."""
        ...

    def on(self, device: str) -> "Sharded":
        """The same with its numbers on a device."""
        ...


Executor: TypeAlias = Callable[[Sharded, RunFolder], Iterator[Progress]]
"""Writes the shards that a folder lacks, and yields how far that is."""


def missing(work: Sharded, folder: RunFolder) -> list[str]:
    """The shards that a folder lacks."""
    return [shard for shard in work.shards if not folder.has(shard)]


def in_this_process(work: Sharded, folder: RunFolder) -> Iterator[Progress]:
    """Compute one shard after the other, here."""
    for shard, piece in work.pieces(missing(work, folder)):
        folder.write(shard, (yield from work.computed(shard, piece)))


def content_of(work: Sharded, shard: str, piece: Any) -> bytes:
    """What a shard's file holds, where nobody asks how far that is."""

    def kept() -> Iterator[Progress]:
        content.append((yield from work.computed(shard, piece)))

    content: list[bytes] = []
    deque(kept(), maxlen=0)
    return content[0]
