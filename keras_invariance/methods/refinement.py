"""Refinement: the midpoint rule with more and more steps, for each image until its map is complete.

The middles of n equal intervals are among those of 3 n: what is known of a way is kept as its steps are refined.

Letters: x an image, r its reference, f the logit, k some of the images, s places on the way.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from jaxtyping import Float, Int

FIRST_STEPS = 8
MOST_STEPS = 8 * 3**6

Added: TypeAlias = Callable[[Int[np.ndarray, " k"], Float[np.ndarray, " s"]], Float[np.ndarray, "k ..."]]
"""The sum of the gradients of some images at some places on their way."""


@dataclass(frozen=True, eq=False)
class Refined:
    """Maps, and what they took.

    Attributes
    ----------
    maps
        Raw maps, in the images' shape. [n, ...]
    steps
        How many steps each took. [n]
    gaps
        |sum of the map - (f(x) - f(r))|, in the logits' units. [n]
    """

    maps: Float[np.ndarray, "n ..."]
    steps: Int[np.ndarray, " n"]
    gaps: Float[np.ndarray, " n"]

    def __repr__(self) -> str:
        most = self.steps.max(initial=0)
        return f"<Refined: {len(self.maps)} maps, up to {most} steps, gaps up to {self.gaps.max(initial=0.0):.2g}>"


def refined(
    added: Added, difference: Float[np.ndarray, "n ..."], change: Float[np.ndarray, " n"], tolerance: float
) -> Refined:
    """The maps, each by the fewest steps with a gap of at most `tolerance` times the sum of its absolute values.

    Parameters
    ----------
    added
        What a place of the way adds.
    difference
        X - r. [n, ...]
    change
        F(x) - f(r). [n]
    tolerance
        The largest gap, as a share of the map. An image that has not reached it after `MOST_STEPS` keeps its gap.
    """
    total, maps = np.zeros(difference.shape, np.float64), np.zeros_like(difference)
    taken, gaps = np.zeros(len(maps), np.int64), np.zeros(len(maps))
    steps, places, left = FIRST_STEPS, middles(FIRST_STEPS), np.arange(len(maps))
    while len(left):
        total[left] += added(left, places)
        maps[left] = difference[left] * total[left] / steps
        flat = maps[left].reshape(len(left), -1).astype(np.float64)
        taken[left], gaps[left] = steps, np.abs(flat.sum(axis=1) - change[left])
        steps *= 3
        left = left[gaps[left] > tolerance * np.abs(flat).sum(axis=1)] if steps <= MOST_STEPS else left[:0]
        places = middles(steps)[np.arange(steps) % 3 != 1]
    return Refined(maps, taken, gaps)


def middles(steps: int) -> Float[np.ndarray, " s"]:
    """The middles of equal intervals of [0, 1]."""
    return (np.arange(steps) + 0.5) / steps
