"""The parameter-randomisation test: whether maps notice that the network's layers became random."""

from .curves import Point, points
from .experiment import Finding
from .orders import ORDERS
from .run import randomize

__all__ = ["ORDERS", "Finding", "Point", "points", "randomize"]
