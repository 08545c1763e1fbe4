"""`.ci/run`: its steps are those of GitHub and of the docs, the tests it names are there, a wrong name is one line."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = (ROOT / ".ci" / "run").read_text("utf-8")


def steps(group: str) -> list[str]:
    """The steps of a group, as the script lists them."""
    (listed,) = re.findall(rf"^{group}=\((.+)\)$", SCRIPT, re.MULTILINE)
    return listed.split()


def test_every_step_is_a_function_with_a_title():
    for step in {*steps("everything"), *steps("anywhere")}:
        (body,) = re.findall(rf"^{step}\(\) {{\n(.*?)^}}$", SCRIPT, re.MULTILINE | re.DOTALL)
        assert '  title "' in body


def test_the_fast_tests_come_last():
    assert steps("everything")[-1] == "tests"


def test_every_test_that_is_named_is_there():
    named = re.findall(r"tests/[\w/.]+", SCRIPT)
    assert len(named) > 5
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_github_runs_steps_that_there_are():
    workflow = (ROOT / ".github" / "workflows" / "checks.yml").read_text("utf-8")
    run = [name for line in re.findall(r"bash \.ci/run (.+)", workflow) for name in line.split() if name.isalpha()]
    assert len(run) > 5
    assert set(run) <= {*steps("everything"), "core", "anywhere"}


def test_the_docs_describe_every_step():
    rows = re.findall(r"^\| (`\w+`.*?) \|", (ROOT / "docs" / "contributing.md").read_text("utf-8"), re.MULTILINE)
    described = {step for row in rows for step in re.findall(r"`(\w+)`", row)}
    assert {*steps("everything"), *steps("anywhere"), "anywhere"} <= described


@pytest.mark.skipif(shutil.which("bash") is None, reason="a system without bash")
def test_a_step_that_there_is_not_is_one_line_and_exit_code_2():
    done = subprocess.run(["bash", ".ci/run", "lint", "lnt"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f".ci/run: no step 'lnt'; there are: {' '.join(steps('everything'))} core anywhere\n"
