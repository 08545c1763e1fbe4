"""Imports go one way: no circles, for types or inside a function neither, and the window stands on the public API.

The layers of the package itself are import-linter's contracts in `pyproject.toml`; it does not see `gui/`, which lies
elsewhere and is installed as `keras_invariance.gui`.
"""

import ast
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = {"keras_invariance": "keras_invariance", "gui": "keras_invariance.gui", "models": "keras_invariance.models"}
LAZY = {"keras_invariance", "keras_invariance.application"}
"""Packages whose names are resolved at first use: to import a name from there is to import the module that holds it."""


def modules() -> dict[str, Path]:
    """Every module of the package by its name."""
    found = {}
    for folder, package in FOLDERS.items():
        for path in (ROOT / folder).rglob("*.py"):
            parts = path.relative_to(ROOT / folder).with_suffix("").parts
            found[".".join([package, *(parts[:-1] if parts[-1] == "__init__" else parts)])] = path
    return found


def imports(name: str, path: Path, known: Mapping[str, Path]) -> Iterator[str]:
    """What a module imports of the package, wherever in its text."""
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            for alias in node.names:
                inside = f"{base}.{alias.name}"
                yield inside if inside in known else base


@pytest.fixture(scope="module")
def graph() -> dict[str, set[str]]:
    """Module -> the modules that it imports."""
    known = modules()
    found = {name: set(imports(name, path, known)) & set(known) for name, path in known.items()}
    for package in LAZY:  # they import everything, for types
        found[package] = set()
    return found


def circle(graph: Mapping[str, set[str]]) -> str:
    """A circle, in one line; empty where there is none."""
    try:
        list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        return " <- ".join(error.args[1])
    return ""


def test_a_circle_is_found():
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"a"}}).count("<-") == 3
    assert circle({"a": {"b", "c"}, "b": {"c"}}) == ""


def test_no_module_imports_one_that_imports_it(graph: dict[str, set[str]]):
    assert len(graph) > 200
    assert circle(graph) == ""


def test_no_room_imports_one_that_imports_it(graph: dict[str, set[str]]):
    def room(name: str) -> str:
        parts = name.split(".")
        inside = parts[1:2] == ["gui"] or (parts[1:2] == ["network"] and len(parts) > 2)
        return ".".join(parts[: 3 if inside else 2])

    rooms: dict[str, set[str]] = {}
    for name, imported in graph.items():
        others = {room(one) for one in imported} - {room(name)}
        rooms.setdefault(room(name), set()).update(others)
    assert circle(rooms) == ""


ABOVE = {"ui": {"engine", "render", "model"}, "engine": {"model"}, "render": {"model"}, "model": set()}
"""Rooms of the window -> those that they may import."""

PUBLIC = {"keras_invariance", "keras_invariance.application", "keras_invariance.errors", "keras_invariance.datasets"}
"""What the window takes of the package, as programs of third parties do."""


def test_the_rooms_of_the_window_are_in_order(graph: dict[str, set[str]]):
    prefix = "keras_invariance.gui."
    upward = [
        f"{name} -> {one}"
        for name, imported in graph.items()
        for one in imported
        if name.startswith(prefix) and one.startswith(prefix)
        if one.split(".")[2] not in {name.split(".")[2], *ABOVE.get(name.split(".")[2], set())}
    ]
    assert upward == []


def test_the_window_imports_the_public_interface_and_nothing_inside():
    known = modules()
    inside = [
        f"{name} -> {one}"
        for name, path in known.items()
        if name.startswith("keras_invariance.gui")
        for one in imports(name, path, known)
        if one.startswith("keras_invariance") and not one.startswith("keras_invariance.gui") and one not in PUBLIC
    ]
    assert inside == []


def test_no_module_stands_beside_the_rooms_but_what_all_of_them_share():
    loose = {path.stem for path in (ROOT / "keras_invariance").glob("*.py")}
    assert loose == {"__init__", "__main__", "arrays", "errors", "moved", "versions"}
