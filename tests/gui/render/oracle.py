"""A grid's pixels by the formula, one at a time where it is simplest to read: the slow twin of both canvases."""

from collections.abc import Sequence

import numpy as np

from keras_invariance.gui.model.look import Look
from keras_invariance.gui.render.cells import Cell, Layout
from keras_invariance.gui.render.reference import coloured


def painted(
    maps: np.ndarray,
    pictures: np.ndarray,
    cells: Sequence[Cell],
    layout: Layout,
    look: Look,
    pixels: tuple[int, int],
    background: tuple[int, int, int],
    ratio: float = 1.0,
    nudge: tuple[float, float] = (0.0, 0.0),
) -> np.ndarray:
    """Uint8 [h, w, 3] for a canvas of (h, w) pixels, `ratio` for each of the layout's, seen `nudge` beside."""
    image = np.empty((*pixels, 3), np.float64)
    image[:] = background
    y, x = ((np.arange(side) + 0.5) / ratio + by for side, by in zip(pixels, nudge[::-1], strict=True))
    for cell in cells:
        left, top = layout.corner(cell)
        rows = np.flatnonzero((y >= top) & (y < top + layout.height))
        columns = np.flatnonzero((x >= left) & (x < left + layout.width))
        if rows.size and columns.size:
            inside = (x[columns] - left, y[rows] - top)
            image[np.ix_(rows, columns)] = _cell(maps, pictures, cell, layout, look, inside, background)
    return np.rint(image).astype(np.uint8)


def _cell(maps, pictures, cell, layout, look, inside, background) -> np.ndarray:
    """One cell [len(y), len(x), 3] at the places inside it."""
    x, y = inside
    if cell.layer < 0:
        flat = np.asarray(background) + 60 / 255 * (128 - np.asarray(background, np.float64))
        return np.broadcast_to(flat, (len(y), len(x), 3))
    left, right = cell.shown(look)
    edge = -1.0 if look.wipe is None else look.wipe * layout.width
    picture = pictures[cell.image] if 0 <= cell.image < len(pictures) else None
    both = [_sampled(coloured(maps[layer], picture, cell.scale, look), layout, look, inside) for layer in (left, right)]
    found = np.where((x < edge)[np.newaxis, :, np.newaxis], both[0][0], both[1][0])
    return np.where(both[0][1][..., np.newaxis], found, np.asarray(background, np.float64))


def _sampled(colours, layout, look, inside) -> tuple[np.ndarray, np.ndarray]:
    """The colours at places inside a cell, and which of these are on the image."""
    height, width = colours.shape[:2]
    left, top, across, down = layout.image_rectangle((height, width), look)
    x, y = (inside[0] - left) / across * width, (inside[1] - top) / down * height
    on = ((y >= 0) & (y < height))[:, np.newaxis] & ((x >= 0) & (x < width))[np.newaxis]
    if not look.interpolate:
        i, j = (np.clip(np.floor(one).astype(int), 0, end - 1) for one, end in ((y, height), (x, width)))
        return colours[np.ix_(i, j)].astype(np.float64), on
    return _between(_between(colours.astype(np.float64), y, 0), x, 1), on


def _between(colours: np.ndarray, at: np.ndarray, axis: int) -> np.ndarray:
    """Linear between the centres of pixels, the outermost ones continued."""
    end = colours.shape[axis] - 1
    low = np.floor(at - 0.5)
    part = (at - 0.5 - low).reshape([-1 if axis == dimension else 1 for dimension in range(3)])
    one, two = (np.take(colours, np.clip(low + step, 0, end).astype(int), axis) for step in (0, 1))
    return (1 - part) * one + part * two
