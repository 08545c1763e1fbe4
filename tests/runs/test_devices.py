"""Replicas: two devices find what one finds, each with its own numbers; and the work is handed out in order."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import tensorflow as tf

from keras_invariance.runs.devices import AHEAD, several_gpus, shared_out

PROGRAM = Path(__file__).with_name("two_devices.py")
DEVICE = "CPU:0"


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict:
    """What a process with two logical devices found."""
    command = [sys.executable, str(PROGRAM), str(tmp_path_factory.mktemp("audits"))]
    paths = {"PYTHONPATH": str(PROGRAM.parents[2])}
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=240, env=os.environ | paths)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_each_device_has_its_own_numbers_and_computes_with_them(found):
    assert found["places"]["numbers"] == ["CPU:0", "CPU:1"]
    assert found["places"]["ran"] == ["CPU:0", "CPU:1", "CPU:0", "CPU:1"]


def test_moments_of_two_devices_are_those_of_one(found):
    assert set(found["fits"]) == {"count", "mean_y", "active", "active_x", "active_y", "comoment"}
    assert max(found["fits"].values()) < 1e-12


def test_findings_of_two_devices_are_those_of_one(found):
    audits = found["audits"]
    assert audits["verdicts"][0] == audits["verdicts"][1] == ["sensitive", "sensitive", "invariant", "invariant"]
    assert audits["same"]
    assert audits["distance"] < 1e-5
    assert audits["rows"] == 17 * 4
    assert audits["progress"] == [1, 2, 3, 4, 5, 6]


def test_results_come_in_the_order_of_the_work():
    workers = [lambda piece: (0, piece), lambda piece: (1, piece)]
    found = list(shared_out(range(5), workers, [DEVICE, DEVICE]))
    assert found == [(0, 0), (1, 1), (0, 2), (1, 3), (0, 4)]


def test_work_is_fetched_as_it_is_needed():
    fetched = []
    work = (fetched.append(piece) or piece for piece in range(100))
    steps = shared_out(work, [abs, abs], [DEVICE, DEVICE])
    next(steps)
    assert len(fetched) == 2 * AHEAD + 1
    steps.close()


def test_an_error_of_a_worker_is_raised_and_the_rest_is_dropped():
    seen = []

    def work(piece):
        seen.append(piece)
        if piece == 2:
            raise ZeroDivisionError
        return piece

    with pytest.raises(ZeroDivisionError):
        list(shared_out(range(100), [work], [DEVICE]))
    assert len(seen) <= 3 + AHEAD + 1
    assert not [one for one in threading.enumerate() if "ThreadPoolExecutor" in one.name]


def test_without_devices_the_work_is_done_here():
    assert list(shared_out([1], [lambda _: threading.current_thread()], ())) == [threading.main_thread()]


def test_gpus_share_the_work_only_where_there_are_several(monkeypatch):
    one, two = (tf.config.LogicalDevice(f"/device:GPU:{number}", "GPU") for number in range(2))
    for gpus, chosen in (([], ()), ([one], ()), ([one, two], (one.name, two.name))):
        monkeypatch.setattr(tf.config, "list_logical_devices", lambda kind, gpus=gpus: gpus if kind == "GPU" else [])
        assert several_gpus() == chosen
