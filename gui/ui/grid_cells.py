"""Which map of the grid stands where, how it is scaled, and the inputs behind the maps."""

from collections.abc import Collection, Mapping, Sequence
from typing import TypeAlias

import numpy as np

from ..model.look import Scale
from ..model.pictures import input_pictures
from ..model.viewer_model import ViewerModel
from ..render.cells import Cell
from ..render.ranges import scales

NOTHING = Scale(-1.0, 1.0)


def layer(viewer: ViewerModel, row: int, place: int) -> int:
    """The first of the three maps of a row and of the sample at a place, in the canvas's stack."""
    return 3 * (row * len(viewer.question.samples) + place)


Scales: TypeAlias = Mapping[tuple[int, int], tuple[Scale, Scale, Scale]]
"""Row and sample -> the scales of network 1's map, network 2's, and their difference."""


def scales_of(viewer: ViewerModel, uploaded: Collection[tuple[int, int]], rows: Sequence[int]) -> Scales:
    """How the maps in sight are scaled; `uploaded` are the rows and samples whose maps the canvas has."""
    question, scaling = viewer.question, viewer.scaling
    known = [(at, sample) for at in rows for sample in question.samples if (at, sample) in uploaded]
    known = [key for key in known if key in viewer.answers.maps]
    extents = [viewer.answers.maps[key].extent for key in known]
    found = scales(extents, scaling.sharing, scaling.percentile, scaling.limit)
    return dict(zip(known, found, strict=True))


def cells(viewer: ViewerModel, scaled: Scales, rows: Sequence[int], columns: Sequence[int]) -> list[Cell]:
    """The cells of the rows and columns in sight."""
    question = viewer.question
    pictured = any(sample in viewer.answers.inputs for sample in question.samples)
    laid = []
    for line, at in enumerate(rows):
        for place, sample in enumerate(question.samples):
            both = scaled.get((at, sample))
            first = layer(viewer, at, place)
            for nth, column in enumerate(columns):
                laid.append(
                    Cell(
                        row=line,
                        column=place * len(columns) + nth,
                        layer=first + column if both is not None else -1,
                        image=2 * place + (column == 1) if pictured else -1,
                        scale=both[column] if both is not None else NOTHING,
                        partner=first + 1 - column if both is not None and column < 2 else -1,
                    )
                )
    return laid


def pictures(viewer: ViewerModel) -> np.ndarray | None:
    """The inputs behind the maps, for an opacity below 1; None where none is known."""
    found = [viewer.answers.inputs.get(sample) for sample in viewer.question.samples]
    known = [one for one in found if one is not None]
    if not known:
        return None
    stack: list[np.ndarray] = []
    blank = np.zeros_like(input_pictures(known[0].image, known[0].shift).inputs[0])
    for one in found:
        stack += [blank] * 2 if one is None else input_pictures(one.image, one.shift).inputs
    return np.ascontiguousarray(np.stack(stack), np.uint8)
