"""Pairs: a network with its twin and both inputs, the maps that a method gives of them, and whether the twin is one.

Where the two largest inputs of a max pool tie, or a ReLU's is exactly zero, a derivative is whatever rounding picks. A
black background makes such ties everywhere, and the twin breaks them as it rounds, in float64 too: plain gradients of a
convolutional network came out "sensitive" to a checkerboard in 96 of 100 digits (2026-11-22). So the float64 images are
dithered by the same noise for both networks: a millionth of the brightest pixel, a billion times the rounding there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

import numpy as np
from jaxtyping import Float, Int

import keras_invariance as ki  # its names are resolved at their first use: TensorFlow is not imported here

from .arrays import Targets
from .confirmation import evenly
from .scores import Scores, compare

FloatType: TypeAlias = Literal["float32", "float64"]
Options: TypeAlias = Mapping[str, Any]

DITHER = 2.0**-20
"""The largest noise that is added to a float64 image, as a share of the largest |pixel| of all."""


@dataclass(frozen=True)
class TwinCheck:
    """How far a network and its twin agree: max |f1(x) - f2(x + m)| / max |f1(x)|, and what rounding explains of it.

    Half of a number's digits are given to rounding, sqrt(eps): 3e-4 in float32, 1.5e-8 in float64. Sums over thousands
    of terms lose two or three of float32's seven digits; a twin with a wrong bias is wrong in the first two. x + m is
    rounded at its own size, so a shift r > 1 times as large as the images has r times that tolerance.
    """

    float32: float
    float64: float
    tolerance_float32: float
    tolerance_float64: float

    @property
    def holds(self) -> bool:
        """Whether the twin is one; NaN is never within a tolerance."""
        return self.float32 <= self.tolerance_float32 and self.float64 <= self.tolerance_float64


@dataclass(frozen=True, eq=False)
class Pair:
    """A network with its twin, both inputs in float64, where x2 = x1 + m to its rounding, and what is explained."""

    networks: tuple["ki.Network", "ki.Network"]
    images: tuple[Float[np.ndarray, "n *input"], Float[np.ndarray, "n *input"]]
    method: str
    options: tuple[Options, Options]
    targets: Targets

    def logits(self, dtype: FloatType) -> list[Float[np.ndarray, "n k"]]:
        """Both networks' logits of their own inputs."""
        pairs = zip(self.networks, self.images, strict=True)
        return [network.astype(dtype)(images.astype(dtype)) for network, images in pairs]

    def scores(self, dtype: FloatType) -> Scores:
        """The scores of both networks' maps, computed in this type; where one is not finite, the image is apart."""
        analyzers = (
            ki.analyzer(network, self.method, dtype=dtype, **options)
            for network, options in zip(self.networks, self.options, strict=True)
        )
        pairs = zip(analyzers, self.images, strict=True)
        maps_1, maps_2 = (analyzer(images.astype(dtype), self.targets) for analyzer, images in pairs)
        return compare(maps_1, maps_2, not_finite="apart")

    def told(self, **options: Any) -> "Pair":
        """The same with some options set for both networks."""
        return replace(self, options=({**self.options[0], **options}, {**self.options[1], **options}))

    def part(self, indices: Int[np.ndarray, " c"]) -> "Pair":
        """The same for some of the images."""
        images = self.images[0][indices], self.images[1][indices]
        return replace(self, images=images, targets=self.targets[indices])

    def dithered(self) -> "Pair":
        """Both inputs plus the same noise, [0, 1) * DITHER * max |x1|; equal for all images."""
        noise = np.random.Generator(np.random.PCG64(0)).random(self.images[0].shape[1:])
        noise *= DITHER * (np.abs(self.images[0]).max() or 1.0)
        return replace(self, images=(self.images[0] + noise, self.images[1] + noise))


def twin_check(pair: Pair, m: Float[np.ndarray, "*input"]) -> TwinCheck:
    """How far a pair's networks agree: on all images in float32, on some in float64."""
    x = pair.images[0]
    some = evenly(len(x))
    size = np.abs(x).max()
    ratio = max(1.0, float(np.abs(m).max() / size)) if size else 1.0
    tolerances = (float(np.sqrt(np.finfo(dtype).eps)) * ratio for dtype in (np.float32, np.float64))
    return TwinCheck(_distance(*pair.logits("float32")), _distance(*pair.part(some).logits("float64")), *tolerances)


def _distance(logits_1: Float[np.ndarray, "n k"], logits_2: Float[np.ndarray, "n k"]) -> float:
    return float(np.abs(logits_1.astype(np.float64) - logits_2).max() / (np.abs(logits_1).max() or 1.0))
