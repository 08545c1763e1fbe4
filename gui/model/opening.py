"""What is being opened: a model, data, or both, taken together until the engine has answered."""

from dataclasses import dataclass, replace
from pathlib import Path

from .question import Question


@dataclass(frozen=True)
class Opening:
    """What was asked to be opened, and is not yet; of models and of data the last one counts.

    Attributes
    ----------
    model, trusted
        As in a question; None keeps the model in force.
    data
        As in a question; None takes the data that were chosen last, or embedded ones where they do not fit.
    """

    model: str | None = None
    trusted: bool = False
    data: str | None = None

    @classmethod
    def all_of(cls, question: Question) -> "Opening":
        """A question's model and its data."""
        return cls(question.model, question.trusted, question.data)

    def then(self, later: "Opening") -> "Opening":
        """Both: what is asked later goes before, and what it leaves open stays as it was asked."""
        model = self if later.model is None else later
        return Opening(model.model, model.trusted, self.data if later.data is None else later.data)

    def without(self, error: str) -> "Opening | None":
        """What is left of both where one cannot be opened, by the error's kind; None for nothing."""
        if error == "ModelError" and self.data is not None:
            return Opening(data=self.data)
        if error == "DataError" and self.model is not None and self.data is not None:
            return Opening(self.model, self.trusted)
        return None

    def replaces_model_of(self, before: "Opening | None") -> bool:
        """Whether another model is asked for than was before."""
        return (
            before is not None
            and None not in (before.model, self.model)
            and (before.model, before.trusted) != (self.model, self.trusted)
        )

    def question(self, now: Question, chosen_data: str) -> Question:
        """The question with what is opened in place of what was there."""
        model, trusted = (now.model, now.trusted) if self.model is None else (self.model, self.trusted)
        return replace(now, model=model, trusted=trusted, data=self.data or chosen_data)

    @property
    def words(self) -> str:
        """What is opened, for a reader."""
        return " and ".join(shortened(name) for name in (self.model, self.data) if name is not None)


def opened_question(now: Question, asked: Question, data: str) -> Question:
    """The question in force with another model and data; images are chosen anew where the data are others."""
    same_data = data == now.data
    return replace(
        now,
        model=asked.model,
        trusted=asked.trusted,
        data=data,
        sample=now.sample if same_data else 0,
        pinned=now.pinned if same_data else (),
        target=None,
    )


def shortened(name: str) -> str:
    """A model's or data set's name without the folders before it."""
    if "|" in name:
        return f"{name.count('|') + 1} pictures"
    path = Path(name.partition(":")[2] or name)
    return path.name if path.is_absolute() else name
