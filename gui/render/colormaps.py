"""Colormaps as tables of 256 colours: diverging ones first, all perceptually even and safe for colour-blind eyes.

The tables are Matplotlib's, kept in a file of a few KiB: its import would hold up the window for a tenth of a second
just when the first maps come. `python -m keras_invariance.gui.render.colormaps` writes them anew.
"""

from functools import cache
from importlib.resources import files

import numpy as np

NAMES = ("RdBu_r", "PuOr_r", "BrBG", "coolwarm", "vanimo", "berlin", "viridis", "cividis", "inferno", "gray")
"""The colormaps by Matplotlib's names."""

FILE = "colormaps.npz"


def table(name: str) -> np.ndarray:
    """The table of a name, uint8 [256, 4]; an unknown one, of a session from elsewhere, gives the first."""
    return _tables()[name if name in NAMES else NAMES[0]]


@cache
def _tables() -> dict[str, np.ndarray]:
    with files(__package__).joinpath(FILE).open("rb") as file, np.load(file) as kept:
        tables = {name: kept[name] for name in NAMES}
    for one in tables.values():
        one.setflags(write=False)
    return tables


def made(name: str) -> np.ndarray:
    """The table as Matplotlib computes it."""
    from matplotlib import colormaps

    return np.rint(255 * np.asarray(colormaps[name](np.linspace(0.0, 1.0, 256)))).astype(np.uint8)


if __name__ == "__main__":
    from pathlib import Path

    np.savez_compressed(Path(__file__).with_name(FILE), allow_pickle=False, **{name: made(name) for name in NAMES})
