"""Messages with arrays between processes."""

import multiprocessing
import os
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path

import numpy as np
import pytest

from keras_invariance.gui.engine import framing
from keras_invariance.gui.model.messages import Done, Thumbs


@pytest.mark.parametrize("size", [0, 3, framing.LARGE // 4, 3 * framing.LARGE])
def test_arrays_of_any_size_arrive_whole_and_leave_no_memory_behind(size, monkeypatch):
    made = []
    monkeypatch.setattr(
        framing, "SharedMemory", lambda *args, **fields: made.append(SharedMemory(*args, **fields)) or made[-1]
    )
    ours, theirs = multiprocessing.Pipe()
    values = np.random.default_rng(0).random(size, np.float32)
    with ThreadPoolExecutor(1) as reader:  # a pipe holds 64 KiB: who sends more waits for who reads
        coming = reader.submit(framing.receive, theirs)
        framing.send(ours, Thumbs(4, (1,), values, values[::2], np.zeros(2)))
        found = coming.result()
    assert np.array_equal(found.pictures, values)
    assert np.array_equal(found.labels, values[::2])
    assert bool(made) == (size * 4 >= framing.LARGE)
    for memory in made:
        with pytest.raises(FileNotFoundError):
            SharedMemory(name=memory.name)


def test_the_other_side_being_gone_is_said():
    ours, theirs = multiprocessing.Pipe()
    theirs.close()
    with pytest.raises(OSError, match="Broken pipe"):
        framing.send(ours, Done(1, 0.0))
    with pytest.raises(EOFError):
        framing.receive(ours)


def test_what_a_sender_that_was_killed_half_way_left_behind_is_removed():
    ours, theirs = multiprocessing.Pipe()
    name = "kinv_left_behind"
    SharedMemory(name, create=True, size=16).close()
    ours.send((b"", [(name, 16, b"")]))  # the name travels first; the word that it is filled never comes
    ours.close()
    with pytest.raises(EOFError):
        framing.receive(theirs)
    with pytest.raises(FileNotFoundError):
        SharedMemory(name=name)


def test_arrays_that_shared_memory_has_no_room_for_go_through_the_pipe(monkeypatch):
    ours, theirs = multiprocessing.Pipe()
    monkeypatch.setattr(framing.os, "statvfs", lambda _: os.statvfs_result((4096, 4096, 16, 8, 8, 0, 0, 0, 0, 255)))
    monkeypatch.setattr(framing, "ROOM", Path(__file__).parent)
    monkeypatch.setattr(framing, "SharedMemory", lambda *_, **__: pytest.fail("a memory was made"))
    values = np.arange(framing.LARGE, dtype=np.float32)
    with ThreadPoolExecutor(1) as reader:
        coming = reader.submit(framing.receive, theirs)
        framing.send(ours, Thumbs(4, (1,), values, values, values))
        assert np.array_equal(coming.result().pictures, values)
