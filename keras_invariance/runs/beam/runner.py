"""Engines: a runner of Apache Beam with its options, and the process in which a job is given to it.

Beam's local runner waits for a worker that was killed (by the system for want of memory, say) without end. So every
runner is driven from a process of its own, which ends as soon as a worker is lost, and is started again for as long as
the work goes on. Being a process, it can also be ended by Ctrl-C at any moment.
"""

import os
import pickle
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Protocol

from ...errors import EngineError
from ...reports.files import SCRATCH

if TYPE_CHECKING:
    import apache_beam

LOCAL = ("--direct_running_mode=multi_processing", "--direct_num_workers=0")
"""What the local runner is told unless it is told otherwise: a process per core."""
LOST = 75
"""The exit code of a driver that lost a worker."""
INTERVAL = 0.5  # seconds between two looks at how far a job is


class Job(Protocol):
    """Work for an engine; it is pickled."""

    def build(self, pipeline: "apache_beam.Pipeline") -> None:
        """Lay out the work."""
        ...


@dataclass(frozen=True)
class Engine:
    """A runner with its options.

    Attributes
    ----------
    runner
        Beam's name of it: DirectRunner (this machine), FlinkRunner, SparkRunner, DataflowRunner, PortableRunner, ...
    options
        Beam's own, such as "--flink_master=host:8081".
    """

    runner: str
    options: Sequence[str] = ()

    @property
    def arguments(self) -> list[str]:
        """All options as Beam reads them."""
        named = {option.partition("=")[0] for option in self.options}
        local = LOCAL if self.runner == "DirectRunner" else ()
        return [f"--runner={self.runner}", *(one for one in local if one.partition("=")[0] not in named), *self.options]

    def run(self, job: Job, done: Callable[[], int]) -> Iterator[int]:
        """Run a job to its end; yields how far it is, by `done`, from time to time.

        Raises
        ------
        EngineError
            The runner cannot do the job, or loses workers without getting any further.
        """
        before = -1
        while True:
            with tempfile.TemporaryFile() as log:
                with _driver(self.arguments, job, log) as process:
                    while _running(process):
                        yield done()
                if process.returncode == 0:
                    return
                if process.returncode != LOST or done() <= before:
                    raise self._failure(process.returncode, log)
                before = done()

    def _failure(self, code: int, log: IO[bytes]) -> EngineError:
        log.seek(0)
        lines = [line.strip() for line in log.read().decode("utf-8", "replace").splitlines() if line.strip()]
        said = "a worker died" if code == LOST else (lines or [f"exit code {code}"])[-1]
        return EngineError(
            f"{self.runner}, which gave up: {said[:400]}",
            "a run to the end",
            "Mend the cause and run the same again: what was written is whole.",
        )


@contextmanager
def _driver(arguments: Sequence[str], job: Job, log: IO[bytes]) -> Iterator["subprocess.Popen[bytes]"]:
    """The process that gives a job to its runner; it and its workers end with the block, and with this process."""
    from apache_beam.internal import pickler

    command = [sys.executable, "-m", f"{__package__}.driver"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=log, stderr=log, start_new_session=True)
    try:
        if process.stdin is None:
            raise TypeError("a driver without an entrance")
        with suppress(BrokenPipeError):  # it has ended; its log says why
            pickle.dump((list(arguments), pickler.dumps(job)), process.stdin)
            process.stdin.flush()
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        with suppress(BrokenPipeError):
            process.stdin.close()  # type: ignore[union-attr]  # checked above


def _running(process: "subprocess.Popen[bytes]") -> bool:
    """Whether it goes on for a moment more."""
    try:
        process.wait(INTERVAL)
    except subprocess.TimeoutExpired:
        return True
    return False


def scratch(beside: Path) -> "tempfile.TemporaryDirectory[str]":
    """A folder for what workers hand over, where they can write."""
    beside.mkdir(parents=True, exist_ok=True)
    return tempfile.TemporaryDirectory(prefix=SCRATCH, dir=beside)
