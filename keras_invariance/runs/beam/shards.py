"""Shards on Beam: workers write what a run's folder lacks, and the plain run goes on from there.

A shard depends on the plan alone, and one that is there is not computed again. So an engine only has to fill the
folder: merging, judging and reporting are the plain run's, which finds nothing left to compute.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock
from typing import Any, TypeAlias

import apache_beam
from apache_beam.utils.shared import Shared

from ..engine import Executor, Sharded, content_of, missing
from ..folder import RunFolder
from ..progress import Progress
from .runner import Engine, scratch

Recipe: TypeAlias = Callable[[], Sharded]
"""Makes the work anew in a worker; it is pickled."""

HandOver: TypeAlias = Callable[[Sharded, RunFolder, Path], Recipe]
"""Writes what workers need of the work into a folder that they can read; returns the recipe to make it anew."""


def on_beam(engine: Engine, hand_over: HandOver) -> Executor:
    """An executor that has an engine's workers write the shards; all must be able to write in the run's folder."""

    def executed(work: Sharded, folder: RunFolder) -> Iterator[Progress]:
        shared, total = replace(folder, path=folder.path.absolute()), len(work.shards)
        left = missing(work, shared)
        if not left:
            return
        shared.drop_scratch()
        with scratch(shared.path) as place:
            job = Shards(hand_over(work, shared, Path(place)), shared, tuple(left))
            for done in engine.run(job, lambda: total - len(missing(work, shared))):
                yield Progress(work.stage, done, total)

    return executed


@dataclass(frozen=True)
class Shards:
    """The shards that a folder lacks, for whoever is free.

    Attributes
    ----------
    recipe
        How a worker comes by the work.
    folder
        Where the shards are written.
    names
        Their files.
    """

    recipe: Recipe
    folder: RunFolder
    names: tuple[str, ...]

    def build(self, pipeline: apache_beam.Pipeline) -> None:
        """Give the shards to whoever is free."""
        names = pipeline | "Shards" >> apache_beam.Create(self.names)
        spread = names | "To any worker" >> apache_beam.Reshuffle()
        _ = spread | "Compute" >> apache_beam.ParDo(WriteShard(self))


class WriteShard(apache_beam.DoFn):  # type: ignore[misc]  # Beam wants a subclass, and has no types
    """Writes a shard, unless it is there."""

    def __init__(self, job: Shards) -> None:
        self._job, self._shared = job, Shared()

    def setup(self) -> None:
        """Make the work, once in a process however many threads it has."""
        self._worker: Worker = self._shared.acquire(lambda: Worker(self._job.recipe(), self._job.folder, Lock()))

    def process(self, shard: str) -> Iterator[str]:
        """Write one shard; yields its name."""
        self._worker.write(shard)
        yield shard


@dataclass(frozen=True, eq=False)
class Worker:
    """What a worker keeps; its threads compute in turn, since TensorFlow has threads of its own."""

    work: Sharded
    folder: RunFolder
    turn: Any

    def write(self, shard: str) -> None:
        """Write a shard, unless it is there."""
        with self.turn:
            if not self.folder.has(shard):
                for name, piece in self.work.pieces([shard]):
                    self.folder.write(name, content_of(self.work, name, piece))
