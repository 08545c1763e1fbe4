"""How large the parts of the grid are in the room that a window leaves: maps first, what explains them in the rest."""

from dataclasses import dataclass

SMALLEST, USUAL = 48, 132
"""Sides of a cell, in device-independent pixels: the least, and the one that is not exceeded without being asked."""

ROWS = 5
"""So many rows are in sight where cells of the least side allow it."""

COMFORTABLE = 72
"""Pictures and texts above the maps give way before cells become smaller than this."""

WIDE = 620
"""From this width on there is room for long names and for scores beside the maps."""

HEADS = ((72, 4, 20), (48, 3, 20), (40, 2, 0))
"""Pictures above the maps, the lines of text under them, and the colour bars between; the largest first."""


@dataclass(frozen=True)
class Measures:
    """Sizes in device-independent pixels.

    Attributes
    ----------
    side
        Of a cell.
    header, verdict
        The widths of what stands left and right of a row.
    picture, text
        The heights of the pictures above the maps and of the text under them.
    bar
        The height of the colour bars between them; 0 for none.
    """

    side: int
    header: int
    verdict: int
    picture: int
    text: int
    bar: int = 0


def measures(
    room: tuple[int, int], count: tuple[int, int], *, gap: int, line: int, chosen: int | None = None
) -> Measures:
    """The measures with which all columns and five rows are in sight, where cells of the least side allow it.

    Parameters
    ----------
    room
        Width and height of the whole grid, without scroll bars.
    count
        How many rows and columns of maps there are.
    gap, line
        Between parts, and the height of a line of text.
    chosen
        The cells' side where the user has chosen one.
    """
    (width, height), (rows, columns) = room, count
    header, verdict = (164, 176) if width >= WIDE else (130, 112)
    columns = max(1, columns)
    across = (width - header - verdict - 2 * gap) // columns - gap

    def down(picture: int, lines: int, bar: int) -> int:
        return (height - picture - bar - lines * line - 2 * gap) // max(1, min(rows, ROWS)) - gap

    picture, lines, bar = next((head for head in HEADS if down(*head) >= COMFORTABLE), HEADS[-1])
    side = max(SMALLEST, min(USUAL, across, down(picture, lines, bar))) if chosen is None else chosen
    spare = max(0, (across - side) * columns)
    verdict, spare = min(176, verdict + spare), max(0, spare - (176 - verdict))
    return Measures(side, min(164, header + spare), verdict, min(picture, side), lines * line, bar)


def lines_in_sight(top: int, height: int, side: int, gap: int, count: int) -> range:
    """Which of `count` lines of cells, `gap` apart, show in a window of some height whose upper edge is at `top`."""
    first = max(0, top + gap) // (side + gap)
    last = -(-max(0, top + height) // (side + gap))
    return range(min(first, count), min(last, count))
