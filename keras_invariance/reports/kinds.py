"""What an input is to a person who looks at it, told from its shape."""

from typing import Literal

Kind = Literal["picture", "signal", "table", ""]

_FEATURES, _CHANNELS = 48, 4
"""A row of at most so many numbers is a table; at most so many columns are the channels of a signal."""


def kind_of(input_shape: tuple[int, ...]) -> Kind:
    """How an input of this shape is shown; empty where it is not."""
    if len(input_shape) == 1:
        return "table" if input_shape[0] <= _FEATURES else "signal"
    if len(input_shape) == 2:
        return "signal" if input_shape[1] <= _CHANNELS else "picture"
    return "picture" if len(input_shape) == 3 else ""
