"""What may be imported when: a light package, a light `--help`, and a wheel that holds every package."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {"tensorflow", "keras", "tensorflow_datasets", "matplotlib", "skimage", "PyQt6", "pyqtgraph"}
PROBE = """
import sys
try:
    {statement}
except SystemExit:
    pass
print(*sys.modules, sep="\\n", file=sys.stderr)
"""
ROOT = Path(__file__).parents[1]


def imported_after(statement: str) -> set[str]:
    """The heavy packages that a fresh interpreter has imported after a statement."""
    finished = subprocess.run(
        [sys.executable, "-c", PROBE.format(statement=statement)], capture_output=True, text=True, check=True
    )
    return HEAVY.intersection(finished.stderr.split())


def test_the_probe_sees_a_heavy_import():
    assert imported_after("import matplotlib") == {"matplotlib"}


@pytest.mark.parametrize(
    "statement",
    [
        "import keras_invariance",
        "import keras_invariance as ki; ki.METHODS; ki.shifts; ki.datasets; ki.compare",
        "import keras_invariance.cli.app as cli; cli.app(['--help'])",
        "import keras_invariance.cli.app as cli; cli.app(['explain', '--help'])",
        "import keras_invariance.cli.app as cli; cli.app(['methods'])",
    ],
)
def test_nothing_heavy_is_imported_before_it_is_needed(statement: str):
    assert imported_after(statement) == set()


def test_every_package_is_in_the_wheel():
    listed = (ROOT / "pyproject.toml").read_text().partition("packages = [")[2].partition("]")[0]
    folders = {path.parent for path in (ROOT / "keras_invariance").rglob("__init__.py")}
    names = {".".join(folder.relative_to(ROOT).parts) for folder in folders} | {"keras_invariance.models"}
    names |= {
        f"keras_invariance.{'.'.join(path.parent.relative_to(ROOT).parts)}" for path in ROOT.glob("gui/**/__init__.py")
    }
    assert set(re.findall(r'"(.+?)"', listed)) == names
