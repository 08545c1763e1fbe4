"""The engine's process: it answers what is most urgent, a step at a time, and always the newest question of a kind.

All answers are computed in one thread. Between two steps it looks at what was asked: a newer question of a kind takes
the place of the one under way, also within a step, between two runs of the network, so that dragging a slider never
queues work. A `Cancel` does not wait for that: the thread that reads the pipe interrupts it between two operations.
While patterns are fitted, which is one long call, its progress callback looks after the other questions.
"""

import _thread
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from functools import partial
from importlib.metadata import version
from multiprocessing.connection import Connection
from time import perf_counter
from types import FrameType
from typing import Any

from keras_invariance.errors import InvarianceError

from ..model import messages
from .framing import send
from .inbox import Inbox
from .memory import Memory

URGENCY = (
    messages.Open,
    messages.Explain,
    messages.Thumbnails,
    messages.Matching,
    messages.Sweep,
    messages.Spread,
    messages.Randomize,
    messages.Fit,
)
"""Kinds that are answered in steps, the most urgent first; other kinds are answered at once."""


RETRY = 0.02
"""Seconds after which a step is broken off that could not be where it was."""


class Cancelled(BaseException):
    """The work under way is no longer wanted; no `except Exception` may hold it up."""


def work(connection: Connection, memory: int) -> None:
    """Answer until the window is gone; the entry point of the process, which is to hold so many MiB at most."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the window's business, before and after there is a worker
    begun = perf_counter()
    try:
        worker = Worker(connection, memory)
        worker.say(messages.Ready(0, perf_counter() - begun, _versions()))
        worker.run()
    except (EOFError, OSError):  # the window is gone
        pass
    os._exit(0)  # nothing is to be saved, and TensorFlow takes long to be taken down


class Worker:
    """One conversation with the window."""

    def __init__(self, connection: Connection, memory: int) -> None:
        from keras_invariance.application import import_tensorflow

        import_tensorflow()
        from .resources import Resources

        self._connection = connection
        self._resources = Resources(Memory(memory))
        self._tasks: dict[type[messages.Request], tuple[messages.Request, Iterator[messages.Answer]]] = {}
        self._judging = 0  # the number of the explanation of which only verdicts are missing
        self._stoppable = ""  # the kind whose step is under way, and may be broken off where it is
        self._to_stop: str | None = None
        self._broken_off = False
        signal.signal(signal.SIGINT, self._break_off)
        self._inbox = Inbox(connection, self._interrupt)

    def say(self, answer: messages.Answer) -> None:
        """Tell the window; half a message is never sent."""
        before, self._stoppable = self._stoppable, ""
        try:
            send(self._connection, answer)
        finally:
            self._stoppable = before

    def run(self) -> None:
        """Answer until told to stop."""
        while self._listen():
            self._step(URGENCY)

    def _listen(self) -> bool:
        """Take in what was asked; wait where there is nothing to do."""
        while (asked := self._inbox.take(wait=not self._tasks)) is not None:
            if isinstance(asked, messages.Stop):
                return False
            self._take(asked)
        return True

    def _interrupt(self, asked: messages.Cancel) -> None:
        """In the thread that reads: let the thread that computes run `_break_off` before its next operation."""
        self._to_stop = asked.kind
        _thread.interrupt_main()

    def _break_off(self, number: int, frame: FrameType | None) -> None:
        """Leave the step under way where it is to be stopped; Ctrl-C itself is the window's business."""
        if self._to_stop is not None and in_finalizer(frame):
            threading.Timer(RETRY, _thread.interrupt_main).start()
            return
        kind, self._to_stop = self._to_stop, None
        if kind is not None and self._stoppable and kind in ("", self._stoppable):
            self._broken_off = True
            raise Cancelled

    def _take(self, asked: messages.Request) -> None:
        if isinstance(asked, messages.Cancel):
            for kind in [kind for kind in self._tasks if asked.kind in ("", kind.__name__)]:
                del self._tasks[kind]
            self.say(messages.Done(asked.number, 0.0))  # an engine that does not say so is ended
        else:
            self._tasks[type(asked)] = asked, self._answers(asked)

    def _answers(self, asked: messages.Request) -> Iterator[messages.Answer]:
        from . import explaining, studies

        resources = self._resources
        answering: dict[type[messages.Request], Callable[[Any], Iterator[messages.Answer]]] = {
            messages.Open: partial(explaining.opened, resources),
            messages.Explain: partial(explaining.explained, resources),
            messages.Thumbnails: partial(studies.thumbnails, resources),
            messages.Matching: partial(studies.matching, resources),
            messages.Sweep: partial(studies.sweep, resources),
            messages.Spread: partial(studies.spread, resources),
            messages.Randomize: partial(studies.randomized, resources),
            messages.Fit: partial(studies.fitted, resources, say=partial(self._breathe, asked)),
            messages.SavePatterns: partial(studies.patterns_saved, resources),
            messages.LoadPatterns: partial(studies.patterns_loaded, resources),
        }
        return self._timed(asked, answering[type(asked)](asked))

    def _timed(self, asked: messages.Request, answers: Iterator[messages.Answer]) -> Iterator[messages.Answer]:
        begun = perf_counter()
        yield from answers
        yield messages.Done(asked.number, perf_counter() - begun)

    def _step(self, kinds: tuple[type[messages.Request], ...]) -> bool:
        """One step of the most urgent task; whether there was one."""
        order = [kind for kind in self._tasks if kind not in URGENCY] + [kind for kind in kinds if kind in self._tasks]
        if not order:
            return False
        asked, answers = self._tasks[min(order, key=self._waits)]
        try:
            self.say(self._next(asked, answers))
        except StopIteration:
            self._forget(asked)
            self._resources.keep_within_memory()
        except Cancelled:
            self._forget(asked)
            if self._broken_off and not isinstance(asked, messages.Open):
                self._resources.forget()  # broken off half-way, it may hold one twin's numbers for another's
            self._broken_off = False
        except InvarianceError as error:
            self._forget(asked)
            self.say(messages.Failed(asked.number, str(error), kind=type(error).__name__))
        except MemoryError as error:
            self._forget(asked)
            self.say(messages.Failed(asked.number, f"Not enough memory. {error}"))
        except (EOFError, OSError):
            raise
        except Exception as error:  # noqa: BLE001 - a bug in one answer must not end the others
            self._forget(asked)
            words = f"{type(error).__name__}: {error}"
            self.say(messages.Failed(asked.number, words[:500], True, traceback.format_exc()))
        return True

    def _waits(self, kind: type[messages.Request]) -> bool:
        """Whether others of the same urgency go before: small pictures come before verdicts."""
        judging = self._tasks[messages.Explain][0].number == self._judging if kind is messages.Explain else False
        return judging and messages.Thumbnails in self._tasks

    def _next(self, asked: messages.Request, answers: Iterator[messages.Answer]) -> messages.Answer:
        """The next answer; raises `Cancelled` where the window stops it meanwhile, or asks another of its kind."""
        from keras_invariance.application import interruptible

        before, self._stoppable = self._stoppable, type(asked).__name__
        try:
            with interruptible(partial(self._give_way, asked)):
                answer = next(answers)
        finally:
            self._stoppable = before
        if isinstance(answer, messages.RowBegun) and answer.what == "verdict":
            self._judging = asked.number
        return answer

    def _forget(self, asked: messages.Request) -> None:
        task = self._tasks.get(type(asked))
        if task is not None and task[0] is asked:
            del self._tasks[type(asked)]

    def _give_way(self, asked: messages.Request) -> None:
        """Take in what was asked meanwhile; raises `Cancelled` where that takes the place of what is under way."""
        while (newer := self._inbox.take(wait=False)) is not None:
            if isinstance(newer, messages.Stop):
                os._exit(0)
            self._take(newer)
        task = self._tasks.get(type(asked))
        if task is None or task[0] is not asked:
            raise Cancelled

    def _breathe(self, fit: messages.Request, answer: messages.Answer) -> None:
        """Between two batches of a fit: tell the progress, and answer what is more urgent."""
        self.say(answer)
        self._give_way(fit)
        while any(kind is not messages.Fit for kind in self._tasks):
            self._step(URGENCY[:-1])


def in_finalizer(frame: FrameType | None) -> bool:
    """Whether an object is being taken down, where Python would swallow an exception."""
    while frame is not None and frame.f_code.co_name != "__del__":
        frame = frame.f_back
    return frame is not None


def _versions() -> dict[str, str]:
    names = ("tensorflow", "keras", "numpy")
    return {"python": sys.version.split()[0], **{name: version(name) for name in names}}
