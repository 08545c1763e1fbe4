"""Engines: what Beam is told, and what becomes of jobs that cannot be done."""

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("apache_beam", reason="the extra `beam` is not installed")

from keras_invariance.errors import EngineError
from keras_invariance.integrations.beam import Engine
from keras_invariance.runs.beam.runner import scratch
from tests.integrations.beam.loaders import Nothing


@pytest.mark.parametrize(
    ("runner", "options", "told"),
    [
        ("DirectRunner", [], ["--direct_running_mode=multi_processing", "--direct_num_workers=0"]),
        (
            "DirectRunner",
            ["--direct_num_workers=3"],
            ["--direct_running_mode=multi_processing", "--direct_num_workers=3"],
        ),
        (
            "DirectRunner",
            ["--direct_running_mode=in_memory"],
            ["--direct_num_workers=0", "--direct_running_mode=in_memory"],
        ),
        ("FlinkRunner", ["--flink_master=host:8081"], ["--flink_master=host:8081"]),
    ],
)
def test_a_runner_is_told_what_the_user_says_and_the_local_one_to_use_all_cores(runner, options, told):
    assert Engine(runner, options).arguments == [f"--runner={runner}", *told]


def test_a_runner_of_no_such_name_is_named_with_those_there_are():
    with pytest.raises(EngineError, match=r"SlowRunner, which gave up: .*FlinkRunner"):
        list(Engine("SlowRunner").run(Nothing(), lambda: 0))


def test_a_job_that_is_left_ends_its_processes():
    steps = Engine("DirectRunner").run(Nothing(), lambda: 0)
    next(steps)
    assert drivers()
    steps.close()
    assert not drivers()


def test_nothing_stays_of_what_workers_handed_over(tmp_path):
    with scratch(tmp_path / "new") as folder:
        Path(folder, "part").write_text("x")
    assert not list((tmp_path / "new").iterdir())


def test_without_beam_it_is_said_what_to_install():
    program = "import sys; sys.modules['apache_beam'] = None; import keras_invariance.integrations.beam"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert "EngineError: work for Apache Beam, which is not installed" in done.stderr
    assert "keras-invariance[beam]" in done.stderr


def drivers() -> list[int]:
    """Processes of this one that drive a runner."""
    import psutil

    children = psutil.Process().children(recursive=True)
    return [one.pid for one in children if "keras_invariance.runs.beam.driver" in " ".join(one.cmdline())]
