"""A cache: a mapping of limited size that forgets what was used longest ago."""

from collections import OrderedDict
from typing import Any


class Cache(OrderedDict[Any, Any]):
    """A mapping that forgets what was read or stored longest ago once it holds more than `size` things."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.size = size

    def __getitem__(self, key: Any) -> Any:
        self.move_to_end(key)
        return super().__getitem__(key)

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(key, value)
        self.move_to_end(key)
        while len(self) > self.size:
            del self[next(iter(self))]  # popitem() asks __getitem__ for what it took out, before Python 3.11
