"""Coalitions: which segments of an image are shown together, the logits of that, and a linear model of both.

Letters: z in {0, 1} whether a segment is shown, [samples, k]; f the logit, [samples]; k segments.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int, Shaped

from .draws import keys_of
from .masking import Masking
from .request import Origin, Request, analyzer_line, checked_inputs
from .segments import segments_of


class Coalitions(NamedTuple):
    """Coalitions of segments, and how much each counts."""

    shown: Bool[np.ndarray, "s k"]
    weights: Float[np.ndarray, " s"]


Drawn = Callable[[Request, int, int], Coalitions]
"""A request, the number of segments and a key -> coalitions."""

Solved = Callable[[Request, Coalitions, Float[np.ndarray, " s"]], Float[np.ndarray, " k"]]
"""A request, coalitions and their logits -> each segment's worth."""


@dataclass(frozen=True, eq=False)
class SegmentWorth:
    """Each segment's worth in a linear model of the logit, shared evenly among its places.

    Attributes
    ----------
    request
        The network, the method's name and options.
    masking
        What runs the network.
    drawn, solved
        How coalitions are drawn, and the model is fitted.
    extra
        How many coalitions there are besides `samples`.
    """

    request: Request
    masking: Masking
    drawn: Drawn
    solved: Solved
    extra: int = 0

    def __repr__(self) -> str:
        return analyzer_line(self.request)

    def __call__(
        self,
        images: Shaped[np.ndarray, "n ..."],
        targets: Any = None,
        *,
        keys: Shaped[np.ndarray, " n"] | None = None,
        origin: Origin | None = None,
    ) -> Float[np.ndarray, "n ..."]:
        """Raw maps of images, one number for each place. Images with the same key meet the same draws."""
        question = checked_inputs(self.request.network, images, targets, origin)
        given = keys_of(keys, len(question.images))
        maps = np.zeros((len(given), *self.masking.places))
        for at, key in enumerate(given):
            labels = self.segments(question.images[at])
            coalitions = self.drawn(self.request, int(labels.max()) + 1, int(key))
            shown = coalitions.shown.astype(question.images.dtype)
            alone, masks = question.part(slice(at, at + 1)), partial(_masks, shown, labels)
            (logits,) = self.masking.answers(alone, len(coalitions.shown), masks)
            maps[at] = (self.solved(self.request, coalitions, logits) / np.bincount(labels.ravel()))[labels]
        return self.masking.shaped(maps).astype(question.images.dtype)

    @property
    def passes(self) -> int:
        """Forward passes for each image, at most."""
        return int(self.request.options["samples"]) + self.extra

    def segments(self, image: Float[np.ndarray, "*input"]) -> Int[np.ndarray, "*places"]:
        """The segment of each place of an image, from 0 on."""
        return segments_of(image, self.masking.places, self.request.options["segments"], self.request.options["count"])


def least_squares(
    z: Float[np.ndarray, "s k"], f: Float[np.ndarray, " s"], weights: Float[np.ndarray, " s"], ridge: float = 0.0
) -> Float[np.ndarray, " k"]:
    """The shortest b that makes sum weights (f - z b)^2 + ridge |b|^2 least, by its k normal equations."""
    weighted = weights[:, np.newaxis] * z
    found: Float[np.ndarray, " k"] = np.linalg.lstsq(z.T @ weighted + ridge * np.eye(z.shape[1]), weighted.T @ f)[0]
    return found


def _masks(
    shown: Float[np.ndarray, "s k"], labels: Int[np.ndarray, "*places"], some: slice
) -> Float[np.ndarray, "m *places"]:
    """The masks of some coalitions: 1 where a place's segment is shown."""
    return shown[some][:, labels]
