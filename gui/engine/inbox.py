"""Requests as they come: a thread of its own reads the pipe, so that a stop reaches a step that is under way."""

import os
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from queue import Empty, SimpleQueue

from ..model.messages import Cancel, Request, Stop
from .framing import receive


class Inbox:
    """What the window asked and the engine has not taken yet.

    Parameters
    ----------
    interrupt
        Called in the reading thread with every `Cancel`, before it can be taken.
    """

    def __init__(self, connection: Connection, interrupt: Callable[[Cancel], None]) -> None:
        self._connection, self._interrupt = connection, interrupt
        self._arrived: SimpleQueue[Request | Stop] = SimpleQueue()
        threading.Thread(target=self._read, daemon=True, name="keras-invariance inbox").start()

    def take(self, *, wait: bool) -> Request | Stop | None:
        """The oldest message, None for none."""
        try:
            return self._arrived.get(block=wait)
        except Empty:
            return None

    def _read(self) -> None:
        try:
            while True:
                message = receive(self._connection)
                if isinstance(message, Cancel):
                    self._interrupt(message)
                self._arrived.put(message)
        except (EOFError, OSError):
            os._exit(0)  # the window is gone; nothing is to be saved
