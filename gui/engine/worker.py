"""The engine's process: it answers what is most urgent, a step at a time, and always the newest question of a kind.

Everything runs in one thread. Between two steps the pipe is looked at: a newer question of a kind takes the place of
the one under way, so that dragging a slider never queues work. While patterns are fitted, which is one long call, its
progress callback looks after the other questions.
"""

import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from functools import partial
from importlib.metadata import version
from multiprocessing.connection import Connection
from time import perf_counter
from typing import Any

from keras_invariance.errors import InvarianceError

from . import messages as said
from .parcels import receive, send

URGENCY = (said.Open, said.Explain, said.Thumbnails, said.Matching, said.Sweep, said.Spread, said.Randomize, said.Fit)
"""Kinds that are answered in steps, the most urgent first; other kinds are answered at once."""


class Cancelled(BaseException):
    """The work under way is no longer wanted; no `except Exception` may hold it up."""


def work(connection: Connection) -> None:
    """Answer until the window is gone; the entry point of the process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the window's business
    begun = perf_counter()
    try:
        worker = Worker(connection)
        worker.say(said.Ready(0, perf_counter() - begun, _versions()))
        worker.run()
    except (EOFError, OSError):  # the window is gone
        pass
    os._exit(0)  # nothing is to be saved, and TensorFlow takes long to be taken down


class Worker:
    """One conversation with the window."""

    def __init__(self, connection: Connection) -> None:
        from keras_invariance.cli.quiet import import_tensorflow

        import_tensorflow()
        from .laboratory import Laboratory

        self._connection = connection
        self._laboratory = Laboratory()
        self._tasks: dict[type[said.Request], tuple[said.Request, Iterator[said.Answer]]] = {}

    def say(self, answer: said.Answer) -> None:
        """Tell the window."""
        send(self._connection, answer)

    def run(self) -> None:
        """Answer until told to stop."""
        while self._listen():
            self._step(URGENCY)

    def _listen(self) -> bool:
        """Take in what was asked; wait where there is nothing to do."""
        while self._connection.poll(0 if self._tasks else None):
            asked = receive(self._connection)
            if isinstance(asked, said.Stop):
                return False
            self._take(asked)
        return True

    def _take(self, asked: said.Request) -> None:
        if isinstance(asked, said.Cancel):
            for kind in [kind for kind in self._tasks if kind.__name__ == asked.kind]:
                del self._tasks[kind]
            self.say(said.Done(asked.number, 0.0))  # an engine that does not say so is ended
        else:
            self._tasks[type(asked)] = asked, self._answers(asked)

    def _answers(self, asked: said.Request) -> Iterator[said.Answer]:
        from . import explaining, studies

        lab = self._laboratory
        answering: dict[type[said.Request], Callable[[Any], Iterator[said.Answer]]] = {
            said.Open: partial(explaining.opened, lab),
            said.Explain: partial(explaining.explained, lab),
            said.Thumbnails: partial(studies.thumbnails, lab),
            said.Matching: partial(studies.matching, lab),
            said.Sweep: partial(studies.sweep, lab),
            said.Spread: partial(studies.spread, lab),
            said.Randomize: partial(studies.randomized, lab),
            said.Fit: partial(studies.fitted, lab, say=self._breathe),
            said.SavePatterns: partial(studies.patterns_saved, lab),
            said.LoadPatterns: partial(studies.patterns_loaded, lab),
        }
        return self._timed(asked, answering[type(asked)](asked))

    def _timed(self, asked: said.Request, answers: Iterator[said.Answer]) -> Iterator[said.Answer]:
        begun = perf_counter()
        yield from answers
        yield said.Done(asked.number, perf_counter() - begun)

    def _step(self, kinds: tuple[type[said.Request], ...]) -> bool:
        """One step of the most urgent task; whether there was one."""
        order = [kind for kind in self._tasks if kind not in URGENCY] + [kind for kind in kinds if kind in self._tasks]
        if not order:
            return False
        asked, answers = self._tasks[order[0]]
        try:
            self.say(next(answers))
        except StopIteration:
            self._forget(asked)
        except Cancelled:
            self._forget(asked)
        except InvarianceError as error:
            self._forget(asked)
            self.say(said.Failed(asked.number, str(error)))
        except MemoryError as error:
            self._forget(asked)
            self.say(said.Failed(asked.number, f"Not enough memory. {error}"))
        except (EOFError, OSError):
            raise
        except Exception as error:  # noqa: BLE001 - a bug in one answer must not end the others
            self._forget(asked)
            words = f"{type(error).__name__}: {error}"
            self.say(said.Failed(asked.number, words[:500], True, traceback.format_exc()))
        return True

    def _forget(self, asked: said.Request) -> None:
        task = self._tasks.get(type(asked))
        if task is not None and task[0] is asked:
            del self._tasks[type(asked)]

    def _breathe(self, answer: said.Answer) -> None:
        """Between two batches of a fit: tell the progress, and answer what is more urgent."""
        self.say(answer)
        running = self._tasks[said.Fit][0] if said.Fit in self._tasks else None
        while self._connection.poll(0):
            asked = receive(self._connection)
            if isinstance(asked, said.Stop):
                os._exit(0)
            self._take(asked)
        now = self._tasks[said.Fit][0] if said.Fit in self._tasks else None
        if running is None or now is not running:
            raise Cancelled
        while any(kind is not said.Fit for kind in self._tasks):
            self._step(URGENCY[:-1])


def _versions() -> dict[str, str]:
    names = ("tensorflow", "keras", "numpy")
    return {"python": sys.version.split()[0], **{name: version(name) for name in names}}
