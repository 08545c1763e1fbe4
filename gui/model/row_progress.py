"""How far each row of the grid is: waiting, computing and since when, done, failed or stopped."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

RowState: TypeAlias = Literal["waiting", "maps", "unjudged", "verdict", "done", "failed", "stopped"]
"""Waiting for maps, computing them, waiting for a verdict, computing it; and how it ended."""

COMPUTING = frozenset({"maps", "verdict"})
ENDED = frozenset({"done", "failed", "stopped"})


@dataclass(frozen=True)
class RowProgress:
    """How far a row is.

    Attributes
    ----------
    state
        What becomes of it now.
    since
        When that began, in seconds of a clock of the caller's.
    spent
        Seconds that were computed before.
    """

    state: RowState = "waiting"
    since: float = 0.0
    spent: float = 0.0

    def seconds(self, now: float) -> float:
        """How long was computed until now."""
        return self.spent + (max(0.0, now - self.since) if self.state in COMPUTING else 0.0)

    def becomes(self, state: RowState, now: float) -> "RowProgress":
        """The row from now on."""
        return RowProgress(state, now, self.seconds(now))


class Progressing:
    """How far all rows are."""

    def __init__(self) -> None:
        self._rows: dict[int, RowProgress] = {}

    def of(self, row: int) -> RowProgress:
        """How far a row is."""
        return self._rows.get(row, RowProgress())

    def restart(self) -> bool:
        """All rows wait; whether some did not."""
        before, self._rows = self._rows, {}
        return bool(before)

    def set(self, row: int, state: RowState, now: float) -> None:
        """A row goes on."""
        self._rows[row] = self.of(row).becomes(state, now)

    def end(self, count: int, state: RowState, now: float) -> None:
        """Of so many rows, those that have not ended end like this."""
        for row in range(count):
            if self.of(row).state not in ENDED:
                self.set(row, state, now)

    def wait_again(self) -> None:
        """What has not ended begins anew, in another engine."""
        self._rows = {row: one for row, one in self._rows.items() if one.state in ENDED}

    def ended(self) -> int:
        """How many rows have ended."""
        return sum(one.state in ENDED for one in self._rows.values())
