"""Zoom and pan of all maps together: the next centre and zoom, with which a cell stays filled."""

from ..model.look import Look

FURTHEST = 64.0


def zoomed(look: Look, factor: float, x: float, y: float) -> tuple[float, tuple[float, float]]:
    """The zoom, and the centre with which the image's point (x, y) stays where it is."""
    zoom = min(FURTHEST, max(1.0, look.zoom * factor))
    scale = look.zoom / zoom
    return zoom, within((x + (look.centre[0] - x) * scale, y + (look.centre[1] - y) * scale), zoom)


def within(centre: tuple[float, float], zoom: float) -> tuple[float, float]:
    """A centre that keeps the cell filled."""
    margin = 0.5 / zoom
    x, y = (min(1 - margin, max(margin, one)) for one in centre)
    return x, y
