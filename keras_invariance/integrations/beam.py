"""Audits and fits of patterns on Apache Beam (extra `beam`): workers load the network once and share the images.

source = beam.Source(partial(ki.load_network, "model.keras"), partial(ki.datasets.load, "photos.npz"))
engine = beam.Engine("DirectRunner", ["--direct_num_workers=4"])
for step in beam.audit(source, "audit", engine, shifts=["constant:-1"], methods=["gradient"]):
print(step)
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..runs import Executor
from ..runs.beam import Engine, Source, on_beam
from .beam_fits import fit_patterns

if TYPE_CHECKING:
    from ..judging.invariance import Progress, Result

__all__ = ["Engine", "Source", "audit", "fit_patterns", "screen"]


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
    from ..judging.invariance import audit as plain

    yield from plain(source.network(), source.data(), out, screen=screen(source, engine), **asked)


def screen(source: Source, engine: Engine) -> Executor:
    """Have an engine's workers compute the shards of an audit: `ki.audit(..., screen=beam.screen(source, engine))`."""
    from ..judging.invariance.invariance import handed_over

    return on_beam(engine, handed_over(source.network, source.data))
