"""Opening models and data: what was asked last counts, nothing that was asked is lost, and all of it can be stopped."""

from typing import Any, Protocol, TypeAlias

from PyQt6.QtCore import QObject, pyqtSignal

from . import messages
from .opening import Opening, opened_question
from .question import Question

Place: TypeAlias = tuple[str, str, bool]
"""Model, data, and whether the model's own Python may run: what is opened."""


class EngineLike(Protocol):
    """What the viewer needs of an engine."""

    heard: Any
    died: Any

    def ask(self, request: messages.Request) -> int:
        """Ask."""

    def cancel(self, kind: type[messages.Request]) -> None:
        """Stop the newest request of a kind."""

    def cancel_all(self) -> None:
        """Stop everything, soon in any case."""

    def waiting(self, kind: type[messages.Request]) -> bool:
        """Whether a request of a kind is not yet answered."""


class Opener(QObject):
    """What is open, and what is being opened in its place.

    Signals
    -------
    changed
        What is being opened; None for nothing.

    Attributes
    ----------
    opening
        What is being opened, None for nothing. Until it is open, nothing is asked about the old network and data.
    owed
        Whether an explanation has to be asked for once nothing is being opened.
    """

    changed = pyqtSignal(object)

    def __init__(self, engine: EngineLike, question: Question, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._engine = engine
        self._open: Place | None = None
        self._chosen_data = question.data
        self.opening: Opening | None = None
        self.owed = False

    def has_open(self, question: Question) -> bool:
        """Whether the question's network and data are open."""
        return self._open == place(question)

    def add(self, asked: Opening, now: Question) -> None:
        """Open this too, but for another model or other data in the place of those that are being opened."""
        self.begin(asked if self.opening is None else self.opening.then(asked), now)

    def begin(self, opening: Opening, now: Question) -> None:
        """Open this, whatever else was being opened; what is under way about the old network or data ends."""
        if opening.replaces_model_of(self.opening):
            self._engine.cancel(messages.Open)  # of the same model, what was read so far is used
        self.owed = self.owed or self._engine.waiting(messages.Explain)
        for kind in (messages.Explain, messages.Thumbnails, messages.Matching):
            self._engine.cancel(kind)
        self._set(opening)
        question = opening.question(now, self._chosen_data)
        self._engine.ask(messages.Open(question, any_data=opening.data is None))

    def go_to(self, question: Question) -> None:
        """Open what a question names that is in force already, as after an undo."""
        if not self.has_open(question):
            self.begin(Opening.all_of(question), question)
        elif self.opening is not None:
            self.cancel()

    def cancel(self) -> None:
        """Leave open what was; nothing more is heard of what was being opened."""
        if self.opening is not None:
            self._engine.cancel(messages.Open)
            self.owed = False
            self._set(None)

    def opened(self, asked: Question, answer: messages.Opened, now: Question) -> Question:
        """The question in force with the network and the data that are open from now on."""
        if self.opening is not None and self.opening.data is not None:
            self._chosen_data = asked.data
        question = opened_question(now, asked, answer.data)
        self._open, self.owed = place(question), False
        self._set(None)
        return question

    def failed(self, asked: Question, answer: messages.Failed, now: Question) -> None:
        """Open what can be of that which failed: the other of model and data, or what the question in force names."""
        opening = self.opening
        self._set(None)
        if opening is None or (answer.kind == "ModelError" and asked.model == now.model):
            return
        other, all_now = opening.without(answer.kind), Opening(now.model, now.trusted)
        if other is not None:
            self.begin(other, now)
        elif not self.has_open(now) and answer.kind and opening != all_now:
            self.begin(all_now, now)

    def _set(self, opening: Opening | None) -> None:
        self.opening = opening
        self.changed.emit(opening)


def place(question: Question) -> Place:
    """What a question names to be opened."""
    return question.model, question.data, question.trusted
