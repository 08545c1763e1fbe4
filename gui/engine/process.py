"""One engine's process, its pipe, and the threads that write into the pipe and read from it."""

import multiprocessing
import threading
from collections.abc import Callable
from time import monotonic
from typing import Any

from ..model.messages import Request, Stop
from .framing import receive
from .send_queue import SendQueue
from .worker import work


class EngineProcess:
    """From the start of a process to its burial.

    Parameters
    ----------
    hear
        Called with each answer, in a thread of its own.
    ended
        Called there once nothing more can come.
    memory
        What the process may hold before it lets go of traced functions, MiB.

    Raises
    ------
    OSError
        The process cannot be started.
    """

    def __init__(
        self,
        hear: "Callable[[EngineProcess, Any], None]",
        ended: "Callable[[EngineProcess], None]",
        memory: int,
    ) -> None:
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=work, args=(theirs, memory), daemon=True, name="keras-invariance engine")
        try:
            self._process.start()
        except OSError:
            self._connection.close()
            raise
        finally:
            theirs.close()
        self.begun = monotonic()
        self._hear, self._ended = hear, ended
        self._queue = SendQueue(self._connection)
        self._reader = threading.Thread(target=self._read, daemon=True, name="keras-invariance reader")
        self._reader.start()

    @property
    def process_id(self) -> int | None:
        """Of the process."""
        return self._process.pid

    def put(self, message: Request | Stop) -> None:
        """Send it soon; never waits."""
        self._queue.put(message)

    def exit_code(self, patience: float) -> int | None:
        """The code of a process that has ended or does so within some seconds; None where it has not."""
        self._process.join(patience)
        return self._process.exitcode

    def end(self, patience: float = 0.0) -> None:
        """Let it leave by itself for so many seconds, then kill it; returns when nothing of it is left."""
        if patience:
            self.put(Stop())
            self._process.join(patience)
        if self._process.is_alive():
            self._process.kill()
        self._process.join()
        self._queue.close()
        if threading.current_thread() is not self._reader:
            self._reader.join()
        self._connection.close()
        self._process.close()

    def _read(self) -> None:
        try:
            while True:
                self._hear(self, receive(self._connection))
        except (EOFError, OSError):
            self._ended(self)
