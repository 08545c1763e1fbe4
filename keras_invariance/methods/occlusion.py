"""Occlusion: how much the logit falls when a window of the image is blanked.

Letters: x the image, f the logit, x_w the image with window w blanked.
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Any

import numpy as np
from jaxtyping import Float, Int, Shaped

from ..errors import MethodError
from .masking import Masking
from .request import Origin, Request, analyzer_line, checked_inputs


@dataclass(frozen=True, eq=False)
class Occlusion:
    """The mean of f(x) - f(x_w) over the windows w in which a place lies. Source: Zeiler & Fergus (2014).

    Windows stand `stride` apart along each axis, and a last one at its end; a table's numbers are blanked one by one.
    """

    request: Request
    masking: Masking

    def __repr__(self) -> str:
        return analyzer_line(self.request)

    def __call__(
        self,
        images: Shaped[np.ndarray, "n ..."],
        targets: Any = None,
        *,
        origin: Origin | None = None,
    ) -> Float[np.ndarray, "n ..."]:
        """Raw maps of images, one number for each place."""
        question = checked_inputs(self.request.network, images, targets, origin)
        falls, whole = np.zeros((len(question.images), *self.masking.places)), self.masking.whole(question)
        for rows, _, masks, logits in self.masking.seen(question, len(self._starts), self._masks):
            falls[rows] += np.tensordot(whole[rows, np.newaxis] - logits, 1.0 - masks, axes=1)
        covered = len(self._starts) - self._masks(slice(None)).sum(axis=0)
        return self.masking.shaped(falls / covered).astype(question.images.dtype)

    @property
    def passes(self) -> int:
        """Forward passes for each image: one for each window, and one for the image as it is."""
        return 1 + len(self._starts)

    def _masks(self, some: slice) -> Float[np.ndarray, "w *places"]:
        """Some windows: 0 inside, 1 outside."""
        starts = self._starts[some]
        masks = np.ones((len(starts), *self.masking.places))
        for mask, start in zip(masks, starts, strict=True):
            mask[tuple(slice(at, at + size) for at, size in zip(start, self._sizes, strict=True))] = 0.0
        return masks

    @cached_property
    def _sizes(self) -> tuple[int, ...]:
        """A window's side along each axis."""
        places, chosen = self.masking.places, self.request.options["window"]
        if chosen is None:
            return tuple(1 if self._table else max(1, round(side / 7)) for side in places)
        if not self._table and chosen > min(places):
            raise MethodError(
                f"window = {chosen} for {self.request.method} on inputs of {' x '.join(map(str, places))}",
                f"at most {min(places)}",
                "Take a smaller window.",
            )
        return tuple(int(chosen) for _ in places)

    @cached_property
    def _starts(self) -> Int[np.ndarray, "w axes"]:
        """Where each window begins."""
        stride = self.request.options["stride"]
        if stride is not None and stride > min(self._sizes):
            raise MethodError(
                f"stride = {stride} with windows of {min(self._sizes)} for {self.request.method}",
                "at most the window's side: between windows further apart there are places that none covers",
                "Take a smaller stride, or a larger window.",
            )
        along = []
        for side, size in zip(self.masking.places, self._sizes, strict=True):
            step = max(1, size // 2) if stride is None else int(stride)
            along.append(sorted({*range(0, side - size, step), side - size}))
        return np.array(list(product(*along)))

    @property
    def _table(self) -> bool:
        return len(self.request.network.input_shape) == 1


def occlusion(request: Request) -> Occlusion:
    """The analyzer that a request asks for; a `MethodError` where windows and input do not fit."""
    made = Occlusion(request, Masking(request))
    _ = made.passes
    return made
