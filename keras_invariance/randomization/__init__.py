"""The parameter-randomisation test and its kin: whether maps notice that a network has changed."""

from .converging import Convergence, convergence
from .curves import Interval, Point, points
from .experiment import Finding
from .orders import ORDERS
from .run import randomize
from .similarity import MEASURES
from .softmax import SoftmaxShift, softmax_shift

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
