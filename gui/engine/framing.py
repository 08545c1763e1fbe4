"""Messages between processes: a pipe for what is small, shared memory for large arrays.

The names of the memories travel before the memories are made: so the receiver, who copies an array out and removes its
memory, also removes what a sender that was killed half-way left behind.
"""

import os
import pickle
import secrets
from multiprocessing.connection import Connection
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

LARGE = 2**20
"""Arrays from this many bytes go through shared memory: a pipe would copy them in portions of 64 KiB."""

ROOM = Path("/dev/shm")
"""Where Linux keeps shared memory."""

Place: TypeAlias = tuple[str, int, bytes]
"""Of an array: its memory's name and size in bytes, or no name and the bytes themselves."""


def send(connection: Connection, message: object) -> None:
    """Send a message; raises `OSError` where the other side is gone."""
    buffers: list[pickle.PickleBuffer] = []
    content = pickle.dumps(message, protocol=5, buffer_callback=buffers.append)
    arrays = [np.frombuffer(buffer.raw(), np.uint8) for buffer in buffers]
    large = [array.nbytes for array in arrays if array.nbytes >= LARGE]
    roomy = bool(large) and _room(sum(large))
    places = [_place(array, shared=roomy and array.nbytes >= LARGE) for array in arrays]
    connection.send((content, places))
    for (name, _, _), array in zip(places, arrays, strict=True):
        if name:
            _fill(name, array)
            connection.send(name)


def receive(connection: Connection) -> Any:
    """Wait for a message; raises `EOFError` or `OSError` where the other side is gone."""
    content, places = connection.recv()
    try:
        arrays = [_array(connection, *place) for place in places]
    except (EOFError, OSError):
        for name, _, _ in places:
            _remove(name)
        raise
    return pickle.loads(content, buffers=arrays)  # from a process of our own


def _place(array: np.ndarray, *, shared: bool) -> Place:
    return (f"kinv_{secrets.token_hex(8)}", array.nbytes, b"") if shared else ("", array.nbytes, array.tobytes())


def _room(size: int) -> bool:
    """Whether the memory can be filled; Linux kills who writes into one that does not fit, as in small containers."""
    if not ROOM.is_dir():
        return True
    found = os.statvfs(ROOM)
    return found.f_bavail * found.f_frsize > 2 * size


def _fill(name: str, array: np.ndarray) -> None:
    memory = SharedMemory(name, create=True, size=array.nbytes)
    _bytes(memory, array.nbytes)[:] = array
    memory.close()


def _array(connection: Connection, name: str, size: int, content: bytes) -> bytearray | np.ndarray:
    """The array's bytes, in memory of our own; NumPy copies without holding up other threads."""
    if not name:
        return bytearray(content)
    connection.recv()
    memory = SharedMemory(name)
    copied = _bytes(memory, size).copy()
    memory.close()
    memory.unlink()
    return copied


def _remove(name: str) -> None:
    try:
        memory = SharedMemory(name)
    except (FileNotFoundError, ValueError):
        return
    memory.close()
    memory.unlink()


def _bytes(memory: SharedMemory, size: int) -> np.ndarray:
    return np.ndarray(size, np.uint8, memory.buf)
