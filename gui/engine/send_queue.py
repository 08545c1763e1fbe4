"""Requests on their way to the engine: who asks never waits for who computes.

A pipe holds some 64 KiB. An engine that is in the middle of a step does not read, and a question with a drawing of
megabytes would hold up the window until that step is over. So a thread of its own sends.
"""

import threading
from multiprocessing.connection import Connection

from ..model.messages import Cancel, Request, Stop
from .framing import send


class SendQueue:
    """What is to be sent to one engine, the oldest first; of each kind of request only the newest."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._waiting: dict[str, Request | Stop] = {}
        self._changed = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._send, daemon=True, name="keras-invariance outbox")
        self._thread.start()

    def put(self, message: Request | Stop) -> None:
        """Send it soon; one of its kind that still waits is not sent any more, nor is one that it cancels."""
        kind = type(message).__name__
        with self._changed:
            if isinstance(message, Cancel):
                self._waiting.pop(message.kind, None)
                kind = f"{kind} {message.kind}"
            self._waiting.pop(kind, None)
            self._waiting[kind] = message
            self._changed.notify()

    def close(self) -> None:
        """Send nothing more; returns once the thread is over, so the other side must read or be gone."""
        with self._changed:
            self._closed = True
            self._waiting.clear()
            self._changed.notify()
        self._thread.join()

    def _send(self) -> None:
        try:
            while (message := self._next()) is not None:
                send(self._connection, message)
        except OSError:  # the engine is gone, which the reader of its answers reports
            return

    def _next(self) -> Request | Stop | None:
        """Wait for the oldest message; None when nothing more will come."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._waiting)
            return None if self._closed else self._waiting.pop(next(iter(self._waiting)))
