"""Colormaps as tables of 256 colours: diverging ones first, all perceptually even and safe for colour-blind eyes."""

from collections.abc import Iterator, Mapping
from functools import cache

import numpy as np

NAMES = ("RdBu_r", "PuOr_r", "BrBG", "coolwarm", "vanimo", "berlin", "viridis", "cividis", "inferno", "gray")


class _Tables(Mapping[str, np.ndarray]):
    """Name -> uint8 [256, 4], made when it is first looked at: Matplotlib's import waits until then."""

    def __getitem__(self, name: str) -> np.ndarray:
        if name not in NAMES:
            raise KeyError(name)
        return _table(name)

    def __iter__(self) -> Iterator[str]:
        return iter(NAMES)

    def __len__(self) -> int:
        return len(NAMES)


COLORMAPS: Mapping[str, np.ndarray] = _Tables()
"""The colormaps by Matplotlib's names."""


def table(name: str) -> np.ndarray:
    """The table of a name; an unknown one, of a session from elsewhere, gives the first."""
    return COLORMAPS[name if name in COLORMAPS else NAMES[0]]


@cache
def _table(name: str) -> np.ndarray:
    from matplotlib import colormaps

    colours = np.rint(255 * np.asarray(colormaps[name](np.linspace(0.0, 1.0, 256)))).astype(np.uint8)
    colours.setflags(write=False)
    return colours
