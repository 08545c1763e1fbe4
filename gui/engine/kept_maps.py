"""What was computed of images in sight: network 1's answers stay while the shift is moved, the twin's until it is."""

from collections import OrderedDict
from collections.abc import Callable, Hashable

import numpy as np

MOST_BYTES = 2**26


class KeptMaps:
    """Arrays by their questions; those that were asked for longest ago are forgotten."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most = most_bytes
        self._kept: OrderedDict[Hashable, np.ndarray] = OrderedDict()

    def of(self, question: Hashable, compute: Callable[[], np.ndarray]) -> np.ndarray:
        """The array of a question, computed where it is not there."""
        if question not in self._kept:
            self._kept[question] = compute()
        self._kept.move_to_end(question)
        found = self._kept[question]
        while len(self._kept) > 1 and sum(one.nbytes for one in self._kept.values()) > self._most:
            self._kept.popitem(last=False)
        return found

    def clear(self) -> None:
        """Forget all: the network, the data or the patterns are others now."""
        self._kept.clear()
