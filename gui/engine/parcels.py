"""Messages between processes: a pipe for what is small, shared memory for large arrays.

The receiver copies an array out and removes its memory. Both processes share one resource tracker (they are spawned
from each other), which removes what a process that was killed left behind.
"""

import pickle
from multiprocessing.connection import Connection
from multiprocessing.shared_memory import SharedMemory
from typing import Any

import numpy as np

LARGE = 2**20
"""Arrays from this many bytes go through shared memory: a pipe would copy them in portions of 64 KiB."""


def send(connection: Connection, message: object) -> None:
    """Send a message; raises `OSError` where the other side is gone."""
    buffers: list[pickle.PickleBuffer] = []
    content = pickle.dumps(message, protocol=5, buffer_callback=buffers.append)
    connection.send((content, [_packed(buffer) for buffer in buffers]))


def receive(connection: Connection) -> Any:
    """Wait for a message; raises `EOFError` or `OSError` where the other side is gone."""
    content, parcels = connection.recv()
    return pickle.loads(content, buffers=[_unpacked(*parcel) for parcel in parcels])  # from a process of our own


def _packed(buffer: pickle.PickleBuffer) -> tuple[str, int, bytes]:
    with buffer.raw() as raw:
        if raw.nbytes < LARGE:
            return "", raw.nbytes, bytes(raw)
        memory = SharedMemory(create=True, size=raw.nbytes)
        _bytes(memory, raw.nbytes)[:] = np.frombuffer(raw, np.uint8)
        name = memory.name
        memory.close()
        return name, raw.nbytes, b""


def _unpacked(name: str, size: int, content: bytes) -> bytearray:
    if not name:
        return bytearray(content)
    memory = SharedMemory(name=name)
    copied = bytearray(_bytes(memory, size).tobytes())
    memory.close()
    memory.unlink()
    return copied


def _bytes(memory: SharedMemory, size: int) -> np.ndarray:
    return np.ndarray(size, np.uint8, memory.buf)
