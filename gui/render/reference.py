"""The literal formula of a cell's colours, which both canvases are tested against.

v = 2 (value - low) / (high - low) - 1 in [-1, 1],  t = sign(v) |v|^gamma,  index = round(255 (t + 1) / 2),
colour = opacity * table[index] + (1 - opacity) * picture.
"""

import numpy as np

from ..model.look import Look, Scale
from .colormaps import table


def indices(plane: np.ndarray, scale: Scale, gamma: float) -> np.ndarray:
    """The places in the colormap's table, uint8 [h, w]; NaN is shown as the middle."""
    # In place on one float32 copy: this is also what the CPU canvas paints with.
    v = np.subtract(plane, np.float32(scale.low), dtype=np.float32)
    v *= np.float32(2.0 / ((scale.high - scale.low) or 1.0))
    v -= np.float32(1.0)
    np.clip(v, -1.0, 1.0, out=v)
    if gamma != 1.0:
        v = np.sign(v) * np.abs(v) ** np.float32(gamma)
    v += np.float32(1.0)
    v *= np.float32(127.5)
    np.nan_to_num(v, copy=False, nan=127.5)
    return np.rint(v).astype(np.uint8)


def coloured(plane: np.ndarray, picture: np.ndarray | None, scale: Scale, look: Look) -> np.ndarray:
    """A map over its picture, uint8 [h, w, 3], a pixel of the map each."""
    colours = table(look.colormap)[indices(plane, scale, look.gamma)][..., :3].astype(np.float64)
    if picture is not None:
        colours = look.opacity * colours + (1.0 - look.opacity) * picture
    return np.rint(colours).astype(np.uint8)
