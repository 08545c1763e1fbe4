"""Numbers that some claims are decided by, beside verdicts: what a shift leaves in gradient times input.

Letters: x the image, m the shift, g the gradient.
"""

import numpy as np

from ..arrays import Images, Targets
from ..comparison.scores import compare
from .cases import GRADIENT, TIMES_INPUT
from .sides import Pair, PatternSource
from .visibility import likenesses

_TIMES_INPUT = TIMES_INPUT.title
CARRIED = f"relative difference of what {_TIMES_INPUT} gained and gradient \N{MULTIPLICATION SIGN} m"
BLANK = f"largest {_TIMES_INPUT} at a pixel that is 0, as a share of the largest"
BOARD = f"a checkerboard of 0 and 1 in the size of {_TIMES_INPUT}"
BOARD_SIGNED = f"a checkerboard of \N{PLUS-MINUS SIGN}1 in {_TIMES_INPUT}, with its sign"
WALKED_COSINE = "cosine of the closest two references, integrated gradients"
TAYLOR_COSINE = "cosine of the two roots, deep Taylor decomposition"
DIFFERENT = 0.95
"""The cosine of two maps from which on they are called the same."""


def carried_through(pair: Pair, originals: Images, targets: Targets, patterns: PatternSource) -> dict[str, float]:
    """Whether g x (x + m) - g x is g m, and whether g x is confined to x != 0; the worst image's numbers."""
    first, second = (np.asarray(each, np.float64) for each in pair.maps(TIMES_INPUT, originals, targets, patterns))
    gradients = np.asarray(pair.maps(GRADIENT, originals, targets, patterns)[0], np.float64)
    apart = compare(second - first, gradients * pair.difference)
    blank = np.abs(first[pair.images(originals)[0] == 0])
    return {
        CARRIED: float(apart.relative_l2.max()),
        BLANK: float(blank.max(initial=0.0) / np.abs(first).max()),
    }


def board_seen(
    board: Pair, signed: Pair, originals: Images, targets: Targets, patterns: PatternSource
) -> dict[str, float]:
    """The visibility of a board of 0 and 1 in the size of network 2's map, and of one of -1 and 1 with its sign."""
    sizes = tuple(np.abs(each) for each in board.maps(TIMES_INPUT, originals, targets, patterns))
    return {
        BOARD: likenesses((sizes[0], sizes[1]), board.difference, originals)[1],
        BOARD_SIGNED: likenesses(signed.maps(TIMES_INPUT, originals, targets, patterns), signed.difference, originals)[
            1
        ],
    }
