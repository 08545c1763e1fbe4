"""The viewer: the question with its history, how its answers are looked at, and the conversation with the engine.

It knows no widget. Panels change the question here and are told here what became of it.
"""

from collections.abc import Callable
from dataclasses import replace
from time import monotonic
from typing import Any

from PyQt6.QtCore import QObject, pyqtSignal

from . import messages
from .answers import Answers
from .history import History
from .opener import EngineLike, Opener, place
from .opening import Opening, shortened
from .question import Question
from .row_progress import Progressing, RowState
from .session import Session
from .timers import debounced
from .work import Work

SETTLED = 150
"""Milliseconds without a change after which the slow methods and the verdicts are asked for."""


class ViewerModel(QObject):
    """All state of one window.

    Signals
    -------
    question_changed, look_changed, scaling_changed
        With the new value.
    answered
        A row has something new, or all have (-1).
    opened
        What network and data are.
    opening_changed
        What is being opened; None for nothing. Until then the answers are about what was open before.
    told
        A line for the user: "note", "error" or "bug", and the text.
    working
        What is under way: words, done, total; empty words for nothing.
    """

    question_changed = pyqtSignal(object)
    look_changed = pyqtSignal(object)
    scaling_changed = pyqtSignal(object)
    answered = pyqtSignal(int)
    opened = pyqtSignal(object)
    opening_changed = pyqtSignal(object)
    told = pyqtSignal(str, str)
    working = pyqtSignal(str, int, int)
    study = pyqtSignal(object, object)

    in_sight: frozenset[int] | None = None
    """The places of the rows that the window shows, which are computed first; None where it did not say."""

    def __init__(self, engine: EngineLike, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.engine = engine
        self.look, self.scaling = session.look, session.scaling
        self.answers, self.progress = Answers(), Progressing()
        self._work = Work()
        self.about: messages.Opened | None = None
        self.fitted: tuple[str, ...] = ()
        self._opener = Opener(engine, session.question, self)
        self._opener.changed.connect(self.opening_changed)
        self._before = session.question
        self._quick = False
        self._settled = debounced(self, SETTLED, self.explain)
        self.history = History(session.question, self._changed)
        engine.heard.connect(self._hear)
        engine.died.connect(lambda _: self._wait_again())

    @property
    def question(self) -> Question:
        """The question in force."""
        return self.history.value

    @property
    def opening(self) -> Opening | None:
        """What is being opened; None for nothing."""
        return self._opener.opening

    @property
    def session(self) -> Session:
        """What a session file would hold now."""
        return Session(self.question, self.look, self.scaling)

    @property
    def settled(self) -> bool:
        """Whether every change has been asked about in full."""
        return not self._settled.isActive()

    def begin(self) -> None:
        """Ask what network and data are, and then for everything; the default data need not fit the network."""
        question = self.question
        default = question.data == Question().data
        self._opener.begin(Opening(question.model, question.trusted, None if default else question.data), question)

    def change(self, what: str, *, gesture: str = "", **fields: Any) -> None:
        """Change fields of the question; one that makes no sense is answered by a line. A gesture's steps are one."""
        try:
            changed = replace(self.question, **fields)
        except ValueError as error:
            self.told.emit("error", f"{error}.")
            return
        self._quick = bool(gesture)
        self.history.put(changed, what, gesture)

    def open(self, *, model: str | None = None, trusted: bool = False, data: str | None = None) -> None:
        """Open another model, other data, or both; the old ones stay where that fails.

        What is being opened already is opened too, but for another model or other data in its place. Where a model
        does not fit the data that were chosen last, embedded data take their place.
        """
        self._opener.add(Opening(model, trusted, data), self.question)

    def stop(self) -> None:
        """Stop all that is under way; what was open stays open, and what was answered stays in sight."""
        opening = self.opening
        self._settled.stop()
        self._opener.cancel()
        self.engine.cancel_all()
        self._end_rows("stopped")
        self._work.end()
        self.working.emit(*self._work.shown)
        self.told.emit("note", f"Not opened: {opening.words}." if opening is not None else "Stopped.")

    def look_at(self, **fields: Any) -> None:
        """Change how the answers are looked at; nothing is computed."""
        look = replace(self.look, **fields)
        if look != self.look:
            self.look = look
            self.look_changed.emit(look)

    def scale(self, **fields: Any) -> None:
        """Change the colormap's range."""
        scaling = replace(self.scaling, **fields)
        if scaling != self.scaling:
            self.scaling = scaling
            self.scaling_changed.emit(scaling)

    def restore(self, session: Session) -> None:
        """Show a session, not what was being opened; undo does not lead back behind it."""
        self.look_at(**vars(session.look))
        self.scale(**vars(session.scaling))
        self._opener.cancel()
        self.history.restart(session.question)

    def explain(self) -> None:
        """Ask for all maps and verdicts; first of all for the network and the data, where these are not open."""
        self._quick = False
        if self.opening is not None:
            self._opener.owed = True
        elif self._opener.has_open(self.question):
            if self.progress.restart():
                self.answered.emit(-1)
            self.engine.ask(messages.Explain(self.question, in_sight=self.in_sight))
        else:
            self._opener.begin(Opening.all_of(self.question), self.question)

    def ask(self, make: Callable[..., messages.Request], **fields: Any) -> None:
        """Ask for a study of the question in force."""
        self.engine.ask(make(self.question, **fields))

    def _changed(self, question: Question) -> None:
        before, self._before = self._before, question
        same = place(before) == place(question)
        same_images = same and before.samples == question.samples
        self.answers = self.answers.kept(before.rows, question.rows, same_images=same_images)
        self.progress.restart()
        if not same:
            self._opener.go_to(question)
        self.question_changed.emit(question)
        self.answered.emit(-1)
        if self._quick and self.opening is None and self._opener.has_open(question):
            self.engine.ask(messages.Explain(question, quick=True, in_sight=self.in_sight))
            self._settled.start()
        else:
            self._settled.stop()
            self.explain()

    def _hear(self, asked: messages.Request, answer: messages.Answer) -> None:
        match answer:
            case messages.Inputs():
                self.answers.inputs[answer.sample] = answer
                self.answered.emit(-1)
            case messages.RowBegun() | messages.RowMaps() | messages.RowJudged() | messages.RowFailed():
                self._hear_row(asked.question, answer)
            case messages.Opened():
                self._take_opened(asked, answer)
            case messages.Progress():
                self._work.tell(type(asked), (answer.what, answer.done, answer.total))
            case messages.Matches():
                self._work.tell(type(asked), ("Looking for images", answer.searched, answer.total))
            case messages.Fitted():
                self.fitted = answer.patterns
                self.explain()
            case messages.Failed():
                self._take_failed(asked, answer)
        self.study.emit(asked, answer)
        if isinstance(answer, messages.Done | messages.Failed):
            self._work.end(type(asked))
        self.working.emit(*self._work.shown)

    def _hear_row(self, question: Question, answer: messages.RowAnswer) -> None:
        now = monotonic()
        match answer:
            case messages.RowBegun():
                self.progress.set(answer.row, answer.what, now)
                self._work.tell(messages.Explain, (f"{question.rows[answer.row].method}: {answer.what}", 0, 0))
            case messages.RowMaps():
                self.answers.maps[answer.row, answer.sample] = answer
                self.answers.failures.pop(answer.row, None)
                if self.progress.of(answer.row).state == "maps" and answer.sample == question.samples[-1]:
                    self.progress.set(answer.row, "unjudged", now)
            case messages.RowJudged():
                self.answers.verdicts[answer.row] = answer
                self.progress.set(answer.row, "done", now)
            case messages.RowFailed():
                self.answers.failures[answer.row] = answer
                self.progress.set(answer.row, "failed", now)
        self.answered.emit(answer.row)

    def _end_rows(self, state: RowState) -> None:
        self.progress.end(len(self.question.rows), state, monotonic())
        self.answered.emit(-1)

    def _wait_again(self) -> None:
        self.progress.wait_again()
        self._work.end()
        self.working.emit(*self._work.shown)
        if not self.engine.waiting(messages.Explain) and self.opening is None:
            self._end_rows("stopped")

    def _take_opened(self, asked: messages.Request, answer: messages.Opened) -> None:
        self.about, before = answer, self.question
        opened = self._opener.opened(asked.question, answer, before)
        if place(opened) == place(before):
            self.explain()
        else:
            self.history.put(opened, "open a model" if opened.model != before.model else "open data")
        if answer.data not in (asked.question.data, before.data):
            chosen = shortened(asked.question.data)
            self.told.emit("note", f"{chosen} does not fit this network: {answer.data} instead.")
        self.opened.emit(answer)

    def _take_failed(self, asked: messages.Request, answer: messages.Failed) -> None:
        self.told.emit("bug" if answer.bug else "error", answer.reason)
        if answer.details:
            self.told.emit("log", answer.details)
        if isinstance(asked, messages.Explain):
            self._end_rows("stopped")
        elif isinstance(asked, messages.Open):
            self._opener.failed(asked.question, answer, self.question)
            if self._opener.owed and self._opener.has_open(self.question):
                self.explain()
