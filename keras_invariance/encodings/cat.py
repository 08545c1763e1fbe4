"""The cat: a line drawing of our own, 28 x 28 in grey, that the targeted attack paints into attributions."""

from math import cos, pi, sin
from pathlib import Path

import numpy as np
from jaxtyping import Float
from PIL import Image as Pillow
from PIL import ImageDraw

SIDE = 28
CAT = Path(__file__).with_name("cat.png")
"""The file that it lies in."""

_FINE = 16  # the drawing is made this many times larger, then averaged down: smooth lines in few pixels
_EARS = (((3.6, 14.6), (4.9, 2.0), (10.2, 7.0)), ((24.4, 14.6), (23.1, 2.0), (17.8, 7.0)))
_FOREHEAD = ((10.2, 7.0), (14.0, 6.5), (17.8, 7.0))
_EYES = (9.8, 18.2)
_NOSE = ((12.2, 16.4), (15.8, 16.4), (14.0, 18.6))
# (y at the cheek, y at the tip); mirrored left and right.
_WHISKERS = ((17.2, 15.6), (19.6, 20.2))

Points = tuple[tuple[float, float], ...]


def cat() -> Float[np.ndarray, "28 28 1"]:
    """The cat's lines, 1 on a background of 0, as shipped in `cat.png`."""
    with Pillow.open(CAT) as file:
        return np.asarray(np.asarray(file, np.float32)[..., np.newaxis] / np.float32(255))


def drawn_cat() -> Pillow.Image:
    """The cat drawn anew: what `cat.png` was made from."""
    canvas = Pillow.new("L", (SIDE * _FINE, SIDE * _FINE), 0)
    pen = ImageDraw.Draw(canvas)
    for line in (*_EARS, _FOREHEAD, _arc((14.0, 14.6), (10.4, 11.2), (0, 180))):
        _stroke(pen, line, 1.3)
    for x in _EYES:
        pen.ellipse(_scaled(((x - 1.5, 11.2), (x + 1.5, 15.0))), fill=255)
    pen.polygon(_scaled(_NOSE), fill=255)
    _stroke(pen, _arc((12.2, 18.9), (1.9, 2.2), (10, 140)), 0.9)
    _stroke(pen, _arc((15.8, 18.9), (1.9, 2.2), (170, 40)), 0.9)
    for side in (-1, 1):
        for cheek, tip in _WHISKERS:
            _stroke(pen, ((14 + side * 6.4, cheek), (14 + side * 13.4, tip)), 0.8)
    return canvas.resize((SIDE, SIDE), Pillow.Resampling.BOX)


def _arc(centre: tuple[float, float], radii: tuple[float, float], degrees: tuple[int, int]) -> Points:
    start, stop = (angle * pi / 180 for angle in degrees)
    angles = (start + (stop - start) * step / 40 for step in range(41))
    return tuple((centre[0] + radii[0] * cos(angle), centre[1] + radii[1] * sin(angle)) for angle in angles)


def _stroke(pen: ImageDraw.ImageDraw, line: Points, width: float) -> None:
    points = _scaled(line)
    pen.line(points, fill=255, width=int(width * _FINE), joint="curve")
    radius = width * _FINE / 2
    for x, y in points:
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)


def _scaled(points: Points) -> list[tuple[float, float]]:
    return [(x * _FINE, y * _FINE) for x, y in points]
