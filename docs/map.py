"""The map of the rooms: `python docs/map.py` draws `map.svg` and writes the tree into `contributing.md`.

The layers come from the first import contract in `pyproject.toml`, the words from each room's first line.
"""

import ast
import re
from html import escape
from pathlib import Path

import tomllib

ROOT = Path(__file__).parents[1]
SVG, PAGE = ROOT / "docs" / "map.svg", ROOT / "docs" / "contributing.md"
TREE = re.compile(r"(<!-- tree: python docs/map.py -->\n\n```\n).*?(```)", re.DOTALL)
FOLDERS = ("keras_invariance", "gui", "models")
WIDTH, HIGH, GAP, SIDE, STEP = 860, 46, 10, 150, 74
BESIDE = {"versions", "arrays", "errors"}
"""Files that all rooms share, which are no rooms."""


def first_line(room: Path) -> str:
    """What a room holds."""
    text = ast.get_docstring(ast.parse((room / "__init__.py").read_text("utf-8"))) or ""
    return text.partition("\n")[0]


def layers() -> list[list[str]]:
    """The rooms, layer by layer from the top."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    return [[name for name in re.split(r"\s*[:|]\s*", layer) if name not in BESIDE] for layer in contracts[0]["layers"]]


def tree() -> str:
    """Every room of the repository's packages, a line each."""
    lines = []
    for folder in FOLDERS:
        rooms = [path.parent for path in sorted((ROOT / folder).rglob("__init__.py"))]
        for room in sorted(rooms, key=lambda path: path.parts):
            depth = len(room.relative_to(ROOT).parts) - 1
            lines.append(f"{'  ' * depth + room.name + '/':<22} {first_line(room)}".rstrip())
    return "\n".join(lines) + "\n"


def svg() -> str:
    """A box for each room, in rows that import downwards; the window stands beside the command line."""
    rows = layers()
    parts = []
    for number, names in enumerate(rows):
        y = 10 + number * STEP
        boxes = [*names, "gui (the viewer)"] if names == ["cli"] else names
        side = (WIDTH - GAP * (len(boxes) - 1)) / len(boxes)
        parts += [_box(10 + place * (side + GAP), y, side, name) for place, name in enumerate(boxes)]
        if number + 1 < len(rows):
            parts.append(f'<path d="M{WIDTH / 2 + 10} {y + HIGH + 5}v{STEP - HIGH - 12}" marker-end="url(#end)"/>')
    height = 10 + len(rows) * STEP
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH + 20} {height}" role="img" '
        f'aria-label="The rooms in {len(rows)} layers">\n'
        "<style>rect{fill:#eef0fb;stroke:#3f51b5}text{font:15px sans-serif;text-anchor:middle;fill:#1a237e}"
        "path{stroke:#7986cb;stroke-width:1.6;fill:none}</style>\n"
        '<defs><marker id="end" markerWidth="9" markerHeight="9" refX="4" refY="4" orient="auto">'
        '<path d="M1 1l5 3l-5 3" /></marker></defs>\n' + "\n".join(parts) + "\n</svg>\n"
    )


def _box(x: float, y: float, side: float, name: str) -> str:
    text = f'<text x="{x + side / 2:.1f}" y="{y + HIGH / 2 + 5:.1f}">{escape(name)}</text>'
    return f'<rect x="{x:.1f}" y="{y}" width="{side:.1f}" height="{HIGH}" rx="7"/>{text}'


if __name__ == "__main__":
    SVG.write_text(svg(), "utf-8")
    PAGE.write_text(TREE.sub(lambda found: found[1] + tree() + found[2], PAGE.read_text("utf-8")), "utf-8")
