"""What the engine is at: a line for each kind of request that is under way."""

from . import messages

Line = tuple[str, int, int]
"""Words, done, and total (0: nobody knows how long it takes)."""

NOTHING: Line = ("", 0, 0)


class Work:
    """Lines by kind of request; the newest is shown."""

    def __init__(self) -> None:
        self._lines: dict[type[messages.Request], Line] = {}

    def tell(self, kind: type[messages.Request], line: Line) -> None:
        """Work of a kind goes on."""
        self._lines.pop(kind, None)
        self._lines[kind] = line

    def end(self, *kinds: type[messages.Request]) -> None:
        """Work of these kinds is over; of all kinds where none is named."""
        for kind in kinds or tuple(self._lines):
            self._lines.pop(kind, None)

    @property
    def shown(self) -> Line:
        """What the window shows."""
        return next(reversed(self._lines.values()), NOTHING)
