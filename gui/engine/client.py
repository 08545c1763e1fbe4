"""The window's side of the engine: starts its process, asks, hears, and starts it again when it dies."""

import signal
from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING

from PyQt6.QtCore import QObject, QTimer, pyqtBoundSignal, pyqtSignal

from ..model import messages
from ..model.question import Question

if TYPE_CHECKING:
    from .process import EngineProcess

PATIENCE = 3.0
"""Seconds that an engine has to leave by itself before it is killed."""

OBEDIENCE = 20.0
"""Seconds after which an engine that does not stop what was cancelled is ended, and started again."""

STOP_OBEDIENCE = 4.0
"""Seconds after which an engine that does not stop everything, as it was told, is ended, and started again."""

QUICK_DEATH = 5.0
MOST_DEATHS = 3
"""An engine that dies this often in a row, within so many seconds and with nothing answered, is not started again."""

MEMORY = 2048
"""MiB that the engine may hold before it lets go of traced functions."""

DEADLY = 2
"""A request that was open at so many deaths of a running engine is not asked again."""


class Engine(QObject):
    """The engine as the window sees it.

    Signals
    -------
    heard
        An answer to the newest request of its kind.
    state_changed
        "starting", "ready", or "stopped", and a line about it.
    busy_changed
        Whether it has something to do, from now on.
    died
        The process ended by itself: why, in words, and what becomes of it.
    """

    heard = pyqtSignal(object, object)  # the request, the answer
    state_changed = pyqtSignal(str, str)
    busy_changed = pyqtSignal(bool)
    died = pyqtSignal(str)
    _received = pyqtSignal(object, object)
    _ended = pyqtSignal(object)

    def __init__(self, parent: QObject | None = None, memory: int = MEMORY) -> None:
        super().__init__(parent)
        self.state = "stopped"
        self.memory = memory
        self.busy = False
        self.versions: dict[str, str] = {}
        self._process: EngineProcess | None = None
        self._number = self._deaths = self._cancelled = 0
        self._ready = 0.0
        self._newest: dict[type[messages.Request], messages.Request] = {}
        self._next: messages.Explain | None = None
        self._deadly: dict[int, int] = {}
        self._patience = OBEDIENCE
        self._obeys = QTimer(self)
        self._obeys.setSingleShot(True)
        self._obeys.timeout.connect(self._disobeyed)
        self._received.connect(self._take)
        self._ended.connect(self._handle_exit)

    @property
    def process_id(self) -> int | None:
        """The engine's process, while there is one."""
        return self._process.process_id if self._process is not None else None

    def start(self) -> None:
        """Start the process; what is asked before it is ready is answered then."""
        from .process import EngineProcess  # with all of multiprocessing, which the first paint does not wait for

        try:
            self._process = EngineProcess(
                lambda process, answer: _emit(self._received, process, answer),
                lambda process: _emit(self._ended, process),
                self.memory,
            )
        except OSError as error:
            self._give_up(f"The engine cannot be started ({error}).")
            return
        self._set_state("starting", "The engine is starting")

    def ask(self, request: messages.Request) -> int:
        """Ask, without waiting; of each kind of request only the newest counts. Returns its number.

        A quick explanation does not overtake a quick one that is under way, it is asked next: while a slider is dragged
        every row is shown anew as often as the engine can, and not the first rows alone.
        """
        self._number += 1
        numbered = replace(request, number=self._number)
        if isinstance(numbered, messages.Explain):
            before = self._newest.get(messages.Explain)
            self._next = numbered if numbered.quick and isinstance(before, messages.Explain) and before.quick else None
        if self._next is not numbered:
            self._newest[type(request)] = numbered
            self._put(numbered)
        self._look_busy()
        return self._number

    def cancel(self, kind: type[messages.Request]) -> None:
        """Stop the newest request of a kind; what it still says is dropped."""
        if kind is messages.Explain:
            self._next = None
        if self._newest.pop(kind, None) is not None:
            self._put_cancel(kind.__name__, OBEDIENCE)

    def cancel_all(self) -> None:
        """Stop everything; an engine that does not within seconds is ended, and started again."""
        self._next = None
        self._newest.clear()
        self._put_cancel("", STOP_OBEDIENCE)

    def _put_cancel(self, kind: str, patience: float) -> None:
        self._number += 1
        self._put(messages.Cancel(Question(), self._number, kind))
        if self.state == "ready":
            self._cancelled, self._patience = self._number, patience
            self._obeys.start(round(1000 * patience))
        self._look_busy()

    def waiting(self, kind: type[messages.Request]) -> bool:
        """Whether a request of this kind is not yet answered."""
        return kind in self._newest

    def restart(self) -> None:
        """End the process, whatever it does, and start another; open questions are asked again."""
        self._end()
        self._deaths = 0
        self._again()

    def stop(self, patience: float = PATIENCE) -> None:
        """End the process and its threads; one that is ready has so many seconds to leave by itself."""
        self._newest.clear()
        self._next = None
        self._end(patience if self.state == "ready" else 0.0)
        self._set_state("stopped", "The engine is stopped")

    def _put(self, request: messages.Request) -> None:
        if self._process is not None:
            self._process.put(request)

    def _end(self, patience: float = 0.0) -> None:
        self._obeys.stop()
        process, self._process = self._process, None  # what the old one still says is dropped
        if process is not None:
            process.end(patience)

    def _again(self) -> None:
        if self._next is not None:
            self._newest[messages.Explain], self._next = self._next, None
        self.start()
        for request in sorted(self._newest.values(), key=lambda one: one.number):
            self._put(request)

    def _take(self, process: "EngineProcess", answer: messages.Answer) -> None:
        if process is not self._process:
            return
        if isinstance(answer, messages.Ready):
            self._handle_ready(process, answer)
            return
        if answer.number == self._cancelled:
            self._obeys.stop()
            self._look_busy()
        asked = next((one for one in self._newest.values() if one.number == answer.number), None)
        if asked is None:
            return
        if isinstance(answer, messages.Done | messages.Failed):
            self._newest.pop(type(asked), None)
            self._deadly.pop(asked.number, None)
            self._deaths = 0
        self.heard.emit(asked, answer)
        if self._next is not None and messages.Explain not in self._newest:
            self._ask_next(self._next)
        self._look_busy()

    def _ask_next(self, request: messages.Explain) -> None:
        self._next, self._newest[messages.Explain] = None, request
        self._put(request)

    def _handle_ready(self, process: "EngineProcess", answer: messages.Ready) -> None:
        if answer.version != messages.VERSION:
            self._end()
            self._give_up("The program was updated while this window was open. Save the session and start it again.")
            return
        self.versions, self._ready = dict(answer.versions), monotonic()
        self._set_state("ready", f"The engine is ready ({monotonic() - process.begun:.1f} s)")

    def _handle_exit(self, process: "EngineProcess") -> None:
        """Say that the process died, and start another."""
        if process is not self._process:
            return
        reason = _exit_reason(process.exit_code(PATIENCE))
        self._end()
        quick = self.state == "starting" or monotonic() - self._ready < QUICK_DEATH
        self._deaths = self._deaths + 1 if quick else 1
        if self._deaths >= MOST_DEATHS:
            self._give_up(f"{reason} That was {self._deaths} times in a row.")
            return
        self._drop_what_killed()
        self._set_state("starting", "The engine is started again")
        self.died.emit(f"{reason} It is started again.")
        QTimer.singleShot(0, self._again_unless_stopped)

    def _again_unless_stopped(self) -> None:
        if self._process is None and self.state != "stopped":
            self._again()

    def _drop_what_killed(self) -> None:
        """Long studies are not asked again after a death, nor is what was open at several: they may be its cause."""
        for study in (messages.Sweep, messages.Spread, messages.Randomize, messages.Fit, messages.Matching):
            if study in self._newest:
                self._refuse(study, "The engine died during this work. It is not begun again by itself.")
        if self.state != "ready":
            return
        for kind, request in list(self._newest.items()):
            self._deadly[request.number] = self._deadly.get(request.number, 0) + 1
            if self._deadly[request.number] >= DEADLY:
                self._refuse(kind, "The engine died again over this question. Change it, or explain again.")

    def _refuse(self, kind: type[messages.Request], reason: str) -> None:
        request = self._newest.pop(kind)
        self._deadly.pop(request.number, None)
        self.heard.emit(request, messages.Failed(request.number, reason))

    def _give_up(self, reason: str) -> None:
        self._set_state("stopped", "The engine is stopped")
        for kind in list(self._newest):
            self._refuse(kind, reason)
        self.died.emit(f"{reason} Engine > Restart the engine tries again.")

    def _disobeyed(self) -> None:
        self.restart()
        self.died.emit(f"The engine did not stop within {self._patience:g} s and was ended. It is started again.")

    def _set_state(self, state: str, line: str) -> None:
        self.state = state
        self.state_changed.emit(state, line)
        self._look_busy()

    def _look_busy(self) -> None:
        """Tell where there is something to do now and was nothing before, or the reverse."""
        busy = self._process is not None and (bool(self._newest) or self._next is not None or self._obeys.isActive())
        if busy != self.busy:
            self.busy = busy
            self.busy_changed.emit(busy)


def _emit(signal_: pyqtBoundSignal, *values: object) -> None:
    """From another thread, as long as there is a window to hear it."""
    try:
        signal_.emit(*values)
    except RuntimeError:  # the window was closed meanwhile
        return


def _exit_reason(exit_code: int | None) -> str:
    if exit_code is not None and exit_code < 0:
        name = signal.Signals(-exit_code).name
        why = f"was ended by {name}" + (", often for lack of memory" if name == "SIGKILL" else "")
    else:
        why = "fell silent" if exit_code is None else f"left with code {exit_code}"
    return f"The engine {why}."
