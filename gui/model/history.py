"""The history of a value: undo, redo, and changes of one gesture taken together."""

from collections.abc import Callable
from typing import Generic, TypeVar

Value = TypeVar("Value")

LONGEST = 500
"""How many steps are kept."""


class History(Generic[Value]):
    """A value with its past and its undone future.

    Parameters
    ----------
    value
        The value at the beginning.
    changed
        Called with the new value after every change.
    """

    def __init__(self, value: Value, changed: Callable[[Value], None]) -> None:
        self._value, self._changed = value, changed
        self._past: list[tuple[Value, str]] = []
        self._future: list[tuple[Value, str]] = []
        self._gesture = ""

    @property
    def value(self) -> Value:
        """The value now."""
        return self._value

    @property
    def undoable(self) -> str:
        """What would be undone, in words; empty where there is nothing."""
        return self._past[-1][1] if self._past else ""

    @property
    def redoable(self) -> str:
        """What would be done again."""
        return self._future[-1][1] if self._future else ""

    def put(self, value: Value, what: str, gesture: str = "") -> None:
        """Change the value; changes in a row with the same gesture are undone in one step."""
        if value == self._value:
            return
        if not (gesture and gesture == self._gesture and self._past):
            self._past = [*self._past, (self._value, what)][-LONGEST:]
        self._gesture, self._future = gesture, []
        self._set(value)

    def end_gesture(self) -> None:
        """Let the next change be a step of its own."""
        self._gesture = ""

    def undo(self) -> None:
        """Go one step back, if there is one."""
        self._step(self._past, self._future)

    def redo(self) -> None:
        """Go one step forward, if there is one."""
        self._step(self._future, self._past)

    def restart(self, value: Value) -> None:
        """Begin anew with a value; nothing of the past is kept."""
        self._past, self._future, self._gesture = [], [], ""
        self._set(value)

    def _step(self, from_: list[tuple[Value, str]], to: list[tuple[Value, str]]) -> None:
        if not from_:
            return
        value, what = from_.pop()
        to.append((self._value, what))
        self._gesture = ""
        self._set(value)

    def _set(self, value: Value) -> None:
        self._value = value
        self._changed(value)
