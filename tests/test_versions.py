"""The version: one number, of a form that sorts, wherever it is asked for; `CITATION.cff` names the last release."""

import re
import subprocess
import sys
from importlib.metadata import metadata
from pathlib import Path

import pytest
from packaging.version import Version

import keras_invariance as ki
from keras_invariance.errors import OutputError
from keras_invariance.runs import Layout, RunFolder
from keras_invariance.versions import different, installed

ROOT = Path(__file__).parents[1]
PROBE = """
import sys, keras_invariance.cli.app as cli
try:
    cli.app([{argument!r}])
except SystemExit:
    pass
print("keras_invariance.versions" in sys.modules, file=sys.stderr)
"""


def last_release() -> Version:
    """What a copy without git is, by `pyproject.toml`."""
    (written,) = re.findall(r'^fallback_version = "(.+?)"', (ROOT / "pyproject.toml").read_text("utf-8"), re.MULTILINE)
    return Version(written)


def cited(key: str) -> str:
    (value,) = re.findall(rf"^{key}: (.+)$", (ROOT / "CITATION.cff").read_text("utf-8"), re.MULTILINE)
    return value


def started(*arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=True)


def test_the_version_is_that_of_the_installation():
    assert ki.__version__ == metadata("keras-invariance")["Version"] == installed()["keras_invariance"]


def test_a_version_is_a_release_or_says_of_which_commit_it_is():
    version = Version(ki.__version__)
    assert str(version) == ki.__version__  # as it is normalised: nothing has to guess how to sort it
    assert version.local is None or version.local.startswith(("g", "d2"))
    assert (version.local is None) or version.is_devrelease


def test_no_version_is_older_than_the_last_release():
    assert Version(ki.__version__) >= last_release()
    assert last_release() > Version("0.1.0.dev999")  # what a clone without tags would be if it counted from 0.0


def test_the_command_line_prints_the_version():
    assert started("-m", "keras_invariance", "--version").stdout == f"{ki.__version__}\n"


@pytest.mark.parametrize(("argument", "needed"), [("--help", "False"), ("--version", "True")])
def test_metadata_are_read_when_the_version_is_wanted(argument: str, needed: str):
    assert started("-c", PROBE.format(argument=argument)).stderr.split()[-1] == needed


def test_the_citation_agrees_with_the_package():
    about = metadata("keras-invariance")
    assert Version(cited("version")) == last_release()
    assert cited("license") == about["License-Expression"]
    assert cited("title") == ki.__name__
    assert f"  - name: {about['Author']}\n" in (ROOT / "CITATION.cff").read_text("utf-8")


def test_of_this_program_two_numbers_count_and_of_others_all():
    plan = {"keras_invariance": "0.1.0", "numpy": "2.4.6"}
    assert different(plan, {"keras_invariance": "0.1.1.dev5+g123", "numpy": "2.4.6"}) == []
    assert different(plan, {"keras_invariance": "0.2.0", "numpy": "2.4.7"}) == ["keras_invariance", "numpy"]
    assert different({}, {"numpy": "2.4.6"}) == ["numpy"]


def test_a_folder_of_another_patch_is_resumed_and_of_another_minor_version_refused(tmp_path):
    layout = Layout("a run", "plan.json", (), OutputError, flat=True)
    plan = {"images": 3, "versions": {"keras_invariance": "0.1.0", "numpy": "2.4.6"}}
    RunFolder.begun(tmp_path, layout, plan)
    RunFolder.begun(tmp_path, layout, {**plan, "versions": {**plan["versions"], "keras_invariance": "0.1.1.dev5"}})
    with pytest.raises(OutputError, match=r"another versions: keras_invariance 0\.1\.0 there, 0\.2\.0 now"):
        RunFolder.begun(tmp_path, layout, {**plan, "versions": {**plan["versions"], "keras_invariance": "0.2.0"}})
    with pytest.raises(OutputError, match="another images"):
        RunFolder.begun(tmp_path, layout, {**plan, "images": 4})
