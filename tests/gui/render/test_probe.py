"""The process that tries OpenGL."""

import os
import stat
import sys

import pytest

from keras_invariance.gui.render import probe as probing
from keras_invariance.gui.render.probe import Probe, choose, probe


def program(tmp_path, monkeypatch, text):
    """Let another program stand where the probe's Python is."""
    path = tmp_path / "python"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IEXEC)
    monkeypatch.setattr(sys, "executable", str(path))


def test_opengl_is_found_or_the_reason_is_told():
    found = probe()
    assert found.usable == bool(found.name)
    assert found.usable != bool(found.reason)


@pytest.mark.skipif(sys.platform == "win32", reason="the programs of this test are shell scripts")
@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("exec sleep 60", "OpenGL did not answer within 0.2 s"),
        ("kill -SEGV $$", "OpenGL ended the process that tried it"),
        ("exit 1", "OpenGL ended the process that tried it"),
        ("echo nonsense", "OpenGL ended the process that tried it"),
        ('echo \'{"usable": true, "unknown": 1}\'', "OpenGL ended the process that tried it"),
    ],
)
def test_a_driver_that_hangs_crashes_or_says_nonsense_is_not_used(tmp_path, monkeypatch, text, reason):
    program(tmp_path, monkeypatch, text)
    assert probe(limit=0.2 if "sleep" in text else 10.0) == Probe(False, reason=reason)
    assert choose("cpu", "xcb") == "cpu"


def test_a_program_that_is_not_there_is_no_error(monkeypatch):
    monkeypatch.setattr(sys, "executable", os.devnull)
    assert not probe().usable


@pytest.mark.parametrize(
    ("found", "chosen"),
    [
        (Probe(True, "NVIDIA", False), "gl"),
        (Probe(True, "llvmpipe", True), "cpu"),  # the CPU canvas is quicker than OpenGL on the CPU
        (Probe(False, reason="none"), "cpu"),
    ],
)
def test_auto_takes_opengl_where_it_is_usable_and_no_software(monkeypatch, found, chosen):
    monkeypatch.setattr(probing, "probe", lambda: found)
    assert choose("auto", "xcb") == chosen


def test_what_was_asked_for_is_taken_but_never_opengl_without_a_screen(monkeypatch):
    monkeypatch.setattr(probing, "probe", lambda: pytest.fail("nobody asked for a probe"))
    assert choose("gl", "xcb") == "gl"
    assert choose("cpu", "xcb") == "cpu"
    assert choose("gl", "offscreen") == choose("auto", "offscreen") == "cpu"
