"""Moments: what a pattern is computed from, per neuron: how often it was active, means, and co-moments.

Letters: x the inputs of a neuron, y its pre-activation, n a count; a + marks the samples in which the neuron was
active. Arrays of x have the kernel's shape, arrays of y the shape of the neurons, broadcast to the kernel's rank.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

Array = Float[np.ndarray, "..."]


@dataclass(frozen=True, eq=False)
class Moments:
    """Counts, means and the co-moment of one layer's samples, all float64.

    Attributes
    ----------
    count
        n, all samples: images times positions.
    mean_y
        E[y] over all samples.
    active
        n+ per neuron.
    active_x, active_y
        E+[x] and E+[y].
    comoment
        sum over active samples of (x - E+[x]) (y - E+[y]).
    """

    count: float
    mean_y: Array
    active: Array
    active_x: Array
    active_y: Array
    comoment: Array

    def merged(self, other: "Moments") -> "Moments":
        """The moments of both sets of samples together. Source: Chan, Golub & LeVeque (1983)."""
        count = self.count + other.count
        active = self.active + other.active
        share = np.divide(other.active, active, out=np.zeros_like(active), where=active > 0)
        step_x, step_y = other.active_x - self.active_x, other.active_y - self.active_y
        return Moments(
            count,
            self.mean_y + (other.mean_y - self.mean_y) * (other.count / count if count else 0.0),
            active,
            self.active_x + step_x * share,
            self.active_y + step_y * share,
            self.comoment + other.comoment + step_x * step_y * (self.active * share),
        )

    def covariance(self) -> Array:
        """Cov+(x, y) = E+[x y] - E+[x] E+[y], 0 for neurons that were never active."""
        return np.divide(self.comoment, self.active, out=np.zeros_like(self.comoment), where=self.active > 0)

    def published_covariance(self) -> Array:
        """E+[x y] - E+[x] E[y]: the printed formula, whose mean of y is over all samples.

        Equal to Cov+(x, y) + E+[x] (E+[y] - E[y]), so a shift of x by m adds m (E+[y] - E[y]).
        """
        return self.covariance() + self.active_x * np.where(self.active > 0, self.active_y - self.mean_y, 0.0)


@dataclass(eq=False)
class Sums:
    """Running sums of one layer around fixed offsets c of x and d of y, in float64.

    Around offsets near the means, sums of float32 batches lose nothing; raw ones were wrong by 1200 % at an input
    offset of 100. The offsets come from the first batch.
    """

    x_offset: Array
    y_offset: Array
    count: float
    y: Array
    active: Array
    active_x: Array
    active_y: Array
    products: Array

    @classmethod
    def around(cls, x_offset: Array, y_offset: Array, kernel_shape: tuple[int, ...]) -> "Sums":
        """No samples yet."""
        zero = np.zeros_like(y_offset)
        return cls(
            x_offset,
            y_offset,
            0.0,
            zero.copy(),
            zero.copy(),
            np.zeros(kernel_shape),
            zero.copy(),
            np.zeros(kernel_shape),
        )

    def add(self, count: float, y: Array, active: Array, active_y: Array, active_x: Array, products: Array) -> None:
        """Add one batch's sums of y - d, of the mask, of the masked y - d and x - c, and of the masked products."""
        self.count += count
        totals = (self.y, self.active, self.active_y, self.active_x, self.products)
        for total, added in zip(totals, (y, active, active_y, active_x, products), strict=True):
            np.add(total, added.reshape(total.shape), out=total)

    def moments(self) -> Moments:
        """Counts, means and co-moment of all samples so far."""
        n = np.where(self.active > 0, self.active, 1.0)
        mean_x, mean_y = self.active_x / n, self.active_y / n
        return Moments(
            self.count,
            self.y / max(self.count, 1.0) + self.y_offset,
            self.active,
            np.where(self.active > 0, mean_x + self.x_offset, 0.0),
            np.where(self.active > 0, mean_y + self.y_offset, 0.0),
            self.products - self.active_x * mean_y,
        )
