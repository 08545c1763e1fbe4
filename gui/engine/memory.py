"""The engine's memory: how much it holds, and giving back what nobody needs any more."""

import ctypes
import gc
import sys
from contextlib import suppress

import psutil

MIB = 2**20
GROWTH = 1.25
"""A network that needs more than the limit by itself is let be until the engine has grown by this factor."""


class Memory:
    """A limit to what the process holds, and who can let go of what.

    Parameters
    ----------
    limit
        In MiB.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._process = psutil.Process()
        self._least = 0.0

    def held(self) -> float:
        """What the process holds, MiB."""
        return float(self._process.memory_info().rss / MIB)

    def exceeded(self) -> bool:
        """Whether it is time to let go of something."""
        return self.held() > max(self.limit, GROWTH * self._least)

    def give_back(self) -> None:
        """Return to the system what is no longer referred to; called after letting go."""
        gc.collect()  # traced functions are cycles
        if sys.platform == "linux":
            with suppress(OSError, AttributeError):  # another C library than GNU's
                ctypes.CDLL("libc.so.6").malloc_trim(0)
        self._least = self.held()
