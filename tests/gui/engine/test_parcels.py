"""Messages with arrays between processes."""

import multiprocessing
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.shared_memory import SharedMemory

import numpy as np
import pytest

from keras_invariance.gui.engine import parcels
from keras_invariance.gui.engine.messages import Done, Thumbs


@pytest.mark.parametrize("size", [0, 3, parcels.LARGE // 4, 3 * parcels.LARGE])
def test_arrays_of_any_size_arrive_whole_and_leave_no_memory_behind(size, monkeypatch):
    made = []
    monkeypatch.setattr(
        parcels, "SharedMemory", lambda *args, **fields: made.append(SharedMemory(*args, **fields)) or made[-1]
    )
    ours, theirs = multiprocessing.Pipe()
    values = np.random.default_rng(0).random(size, np.float32)
    with ThreadPoolExecutor(1) as reader:  # a pipe holds 64 KiB: who sends more waits for who reads
        coming = reader.submit(parcels.receive, theirs)
        parcels.send(ours, Thumbs(4, (1,), values, values[::2], np.zeros(2)))
        found = coming.result()
    assert np.array_equal(found.pictures, values)
    assert np.array_equal(found.labels, values[::2])
    assert bool(made) == (size * 4 >= parcels.LARGE)
    for memory in made:
        with pytest.raises(FileNotFoundError):
            SharedMemory(name=memory.name)


def test_the_other_side_being_gone_is_said():
    ours, theirs = multiprocessing.Pipe()
    theirs.close()
    with pytest.raises(OSError, match="Broken pipe"):
        parcels.send(ours, Done(1, 0.0))
    with pytest.raises(EOFError):
        parcels.receive(ours)
