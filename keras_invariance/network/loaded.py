"""What a network was loaded from: where it lies in its model, and the model itself where it is a Keras model."""

from dataclasses import dataclass, field, replace
from typing import Any

from .structure.endpoints import Endpoints
from .structure.head import Head


@dataclass(frozen=True, eq=False)
class Loaded:
    """What a network was loaded from.

    Attributes
    ----------
    source
        In words.
    head
        What stood at the network's end and was taken off.
    endpoints
        Where it begins and ends in its model.
    model
        The Keras model it was traced from, None for a SavedModel or a function. It is read, never written.
    """

    source: str
    head: Head = field(default_factory=Head)
    endpoints: Endpoints = field(default_factory=Endpoints)
    model: Any = None

    def changed(self, source: str | None = None) -> "Loaded":
        """The same for a network with other numbers, which is no longer the model's."""
        return replace(self, model=None, source=source or self.source)
