"""The parameter-randomisation test and its kin: whether maps notice that a network has changed; `ki.randomization`."""

from .convergence import Convergence, convergence
from .intervals import Interval
from .randomization import ORDERS, Finding, Point, points, randomize
from .similarity import MEASURES
from .softmax_shift import SoftmaxShift, softmax_shift

__all__ = [
    "MEASURES",
    "ORDERS",
    "Convergence",
    "Finding",
    "Interval",
    "Point",
    "SoftmaxShift",
    "convergence",
    "points",
    "randomize",
    "softmax_shift",
]
__path__: list[str] = []  # it was a package: `moved` finds what lay inside
