"""TensorFlow's notes on stderr: caught, unless they are asked for or its import fails."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

STAND_IN = "import os; os.write(2, b'note\\n'); print('imported')"


def imported(folder: Path, content: str, level: str | None) -> subprocess.CompletedProcess:
    """A fresh interpreter that imports a module named tensorflow which writes to stderr from below Python."""
    (folder / "tensorflow.py").write_text(content)
    environment = {name: value for name, value in os.environ.items() if name != "TF_CPP_MIN_LOG_LEVEL"}
    environment |= {"PYTHONPATH": str(folder)} | ({} if level is None else {"TF_CPP_MIN_LOG_LEVEL": level})
    script = "from keras_invariance.application.quiet_import import import_tensorflow; import_tensorflow()"
    return subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, env=environment, cwd=Path.cwd()
    )


@pytest.mark.parametrize(("level", "said"), [(None, ""), ("3", ""), ("0", "note\n")])
def test_notes_are_shown_only_where_they_are_asked_for(tmp_path: Path, level: str | None, said: str):
    finished = imported(tmp_path, STAND_IN, level)
    assert (finished.returncode, finished.stdout, finished.stderr) == (0, "imported\n", said)


def test_a_failed_import_shows_its_notes_and_its_traceback(tmp_path: Path):
    finished = imported(tmp_path, f"{STAND_IN}; raise ImportError('broken')", None)
    assert finished.stderr.startswith("note\n")
    assert finished.stderr.endswith("ImportError: broken\n")


def test_what_comes_after_the_import_is_not_caught(tmp_path: Path):
    (tmp_path / "tensorflow.py").write_text(STAND_IN)
    script = "import os; from keras_invariance.application import import_tensorflow as i; i(); os.write(2, b'after')"
    finished = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
    )
    assert finished.stderr == "after"
