"""Fits of patterns on Beam: each worker sums the moments of some images, and moments of two parts merge into one.

Merged moments (`moments.Moments.merged`, float64) are those of all samples together, to rounding and in any order, so
that patterns come out as in one pass. They travel layer by layer: a layer's are two float64 kernels, and an engine's
message may have 2 GB.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeAlias

import apache_beam
import numpy as np
from apache_beam.utils.shared import Shared

from ..datasets import Dataset
from ..patterns.moments import Moments
from ..reports.files import write_bytes
from ..runs.beam.runner import Engine, scratch
from ..runs.beam.source import Source

if TYPE_CHECKING:
    from ..patterns import Patterns
    from ..patterns.sums import Fit, Progress

ROWS = 2048
"""How many images are one piece of work."""

Total: TypeAlias = tuple[int, np.ndarray | float]
"""How many images, and their sum in float64."""


def fit_patterns(  # noqa: PLR0913  what `ki.fit_patterns` takes, and who computes
    source: Source,
    engine: Engine,
    estimator: str = "positive",
    *,
    centre: str = "neuron",
    folder: str | Path = ".",
    batch_size: int | None = None,
    rows: int = ROWS,
    progress: "Progress | None" = None,
) -> "Patterns":
    """What `ki.fit_patterns` does, the moments summed by an engine's workers.

    Parameters
    ----------
    source
        How this process, and each worker, comes by the network and its images.
    engine
        Who computes.
    estimator, centre, batch_size
        As for `ki.fit_patterns`.
    folder
        Where workers hand over what they sum; all must be able to write there. Nothing of it stays.
    rows
        How many images are one piece of work.
    progress
        Called with the images done and all.

    Raises
    ------
    EngineError
        The engine cannot do it.
    PatternError
        As for `ki.fit_patterns`.
    """
    from ..patterns.fit import checked_data, estimated

    network = source.network()
    dataset = checked_data(network, source.data(), [estimator], centre)

    def summed(masked: bool) -> list[Moments]:
        with scratch(Path(folder).absolute()) as place:
            job = Summing(source, Path(place), masked, centre == "image", len(dataset), rows, batch_size)
            for done in engine.run(job, job.done):
                if progress is not None:
                    progress(min(len(dataset), done * rows), len(dataset))
            return [_read(path) for path in sorted(job.sums.iterdir())]

    return estimated(network, dataset, [estimator], centre, summed)[estimator]


@dataclass(frozen=True)
class Summing:
    """The moments of every layer over all images, each layer's to be written into a folder.

    Attributes
    ----------
    source
        The network and the images.
    folder
        Where marks of what is done, and the moments, are written.
    masked, centred
        Whether only samples in which a neuron was active count; whether the mean image is subtracted first.
    images, rows, batch_size
        How many images there are, how many are one piece of work, and how many are computed at once.
    """

    source: Source
    folder: Path
    masked: bool
    centred: bool
    images: int
    rows: int
    batch_size: int | None

    def __post_init__(self) -> None:
        for folder in (self.marks, self.sums):
            folder.mkdir(exist_ok=True)

    @property
    def marks(self) -> Path:
        """Where there is a file for each piece of work that is done."""
        return self.folder / "done"

    @property
    def sums(self) -> Path:
        """Where the moments of each layer are written."""
        return self.folder / "sums"

    def done(self) -> int:
        """How many pieces are done."""
        return sum(1 for _ in self.marks.iterdir())

    def build(self, pipeline: apache_beam.Pipeline) -> None:
        """Give the pieces to whoever is free, and merge what comes of them."""
        firsts = pipeline | "Images" >> apache_beam.Create(range(0, self.images, self.rows))
        spread = firsts | "To any worker" >> apache_beam.Reshuffle()
        mean = (self._mean(spread),) if self.centred else ()
        parts = spread | "Sum" >> apache_beam.ParDo(SumMoments(self), *mean)
        merged = parts | "Merge" >> apache_beam.CombinePerKey(MergeMoments())
        _ = merged | "Write" >> apache_beam.MapTuple(self.write)

    def write(self, layer: int, moments: Moments) -> None:
        """Write the moments of one layer, whole or not at all."""
        with BytesIO() as file:
            np.savez(file, allow_pickle=False, **vars(moments))
            write_bytes(self.sums / f"{layer:05d}.npz", file.getvalue())

    def _mean(self, spread: apache_beam.PCollection) -> Any:
        """The mean image, for every worker."""
        sums = spread | "Sum images" >> apache_beam.ParDo(SumImages(self))
        return apache_beam.pvalue.AsSingleton(sums | "Mean image" >> apache_beam.CombineGlobally(MeanImage()))


class SumMoments(apache_beam.DoFn):  # type: ignore[misc]  # Beam wants a subclass, and has no types
    """Yields (layer, moments) for every layer of some images, which begin with the one given."""

    def __init__(self, job: Summing) -> None:
        self._job, self._shared = job, Shared()

    def setup(self) -> None:
        """Load the network and the data, once in a process however many threads it has."""
        self._bench = self._shared.acquire(lambda: Bench(self._job))

    def process(self, first: int, mean: np.ndarray | None = None) -> Iterator[tuple[int, Moments]]:
        """The moments of one piece of work."""
        yield from enumerate(self._bench.moments(slice(first, first + self._job.rows), mean))
        (self._job.marks / f"{first}").touch()


class Bench:
    """What a worker keeps; its threads compute in turn, since TensorFlow has threads of its own."""

    def __init__(self, job: Summing) -> None:
        self._network, self._data = job.source.network(), job.source.data()
        self._job, self._turn = job, Lock()
        self._fit: Fit | None = None

    def moments(self, rows: slice, mean: np.ndarray | None) -> tuple[Moments, ...]:
        """The moments of some images, by functions that are traced once."""
        from ..patterns.sums import Fit

        with self._turn:
            if self._fit is None:
                self._fit = Fit(self._network, self._job.masked, mean)
            return self._fit.moments(self._data[rows], self._job.batch_size, None)


class MergeMoments(apache_beam.CombineFn):  # type: ignore[misc]
    """The moments of all parts together, in whatever order they come."""

    def create_accumulator(self) -> Moments | None:
        """No samples."""
        return None

    def add_input(self, merged: Moments | None, part: Moments | None) -> Moments | None:
        """One part more."""
        if merged is None or part is None:
            return part if merged is None else merged
        return merged.merged(part)

    def merge_accumulators(self, accumulators: Iterable[Moments | None]) -> Moments | None:
        """Several workers' parts together."""
        merged = None
        for accumulator in accumulators:
            merged = self.add_input(merged, accumulator)
        return merged

    def extract_output(self, merged: Moments | None) -> Moments | None:
        """The moments themselves."""
        return merged


