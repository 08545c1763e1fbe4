"""What is in the window as a page for export: the question, its inputs, each row with range, verdict and scores."""

from collections.abc import Mapping
from typing import TypeAlias

import numpy as np
from PyQt6.QtGui import QImage

from keras_invariance import __version__
from keras_invariance.errors import ViewerError

from ..model import session as sessions
from ..model.look import Scale
from ..model.messages import Inputs
from ..model.pictures import input_pictures
from ..model.viewer_model import ViewerModel
from ..render.cells import Cell
from ..render.colour_bar import extent_words, input_bar, map_bar, number, shift_bar
from ..render.export import rendered
from ..render.export_page import SIDE, ExportPage, Input, Line, enlarged, joined
from ..render.picture_files import About
from ..render.ranges import scales
from .column_header import named, prediction
from .theme import VERDICTS

Ranges: TypeAlias = tuple[Scale, Scale, Scale]
"""Of network 1's map, network 2's and their difference."""

SCORES = {
    "relative_l2": "rel. L2",
    "spearman": "Spearman",
    "ssim": "SSIM",
    "cosine": "cosine",
    "top_k_overlap": "top 10 %",
    "largest_difference": "largest difference",
}
FEW = {name: SCORES[name] for name in ("relative_l2", "spearman", "ssim")}
"""Those that have room beside a row where there are several images."""

SHARING = {
    "pair": "one range for a method's pair",
    "map": "each map its own range",
    "grid": "one range for all maps",
    "fixed": "a fixed range",
}


def page_of(viewer: ViewerModel, rows: list[int], factor: float) -> ExportPage:
    """The page of some rows, its pictures `factor` pixels for each of the page's.

    Raises
    ------
    ViewerError
        There are no maps yet.
    """
    samples = viewer.question.samples
    if not all(sample in viewer.answers.inputs for sample in samples):
        raise nothing()
    if not any((row, sample) in viewer.answers.maps for row in rows for sample in samples):
        raise nothing()
    inputs = [one for sample in samples for one in _inputs(viewer, viewer.answers.inputs[sample], factor)]
    return ExportPage(_title(viewer), _words(viewer), tuple(inputs), tuple(_line(viewer, row, factor) for row in rows))


def about_page(viewer: ViewerModel, rows: list[int]) -> About:
    """What stands in the metadata of a file: the question, and for each row the verdict and all scores."""
    lines = [*_words(viewer)]
    for row in rows:
        asked, judged = viewer.question.rows[row], viewer.answers.verdicts.get(row)
        verdict = "" if judged is None else f"{judged.verdict}: {judged.reason}"
        lines.append(joined([asked.method, asked.details, verdict, *_scores(viewer, row, SCORES)]))
    return About(_title(viewer), "\n".join(lines), sessions.as_text(viewer.session), f"keras_invariance {__version__}")


def nothing() -> ViewerError:
    """What is said before there are maps."""
    return ViewerError("maps that are not there yet", "a grid with maps", "Wait until the engine has answered.")


def _title(viewer: ViewerModel) -> str:
    return f"{viewer.question.model} \N{EM DASH} {viewer.question.shift.words}"


def _words(viewer: ViewerModel) -> tuple[str, ...]:
    question, look, scaling = viewer.question, viewer.look, viewer.scaling
    names = viewer.about.class_names if viewer.about is not None else None
    targets = dict.fromkeys(named(viewer.answers.inputs[at].target, names) for at in question.samples)
    chosen = "network 1's top logit" if question.target is None else "the chosen logit"
    notes = dict.fromkeys(one.note for at in question.samples if (one := viewer.answers.inputs[at]).note)
    percent = "" if scaling.percentile == 100 else f"{scaling.percentile:g} % of the values within it"
    gamma = "" if look.gamma == 1 else f"gamma {look.gamma:g}"
    opacity = "" if look.opacity == 1 else f"opacity {look.opacity:g} over the input"
    places = ", ".join(map(str, question.samples))
    network = f"Network 1: {question.model}. Network 2: its twin, which reads x + m. m: {question.shift.words}."
    data = f"Data: {question.data}, image {places}. Explained: {', '.join(targets)}, {chosen}."
    colours = f"Colours: {joined([look.colormap, SHARING[scaling.sharing], percent, gamma, opacity])}."
    return " ".join([network, *notes]), data, f"{colours} Computed by keras_invariance {__version__}."


