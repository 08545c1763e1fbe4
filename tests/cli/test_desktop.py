"""The desktop's menu entry: written for the user alone, complete, and taken away without a trace."""

import configparser
import os
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from keras_invariance.cli import desktop

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="freedesktop.org's entries are Linux's")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    return tmp_path


def test_the_entry_names_an_icon_the_kinds_of_files_and_a_program_that_is_there(run, folder):
    assert run("desktop", "--install").exit_code == 0
    entry = configparser.ConfigParser(interpolation=None)
    entry.optionxform = str
    entry.read(folder / "applications" / "keras-invariance-viewer.desktop")
    said = entry["Desktop Entry"]
    program, argument = said["Exec"].rsplit(" ", 1)
    assert argument == "%f"
    assert Path(program.strip('"').split(" -m ")[0]).is_file()
    assert list(folder.glob(f"icons/hicolor/scalable/apps/{said['Icon']}.svg"))
    kinds = ElementTree.parse(folder / "mime/packages/keras-invariance-viewer.xml").getroot()
    space = "{http://www.freedesktop.org/standards/shared-mime-info}"
    globs = {kind.get("type"): kind.find(f"{space}glob").get("pattern") for kind in kinds}
    assert set(globs.values()) == {"*.keras", "*.kinv"}
    assert set(globs) == set(said["MimeType"].strip(";").split(";"))


def test_removing_leaves_no_file_of_ours(run, folder):
    run("desktop", "--install")
    assert run("desktop", "--remove").exit_code == 0
    assert not [path for path in folder.rglob("*keras*") if path.is_file()]
    assert run("desktop", "--remove").exit_code == 0


@pytest.mark.skipif(shutil.which("update-mime-database") is None, reason="shared-mime-info is not installed")
def test_the_system_knows_the_kinds_of_files(run, folder):
    run("desktop", "--install")
    assert "x-keras:*.keras" in (folder / "mime" / "globs2").read_text()


@pytest.mark.parametrize("arguments", [(), ("--install", "--remove")])
def test_one_of_both_is_asked_for(refused, arguments):
    assert "expected one of them" in refused("desktop", *arguments)


def test_a_folder_that_cannot_be_written_is_one_line(refused, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "file"))
    assert "cannot be written" in refused("desktop", "--install")


def test_a_folder_that_is_not_absolute_is_passed_by(monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", "here")
    assert desktop.data_folder() == Path.home() / ".local" / "share"


def test_a_session_is_opened_by_its_file_alone(tmp_path):
    (tmp_path / "broken.kinv").write_text("no session")
    done = subprocess.run(
        [sys.executable, "-m", "keras_invariance", "view", tmp_path / "broken.kinv"],
        capture_output=True, text=True, check=False, timeout=60, env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )  # fmt: skip
    assert done.returncode == 2
    assert "cannot be read as a session" in done.stderr
