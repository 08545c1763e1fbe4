"""Audits on Beam: workers write the shards of an audit's folder, and the plain audit goes on from there.

The rows of a shard depend on the plan, the network and the images alone (`audits.run.shard_rows`), and a shard that is
there is not computed again. So an engine only has to fill the folder: confirming, judging and reporting are the plain
audit's, which finds nothing left to screen. Work that a runner gives to two workers at once, or gives out again after
one died, is written twice under the same name, each time whole.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from shutil import rmtree
from threading import Lock
from typing import TYPE_CHECKING, Any

import apache_beam
from apache_beam.utils.shared import Shared

from ..errors import AuditError
from ..report.files import SCRATCH
from .engine import Engine, scratch
from .source import Source

if TYPE_CHECKING:
    from ..audits import Progress, Result
    from ..audits.folder import Folder
    from ..audits.pairs import Subject
    from ..datasets import Dataset


def audit(source: Source, out: str | Path, engine: Engine, **asked: Any) -> "Iterator[Progress | Result]":
    """What `ki.audit` does, its shards written by an engine's workers.

    Parameters
    ----------
    source
        How this process, and each worker, comes by the network and its images.
    out
        The audit's folder; all workers must be able to write there.
    engine
        Who computes.
    **asked
        The shifts, the methods and whatever else `ki.audit` takes.

    Raises
    ------
    EngineError
        The engine cannot do it. What was written before is kept.
    AuditError, ShiftError, MethodError, OutputError
        As for `ki.audit`.
    """
    from ..audits import audit as plain

    yield from plain(source.network(), source.data(), out, screen=partial(screen, source, engine), **asked)


def screen(
    source: Source,
    engine: Engine,
    folder: "Folder",
    subject: "Subject",
    data: "Dataset",  # noqa: ARG001  read by workers, from the source
) -> "Iterator[Progress]":
    """Have an engine's workers write the shards that are missing in a folder; `ki.audit(screen=...)` calls it."""
    from ..audits import Progress
    from ..audits.folder import Folder

    plan, shared = subject.plan, Folder(folder.path.absolute())
    missing = [shard for shard in plan.shards if not shared.has(shard)]
    if not missing:
        return
    for left in shared.path.glob(f"{SCRATCH}*"):  # by a run that was killed
        rmtree(left, ignore_errors=True)
    with scratch(shared.path) as place:
        for number, key in enumerate(subject.pattern_keys):
            subject.patterns(*key).save(_patterns(Path(place), number))
        job = Screening(source, shared.path, Path(place), tuple(shard.start for shard in missing))
        for done in engine.run(job, lambda: sum(shared.has(shard) for shard in plan.shards)):
            yield Progress("Screening in float32", min(plan.images, done * plan.shard), plan.images)


@dataclass(frozen=True)
class Screening:
    """The shards that are missing in an audit's folder.

    Attributes
    ----------
    source
        The network and the images.
    folder
        The audit's.
    place
        The folder of the patterns, in the order of `Subject.pattern_keys`.
    shards
        The first image of each.
    """

    source: Source
    folder: Path
    place: Path
    shards: tuple[int, ...]

    def build(self, pipeline: apache_beam.Pipeline) -> None:
        """Give the shards to whoever is free."""
        firsts = pipeline | "Shards" >> apache_beam.Create(self.shards)
        spread = firsts | "To any worker" >> apache_beam.Reshuffle()
        _ = spread | "Screen" >> apache_beam.ParDo(Screen(self))

    def bench(self) -> "Bench":
        """The network and the images as a worker finds them, which must be those of the plan.

        Raises
        ------
        AuditError
            They are not: another file lies at their path on the worker, or other programs are installed there.
        """
        from ..audits.folder import Folder
        from ..audits.pairs import Subject
        from ..audits.plan import installed
        from ..patterns import load_patterns

        folder = Folder(self.folder)
        plan, network, data = folder.plan, self.source.network(), self.source.data()
        found = (network.fingerprint, len(data))
        if found != (plan.fingerprint, plan.images):
            raise AuditError(
                f"a worker with a network {found[0][:12]} and {found[1]} images",
                f"the plan's network {plan.fingerprint[:12]} and {plan.images} images",
                "Let workers see the same files under the same paths as this machine.",
            )
        different = [f"{name} {number}" for name, number in installed().items() if plan.versions.get(name) != number]
        if different:
            raise AuditError(
                f"a worker with {', '.join(different)}",
                f"the plan's {', '.join(f'{name} {number}' for name, number in plan.versions.items())}",
                "Install the same versions on the workers.",
            )
        subject = Subject(plan, network)
        for number, key in enumerate(subject.pattern_keys):
            subject.fitted[key] = load_patterns(_patterns(self.place, number))
        return Bench(folder, subject, data, Lock())


class Screen(apache_beam.DoFn):  # type: ignore[misc]  # Beam wants a subclass, and has no types
    """Writes the shard that begins with an image, unless it is there."""

    def __init__(self, job: Screening) -> None:
        self._job, self._shared = job, Shared()

    def setup(self) -> None:
        """Load the network and the data, once in a process however many threads it has."""
        self._bench: Bench = self._shared.acquire(self._job.bench)

    def process(self, first: int) -> Iterator[int]:
        """Write one shard; yields its first image."""
        self._bench.write(first)
        yield first


@dataclass(frozen=True, eq=False)
class Bench:
    """What a worker keeps; its threads compute in turn, since TensorFlow has threads of its own."""

    folder: "Folder"
    subject: "Subject"
    data: "Dataset"
    turn: Any

    def write(self, first: int) -> None:
        """Write the shard that begins with an image, unless it is there."""
        from ..audits.run import shard_rows
        from ..targets import LABEL

        plan = self.subject.plan
        shard = range(first, min(first + plan.shard, plan.images))
        with self.turn:
            if not self.folder.has(shard):
                piece = self.data[shard.start : shard.stop]
                labels = piece.labels if plan.target == LABEL else None
                self.folder.write_shard(shard, shard_rows(self.subject, piece.images, first, labels))


def _patterns(place: Path, number: int) -> Path:
    return place / f"patterns-{number}.npz"