def _inputs(viewer: ViewerModel, inputs: Inputs, factor: float) -> list[Input]:
    """Both inputs and the shift of a sample."""
    names = viewer.about.class_names if viewer.about is not None else None
    pictures = input_pictures(inputs.image, inputs.shift)
    first, second = (prediction(logits, names) for logits in inputs.logits)
    truth = "" if inputs.label is None else f" (is {inputs.label_name})"
    differ = float(np.abs(inputs.logits[0] - inputs.logits[1]).max())
    below = (
        f"image {inputs.sample}\n{first}{truth}",
        second,
        f"{extent_words(pictures.extents[2])}\nlogits differ by {differ:.1e}",
    )
    bars = (
        *(input_bar(pictures.limits, one) for one in pictures.extents[:2]),
        shift_bar(pictures.reach, pictures.extents[2]),
    )
    images = *pictures.inputs, pictures.shift
    above = "network 1: x", "network 2: x + m", "m; maps: 2 \N{MINUS SIGN} 1"
    return [
        Input(above[at], enlarged(images[at], SIDE * factor), bars[at], below[at])
        for at in ((1, 0, 2) if viewer.look.flipped else (0, 1, 2))
    ]


def _line(viewer: ViewerModel, row: int, factor: float) -> Line:
    asked, answers = viewer.question.rows[row], viewer.answers
    known = [sample for sample in viewer.question.samples if (row, sample) in answers.maps]
    ranges = dict(zip(known, _ranges(viewer, row, known), strict=True))
    images: list[QImage | None] = []
    for sample in viewer.question.samples:
        images += _maps(viewer, row, sample, ranges[sample], factor) if sample in ranges else [None] * 3
    judged, failed = answers.verdicts.get(row), answers.failures.get(row)
    verdict = "no maps" if failed is not None else "" if judged is None else judged.verdict
    colour, words = VERDICTS.get(verdict, ("#83868f", "" if failed is None else failed.reason))
    each = [scale for triple in ranges.values() for scale in triple]
    bar = map_bar(each, viewer.look) if each else None
    scores = SCORES if len(viewer.question.samples) == 1 else FEW
    return Line(
        asked.method,
        asked.details,
        bar,
        tuple(images),
        verdict,
        colour,
        "\n".join([words, *_scores(viewer, row, scores)]),
    )


def _ranges(viewer: ViewerModel, row: int, known: list[int]) -> list[Ranges]:
    """The ranges of a row's maps; those of all rows where all share one."""
    maps, scaling = viewer.answers.maps, viewer.scaling
    keys = [(row, sample) for sample in known]
    others = [key for key in maps if key not in keys] if scaling.sharing == "grid" else []
    extents = [maps[key].extent for key in (*keys, *others)]
    return scales(extents, scaling.sharing, scaling.percentile, scaling.limit)[: len(keys)]


def _maps(viewer: ViewerModel, row: int, sample: int, ranges: Ranges, factor: float) -> list[QImage | None]:
    """A pair's maps and their difference, as they are looked at."""
    planes, inputs = viewer.answers.planes(row, sample), viewer.answers.inputs[sample]
    if planes is None:
        return [None] * 3
    pictures = np.stack(input_pictures(inputs.image, inputs.shift).inputs)
    cells = [
        Cell(row=0, column=0, layer=at, image=int(at == 1), scale=ranges[at], partner=1 - at if at < 2 else -1)
        for at in range(3)
    ]
    return [rendered(np.stack(planes), pictures, [cell], viewer.look, (SIDE, SIDE, 0), factor) for cell in cells]


def _scores(viewer: ViewerModel, row: int, names: Mapping[str, str]) -> list[str]:
    """A line of scores for each sample that has maps."""
    samples = [sample for sample in viewer.question.samples if (row, sample) in viewer.answers.maps]
    lines = []
    for sample in samples:
        scores = viewer.answers.maps[row, sample].scores
        numbers = joined([f"{words} {number(scores[name])}" for name, words in names.items() if name in scores])
        lines.append(numbers if len(viewer.question.samples) == 1 else f"image {sample}: {numbers}")
    return lines
