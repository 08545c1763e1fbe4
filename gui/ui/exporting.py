"""Export: pictures, raw maps, scores, the shift; each file appears whole or not at all."""

import csv
import io
from contextlib import suppress
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import numpy as np
import platformdirs
from PyQt6.QtCore import QRectF
from PyQt6.QtGui import QImage

from keras_invariance.application import SCORES, write_bytes
from keras_invariance.errors import ViewerError

from ..model.pictures import input_pictures
from ..model.viewer_model import ViewerModel
from ..render.cells import Cell
from ..render.export import rendered
from ..render.picture_files import KINDS, Painting, picture_file
from ..render.ranges import scales
from .export_pages import about_page, nothing, page_of

SHARP = 4.0
"""Pixels for each of the page's that the maps in an SVG or a PDF have at least."""


def grid_picture(viewer: ViewerModel, path: Path, *, factor: float = 2.0) -> None:
    """The whole question and its answers as a PNG, SVG or PDF, which the path's ending says; painted by the CPU."""
    kind = _kind(path)
    rows = list(range(len(viewer.question.rows)))
    page = page_of(viewer, rows, factor if kind == ".png" else max(SHARP, factor))
    _write(path, picture_file(kind, Painting(page.size, page.paint), about_page(viewer, rows), factor))


def grid_image(viewer: ViewerModel, *, factor: float = 2.0) -> QImage:
    """The same as an image, for the clipboard."""
    page = page_of(viewer, list(range(len(viewer.question.rows))), factor)
    return Painting(page.size, page.paint).image(factor)


def map_picture(viewer: ViewerModel, path: Path, row: int, sample: int, column: int, *, factor: float = 8.0) -> None:
    """One whole map of a sample (column 0 network 1, 1 network 2, 2 the difference), `factor` pixels for one of its."""
    kind, image = _kind(path), map_image(viewer, row, sample, column, factor=factor)
    size = image.width(), image.height()
    painting = Painting(size, lambda painter: painter.drawImage(QRectF(0, 0, *size), image))
    _write(path, picture_file(kind, painting, about_page(viewer, [row]), 1.0))


def map_image(viewer: ViewerModel, row: int, sample: int, column: int, *, factor: float = 8.0) -> QImage:
    """One whole map of a sample as an image, for the clipboard."""
    planes, inputs = viewer.answers.planes(row, sample), viewer.answers.inputs.get(sample)
    if planes is None or inputs is None:
        raise nothing()
    found, scaling = viewer.answers.maps[row, sample], viewer.scaling
    ranges = scales([found.extent], scaling.sharing, scaling.percentile, scaling.limit)[0]
    cell = Cell(row=0, column=0, layer=column, image=int(column == 1), scale=ranges[column])
    pictures = np.stack(input_pictures(inputs.image, inputs.shift).inputs)
    look = replace(viewer.look, zoom=1.0, centre=(0.5, 0.5), wipe=None, flipped=False)
    return rendered(np.stack(planes), pictures, [cell], look, (*planes[0].shape, 0), factor)


def maps_npz(viewer: ViewerModel, path: Path) -> None:
    """All raw maps: `row3_sample0_network1` and so on, with the methods' names and the inputs."""
    arrays: dict[str, np.ndarray] = {
        "methods": np.array([f"{row.method} {row.details}" for row in viewer.question.rows])
    }
    for (row, sample), found in viewer.answers.maps.items():
        for number, one in enumerate(found.maps, start=1):
            arrays[f"row{row}_sample{sample}_network{number}"] = one
    for sample, inputs in viewer.answers.inputs.items():
        arrays[f"sample{sample}_x"], arrays[f"sample{sample}_m"] = inputs.image, inputs.shift
    content = io.BytesIO()
    np.savez_compressed(content, allow_pickle=False, **arrays)
    _write(path, content.getvalue())


def map_npy(viewer: ViewerModel, path: Path, row: int, sample: int, column: int) -> None:
    """One raw map of a sample: network 1's (column 0), network 2's, or their difference."""
    found = viewer.answers.maps.get((row, sample))
    if found is None:
        raise nothing()
    first, second = found.maps
    content = io.BytesIO()
    np.save(content, (first, second, second - first)[column], allow_pickle=False)
    _write(path, content.getvalue())


def shift_npy(viewer: ViewerModel, path: Path) -> None:
    """The chosen sample's m, for `--shift array:FILE.npy`."""
    inputs = viewer.answers.inputs.get(viewer.question.sample)
    if inputs is None:
        raise nothing()
    content = io.BytesIO()
    np.save(content, inputs.shift, allow_pickle=False)
    _write(path, content.getvalue())


def shift_files(viewer: ViewerModel) -> dict[int, Path]:
    """Each sample's m in a file of the user's own, named after its numbers, for commands that are copied."""
    folder, files = platformdirs.user_data_path("keras_invariance") / "shifts", {}
    for sample in viewer.question.samples:
        inputs = viewer.answers.inputs.get(sample)
        if inputs is None:
            raise nothing()
        content = io.BytesIO()
        np.save(content, inputs.shift, allow_pickle=False)
        files[sample] = folder / f"shift-{sha256(content.getvalue()).hexdigest()[:12]}.npy"
        with suppress(OSError):  # writing says why
            folder.mkdir(parents=True, exist_ok=True)
        _write(files[sample], content.getvalue())
    return files


def scores_csv(viewer: ViewerModel, path: Path) -> None:
    """A row per method and sample."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["sample", "shift", "method", "details", "verdict", *SCORES])
    for (row, sample), found in sorted(viewer.answers.maps.items()):
        asked, judged = viewer.question.rows[row], viewer.answers.verdicts.get(row)
        numbers = [repr(found.scores.get(name, float("nan"))) for name in SCORES]
        verdict = "" if judged is None else judged.verdict
        writer.writerow([sample, viewer.question.shift.words, asked.method, asked.details, verdict, *numbers])
    _write(path, text.getvalue().encode())


def _kind(path: Path) -> str:
    kind = path.suffix.lower()
    if kind not in KINDS:
        raise ViewerError(
            f"{path}, whose ending says no kind of picture", f"one of {', '.join(KINDS)}", "Name it with one of them."
        )
    return kind


def _write(path: Path, content: bytes) -> None:
    try:
        write_bytes(path, content)
    except OSError as error:
        raise ViewerError(
            f"{path}, which cannot be written ({error.strerror or error})", "a folder to write to", "Choose another."
        ) from error
