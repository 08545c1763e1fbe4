"""Cells: which map stands where in the grid, and where the image's pixels are in a cell."""

from dataclasses import dataclass

from ..model.look import Look, Scale


@dataclass(frozen=True)
class Cell:
    """One cell of the grid.

    Attributes
    ----------
    row, column
        Its place.
    layer, image
        Its map and the picture behind it, as places in the stacks; -1 for none.
    scale
        The values at the ends of the colormap.
    partner
        The other network's map, for wiping and blinking; -1 for none.
    """

    row: int
    column: int
    layer: int
    image: int
    scale: Scale
    partner: int = -1

    def shown(self, look: Look) -> tuple[int, int]:
        """The maps left and right of the wipe; the same one twice where nothing is wiped."""
        if self.partner < 0 or self.layer < 0:
            return self.layer, self.layer
        if look.wipe is not None:
            both = sorted((self.layer, self.partner))
            return (both[1], both[0]) if look.flipped else (both[0], both[1])
        one = self.partner if look.flipped else self.layer
        return one, one


@dataclass(frozen=True)
class Layout:
    """Where cells lie, in device-independent pixels."""

    height: int = 132
    width: int = 132
    gap: int = 6

    def corner(self, cell: Cell) -> tuple[int, int]:
        """The cell's upper left corner, (x, y)."""
        return cell.column * (self.width + self.gap), cell.row * (self.height + self.gap)

    def size(self, rows: int, columns: int) -> tuple[int, int]:
        """Of a whole grid, (width, height)."""
        return max(1, columns * (self.width + self.gap) - self.gap), max(1, rows * (self.height + self.gap) - self.gap)

    def image_rectangle(self, shape: tuple[int, int], look: Look) -> tuple[float, float, float, float]:
        """Where an image [h, w] lies in a cell: (x, y, width, height) from the cell's corner; its aspect is kept."""
        height, width = shape
        scale = min(self.width / width, self.height / height) * look.zoom
        across, down = scale * width, scale * height
        x = self.width / 2 - look.centre[0] * across
        return x, self.height / 2 - look.centre[1] * down, across, down

    def place(self, x: float, y: float, shape: tuple[int, int], look: Look) -> tuple[int, int, float, float]:
        """(row, column, image x, image y) of a point of the grid; row -1 between the cells."""
        column, row = int(x // (self.width + self.gap)), int(y // (self.height + self.gap))
        inside_x, inside_y = x - column * (self.width + self.gap), y - row * (self.height + self.gap)
        left, top, across, down = self.image_rectangle(shape, look)
        if not (x >= 0 and y >= 0 and inside_x < self.width and inside_y < self.height):
            row = -1
        return row, column, (inside_x - left) / across, (inside_y - top) / down
