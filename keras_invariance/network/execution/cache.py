"""A cache: a mapping of limited size that forgets what was stored longest ago."""

from collections import OrderedDict
from typing import Any


class Cache(OrderedDict[Any, Any]):
    """A mapping that forgets what was stored longest ago once it holds more than `size` things."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.size = size

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(key, value)
        while len(self) > self.size:
            self.popitem(last=False)
