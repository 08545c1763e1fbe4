"""A real want of memory, in a process that may not take much more than it has."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from keras_invariance.judging.invariance.subject import half_batch, with_less_memory

PROGRAM = Path(__file__).with_name("little_memory.py")


@pytest.mark.slow  # TensorFlow waits ten seconds for memory before it gives up
@pytest.mark.skipif(sys.platform != "linux", reason="how much a process has taken is read from /proc")
def test_where_the_system_refuses_memory_half_a_batch_gives_the_same_maps():
    paths = {"PYTHONPATH": str(PROGRAM.parents[2]), "TF_CPP_MIN_LOG_LEVEL": "3"}
    command = [sys.executable, str(PROGRAM), "250"]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
        env=os.environ | paths,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["told"][:2] == [None, 21]  # 42 images of 3 x 4 MiB of activations are half a GiB
    assert found["distance"] < 1e-6


def test_numpy_may_be_the_one_that_finds_no_room():
    told = []

    def ask(rows):
        told.append(rows)
        if rows != 1:
            raise MemoryError
        return "scores"

    assert with_less_memory(ask, 2) == "scores"
    assert told == [None, 2, 1]


def test_half_a_batch_is_half_of_what_an_analyzer_computes_at_a_time(network):
    import keras_invariance as ki

    assert half_batch(network) == ki.analyzer(network, "gradient").request.batch_size // 2
    assert half_batch(network.astype("float64")) <= half_batch(network)