class SumImages(apache_beam.DoFn):  # type: ignore[misc]
    """Yields how many images there are in a piece of work, and their sum."""

    def __init__(self, job: Summing) -> None:
        self._job = job

    def setup(self) -> None:
        """Open the data."""
        self._data: Dataset = self._job.source.data()

    def process(self, first: int) -> Iterator[Total]:
        """The sum of one piece of work, in float64."""
        images = self._data[first : first + self._job.rows].images
        yield len(images), images.sum(axis=0, dtype=np.float64)


class MeanImage(apache_beam.CombineFn):  # type: ignore[misc]
    """The mean of all images, float64."""

    def create_accumulator(self) -> Total:
        """No images."""
        return 0, 0.0

    def add_input(self, total: Total, part: Total) -> Total:
        """One part more."""
        return total[0] + part[0], total[1] + part[1]

    def merge_accumulators(self, accumulators: Iterable[Total]) -> Total:
        """Several workers' parts together."""
        total = self.create_accumulator()
        for accumulator in accumulators:
            total = self.add_input(total, accumulator)
        return total

    def extract_output(self, total: Total) -> np.ndarray | float:
        """The mean."""
        return total[1] / max(1, total[0])


def _read(path: Path) -> Moments:
    with np.load(path, allow_pickle=False) as content:
        arrays = dict(content)
    return Moments(count=float(arrays.pop("count")), **arrays)
