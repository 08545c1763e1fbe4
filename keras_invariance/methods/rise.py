"""RISE: random smooth masks, each weighted by the logit of the image that is seen through it.

Letters: x the image, M a mask, f the logit.
"""

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from jaxtyping import Float, Shaped

from .draws import generator, keys_of
from .masking import Masking
from .request import Origin, Request, analyzer_line, checked_inputs

SHOWN = 0.5
"""How likely a node of a mask's grid shows what is under it."""


@dataclass(frozen=True, eq=False)
class Rise:
    """The mean of f(M x) M over random masks, divided by M's expectation.

    A mask is a grid of zeros and ones, `cell` places apart, laid at random and interpolated linearly. Masks depend on
    the seed alone, so that a network and its twin, and an image alone or in a batch, meet the same; `keys` gives each
    image masks of its own. Source: Petsiuk et al. (2018).
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
        keys: Shaped[np.ndarray, " n"] | None = None,
        origin: Origin | None = None,
    ) -> Float[np.ndarray, "n ..."]:
        """Raw maps of images, one number for each place. Images with the same key meet the same masks."""
        question = checked_inputs(self.request.network, images, targets, origin)
        total = np.zeros((len(question.images), *self.masking.places))
        given = keys_of(keys, len(total))
        for key in np.unique(given):
            at = np.flatnonzero(given == key)
            masks_of = partial(self.masks, int(key))
            for rows, _, masks, logits in self.masking.seen(question.part(at), self.passes, masks_of):
                total[at[rows]] += np.tensordot(logits, masks, axes=1)
        return self.masking.shaped(total / (SHOWN * self.passes)).astype(question.images.dtype)

    @property
    def passes(self) -> int:
        """Forward passes for each image: one for each mask."""
        return int(self.request.options["masks"])

    def masks(self, key: int, some: slice) -> Float[np.ndarray, "m *places"]:
        """Some of a key's masks."""
        first, last, _ = some.indices(self.passes)
        return np.stack([self._mask(key, number) for number in range(first, last)])

    def _mask(self, key: int, number: int) -> Float[np.ndarray, "*places"]:
        draw = generator(self.request.options["seed"], key, number)
        cells = [self._cell(side) for side in self.masking.places]
        nodes = tuple(-(-side // cell) + 2 for side, cell in zip(self.masking.places, cells, strict=True))
        mask = (draw.random(nodes) < SHOWN).astype(np.float64)
        for axis, (side, cell) in enumerate(zip(self.masking.places, cells, strict=True)):
            whole, share = np.divmod((np.arange(side) + draw.integers(cell)) / cell, 1.0)
            lower = whole.astype(int)
            share = share.reshape([-1 if each == axis else 1 for each in range(mask.ndim)])
            mask = (1.0 - share) * mask.take(lower, axis) + share * mask.take(lower + 1, axis)
        return mask

    def _cell(self, side: int) -> int:
        """How far a grid's nodes lie apart: a seventh of the side, and each number by itself in a table."""
        chosen = self.request.options["cell"]
        if chosen is not None:
            return int(chosen)
        return 1 if len(self.request.network.input_shape) == 1 else max(1, round(side / 7))


def rise(request: Request) -> Rise:
    """The analyzer that a request asks for."""
    return Rise(request, Masking(request))
