"""Progress of a run."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Progress:
    """What is being done now, and how far it is."""

    name: str
    done: int
    total: int
