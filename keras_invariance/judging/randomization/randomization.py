"""The parameter-randomisation test in shards: one draw of all layers is one shard."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any, ClassVar

import numpy as np
from jaxtyping import Float

from ...errors import OutputError
from ...network.replicas import on_device
from ...runs import Progress, RunFolder
from ..explanation_test import Section
from ..request import StudyRequest
from ..similarity import MEASURES
from .curves import Point, points
from .experiment import Experiment, Finding
from .section import section

SHARDS = "seeds"


@dataclass(frozen=True, eq=False)
class Randomization:
    """The test on a network and its images.

    Attributes
    ----------
    experiment
        What is randomised and explained.
    seeds
        The draws.
    plan
        All that decides the numbers but the seeds: more may be added later.
    """

    experiment: Experiment
    seeds: tuple[int, ...]
    plan: Mapping[str, Any]
    stage: ClassVar[str] = "Randomising"

    @classmethod
    def of(cls, request: StudyRequest) -> "Randomization":
        """What a study asks of this test."""
        return cls(request.experiment, request.seeds, request.plan)

    @property
    def questions(self) -> Sequence[Any]:
        """A method on one side after one step of an order each."""
        return self.experiment.places

    @property
    def shards(self) -> list[str]:
        """A file for each seed."""
        return [_shard_name(seed) for seed in self.seeds]

    def prepared(self) -> Iterator[Progress]:
        """Nothing is needed but the network."""
        return iter(())

    def pieces(self, shards: Sequence[str]) -> Iterator[tuple[str, int]]:
        """The seed of each shard."""
        return ((_shard_name(seed), seed) for seed in self.seeds if _shard_name(seed) in shards)

    def computed(self, shard: str, piece: int) -> Generator[Progress, None, bytes]:  # noqa: ARG002
        """The similarities of one seed. [findings, measures, images]."""
        each, found = len(self.questions), []
        for number, finding in enumerate(self.experiment.findings(piece), start=self.seeds.index(piece) * each + 1):
            found.append([finding.similarities[name] for name in MEASURES])
            yield Progress(f"Seed {piece}: {finding.method}", number, each * len(self.seeds))
        content = BytesIO()
        np.save(content, np.array(found))
        return content.getvalue()

    def on(self, device: str) -> "Randomization":
        """The same with the network on a device."""
        network = on_device(self.experiment.network, device)
        return replace(self, experiment=replace(self.experiment, network=network))

    def merged(self, folder: RunFolder) -> Generator[Progress, None, list[Finding]]:
        """The findings of all seeds, when every shard is there."""
        total = len(self.questions) * len(self.seeds)
        yield Progress(self.stage, total, total)
        return self.findings(folder)

    def findings(self, folder: RunFolder) -> list[Finding]:
        """The findings of all seeds."""
        return [one for seed in self.seeds for one in self.experiment.read(seed, self._read(folder, seed))]

    def verdicts(self, merged: Sequence[Finding]) -> list[Point]:
        """The points of all curves: this test has no verdicts, the curves are compared by eye."""
        return points(merged)

    def section(self, folder: RunFolder, results: Sequence[Point]) -> Section:  # noqa: ARG002
        """Curves, tables, and the maps of one image."""
        return section(self.experiment, self.seeds, self.plan, results)

    def _read(self, folder: RunFolder, seed: int) -> Float[np.ndarray, "f m n"]:
        path = folder.path / _shard_name(seed)
        try:
            found = np.load(path, allow_pickle=False)
        except (OSError, ValueError, EOFError):
            found = np.zeros(0)
        shape = (len(self.questions), len(MEASURES), len(self.experiment.images))
        if found.shape != shape or found.dtype != np.float64:
            raise OutputError(f"{path}, which is damaged", "what a study wrote", "Delete it: it is computed again.")
        return np.asarray(found)


def _shard_name(seed: int) -> str:
    return f"{SHARDS}/{seed}.npy"
