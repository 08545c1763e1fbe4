"""The window's side of the engine: starts its process, asks, hears, and starts it again when it dies."""

import multiprocessing
import threading
from collections.abc import Callable
from dataclasses import replace
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from time import monotonic

from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from . import messages as said
from .parcels import receive, send
from .worker import work

PATIENCE = 3.0
"""Seconds that an engine has to leave by itself before it is killed."""

QUICK_DEATH = 5.0
MOST_DEATHS = 3
"""An engine that dies this often in a row within so many seconds of its start is not started again by itself."""


class Engine(QObject):
    """The engine as the window sees it.

    Signals
    -------
    heard
        An answer to the newest request of its kind, or to none in particular.
    state_changed
        "starting", "ready", or "stopped", and a line about it.
    died
        The process ended by itself: why, in words. It is being started again.
    """

    heard = pyqtSignal(object, object)  # the request (None: to none), the answer
    state_changed = pyqtSignal(str, str)
    died = pyqtSignal(str)
    _received = pyqtSignal(int, object)
    _ended = pyqtSignal(int)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.state = "stopped"
        self.versions: dict[str, str] = {}
        self._context = multiprocessing.get_context("spawn")
        self._process: SpawnProcess | None = None
        self._connection: Connection | None = None
        self._life = self._number = self._deaths = 0
        self._begun = 0.0
        self._newest: dict[type[said.Request], said.Request] = {}
        self._reader: threading.Thread | None = None
        self._received.connect(self._take)
        self._ended.connect(self._buried)

    @property
    def process_id(self) -> int | None:
        """The engine's process, while there is one."""
        return self._process.pid if self._process is not None else None

    def start(self) -> None:
        """Start the process; what is asked before it is ready is answered then."""
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=work, args=(theirs,), daemon=True, name="keras-invariance engine")
        process.start()
        theirs.close()
        self._life += 1
        self._process, self._connection, self._begun = process, ours, monotonic()
        self._reader = threading.Thread(target=self._read, args=(ours, self._life), daemon=True)
        self._reader.start()
        self._set_state("starting", "The engine is starting")

    def ask(self, request: said.Request) -> int:
        """Ask; of each kind of request only the newest counts. Returns its number."""
        self._number += 1
        numbered = replace(request, number=self._number)
        if not isinstance(request, said.Cancel):
            self._newest[type(request)] = numbered
        self._send(numbered)
        return self._number

    def cancel(self, kind: type[said.Request]) -> None:
        """Stop the newest request of a kind; what it still says is dropped."""
        asked = self._newest.pop(kind, None)
        if asked is not None:
            self._send(said.Cancel(asked.question, 0, kind.__name__))

    def waiting(self, kind: type[said.Request]) -> bool:
        """Whether a request of this kind is not yet answered."""
        return kind in self._newest

    def restart(self) -> None:
        """End the process, whatever it does, and start another; open questions are asked again."""
        self._end(patience=0.0)
        self._again()

    def stop(self) -> None:
        """End the process and its reader."""
        self._newest.clear()
        self._end(PATIENCE)
        self._set_state("stopped", "The engine is stopped")

    def _end(self, patience: float) -> None:
        self._life += 1  # what the old one still says is dropped
        process, connection, reader = self._process, self._connection, self._reader
        self._process = self._connection = self._reader = None
        if process is None or connection is None:
            return
        if patience and self.state == "ready":
            _quietly(lambda: send(connection, said.Stop()))
            process.join(patience)
        if process.is_alive():
            process.kill()
        process.join()
        if reader is not None:
            reader.join()
        connection.close()
        process.close()

    def _again(self) -> None:
        self.start()
        for request in sorted(self._newest.values(), key=lambda one: one.number):
            self._send(request)

    def _send(self, request: said.Request) -> None:
        connection = self._connection
        if connection is not None:
            _quietly(lambda: send(connection, request))  # a dead engine is reported by its reader

    def _read(self, connection: Connection, life: int) -> None:
        """In a thread of its own: hear until the other side is gone."""
        try:
            while True:
                self._received.emit(life, receive(connection))
        except (EOFError, OSError):
            _quietly(lambda: self._ended.emit(life))

    def _take(self, life: int, answer: said.Answer) -> None:
        if life != self._life:
            return
        if isinstance(answer, said.Ready):
            self.versions = dict(answer.versions)
            self._deaths = 0
            self._set_state("ready", f"The engine is ready ({monotonic() - self._begun:.1f} s)")
            return
        asked = next((one for one in self._newest.values() if one.number == answer.number), None)
        if asked is None:
            return
        if isinstance(answer, said.Done | said.Failed):
            self._newest.pop(type(asked), None)
        self.heard.emit(asked, answer)

    def _buried(self, life: int) -> None:
        """Say that the process died, and start another."""
        if life != self._life or self._process is None:
            return
        process = self._process
        process.join(PATIENCE)
        reason = _epitaph(process.exitcode)
        quick = monotonic() - self._begun < QUICK_DEATH
        self._deaths = self._deaths + 1 if quick else 1
        self._end(patience=0.0)
        if self._deaths >= MOST_DEATHS:
            self._newest.clear()
            self._set_state("stopped", f"{reason} It is not started again by itself: see the log.")
            self.died.emit(reason)
            return
        self._drop_what_killed()
        self.died.emit(reason)
        QTimer.singleShot(0, self._again_unless_stopped)

    def _again_unless_stopped(self) -> None:
        if self._process is None and self.state != "stopped":
            self._again()

    def _drop_what_killed(self) -> None:
        """Long studies are not asked again after a death: they may have been its cause."""
        for kind in (said.Sweep, said.Spread, said.Fit, said.Matching):
            self._newest.pop(kind, None)

    def _set_state(self, state: str, line: str) -> None:
        self.state = state
        self.state_changed.emit(state, line)


def _quietly(action: Callable[[], None]) -> None:
    """Do what fails where the other side is gone, which its reader notices, or where the window is being closed."""
    try:
        action()
    except (OSError, RuntimeError):
        return


def _epitaph(exit_code: int | None) -> str:
    import signal

    if exit_code is not None and exit_code < 0:
        name = signal.Signals(-exit_code).name
        why = f"was ended by {name}" + (", often for lack of memory" if name == "SIGKILL" else "")
    else:
        why = f"left with code {exit_code}"
    return f"The engine {why}."
