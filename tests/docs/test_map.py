"""The map in `contributing.md`: drawn from the rooms as they are, and its walks name files that are there."""

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "contributing.md").read_text("utf-8")


@pytest.fixture(scope="module")
def drawn() -> ModuleType:
    pytest.importorskip("tomllib", reason="Python 3.10 reads no TOML")
    spec = importlib.util.spec_from_file_location("map_of_the_rooms", ROOT / "docs" / "map.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_the_picture_and_the_tree_are_those_of_the_rooms(drawn: ModuleType):
    assert drawn.SVG.read_text("utf-8") == drawn.svg()
    assert drawn.TREE.search(PAGE)
    assert drawn.tree() in PAGE


def test_every_room_is_in_the_picture(drawn: ModuleType):
    rooms = {path.parent.name for path in (ROOT / "keras_invariance").glob("*/__init__.py")}
    assert {name for layer in drawn.layers() for name in layer} == rooms
    assert all(f">{name}</text>" in drawn.svg() for name in rooms)


def test_the_walks_name_files_that_are_there():
    walks = PAGE[PAGE.index("## Three walks") : PAGE.index("## Adding to it")]
    named = re.findall(r"`([\w/]+(?:\.py|/))`", walks)
    places = [ROOT, ROOT / "keras_invariance"]
    full = [name for name in named if "/" in name]
    assert len(full) > 25
    assert [name for name in full if not any((place / name).exists() for place in places)] == []
    beside = [name for name in named if "/" not in name]
    assert [name for name in beside if not list(ROOT.glob(f"*/**/{name}"))] == []
