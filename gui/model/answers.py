"""What the engine answered about the question in force, kept until newer answers take its place."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from .pictures import pair_planes

UNSHIFTED = "nothing was shifted"
"""In the place of a verdict where m is zero everywhere: both networks are the same, and so is every method."""

if TYPE_CHECKING:
    from .messages import Inputs, RowFailed, RowJudged, RowMaps


@dataclass(eq=False)
class Answers:
    """Answers by row and sample; what is missing has not come yet.

    Attributes
    ----------
    inputs
        Sample -> its inputs, logits and target.
    maps
        (row, sample) -> both maps and their scores.
    verdicts
        Row -> its verdict.
    failures
        Row -> why it has no maps.
    """

    inputs: "dict[int, Inputs]" = field(default_factory=dict)
    maps: "dict[tuple[int, int], RowMaps]" = field(default_factory=dict)
    verdicts: "dict[int, RowJudged]" = field(default_factory=dict)
    failures: "dict[int, RowFailed]" = field(default_factory=dict)

    def kept(self, rows_before: Sequence[object], rows: Sequence[object], *, same_images: bool) -> "Answers":
        """What stays in sight until new answers come: maps of rows that are still asked for, no verdicts."""
        kept = Answers(dict(self.inputs))
        if not same_images:
            return Answers()
        for (row, sample), found in self.maps.items():
            if row < len(rows_before) and rows_before[row] in rows:
                kept.maps[rows.index(rows_before[row]), sample] = found
        return kept

    def planes(self, row: int, sample: int) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
        """Both maps and their difference as [h, w], or None."""
        found, inputs = self.maps.get((row, sample)), self.inputs.get(sample)
        return None if found is None else pair_planes(*found.maps, None if inputs is None else inputs.image.shape)
