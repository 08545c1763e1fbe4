"""Audits on several devices of one machine: each explains every n-th shard, by a network of its own.

`ki.audit` does this by itself where it sees several GPUs; CUDA_VISIBLE_DEVICES says which it sees.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..arrays import Images
from ..datasets.dataset import Labels
from ..network.replicas import on_device, shared_out
from .folder import Folder
from .pairs import Subject
from .run import Progress, Rows, missing_shards, shard_rows

if TYPE_CHECKING:
    from ..datasets import Dataset


def screen_on(devices: Sequence[str], folder: Folder, subject: Subject, data: "Dataset") -> Iterator[Progress]:
    """Write the shards that are missing in a folder; `ki.audit(screen=partial(screen_on, devices))` calls it."""
    desks = [Desk(replace(subject, network=on_device(subject.network, device))) for device in devices]
    work = missing_shards(folder, subject.plan, data)
    for shard, rows in shared_out(work, [desk.explained for desk in desks], devices):
        folder.write_shard(shard, rows)
        yield Progress("Screening in float32", shard.stop, subject.plan.images)


@dataclass(frozen=True, eq=False)
class Desk:
    """Where a device works."""

    subject: Subject

    def explained(self, piece: tuple[range, Images, Labels | None]) -> tuple[range, Rows]:
        """A shard's rows."""
        shard, images, labels = piece
        return shard, shard_rows(self.subject, images, shard.start, labels)
