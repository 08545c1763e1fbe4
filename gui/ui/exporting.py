"""Export: pictures, raw maps, scores, the shift; each file appears whole or not at all."""

import csv
import io
from dataclasses import replace
from pathlib import Path

import numpy as np
from PyQt6.QtCore import QBuffer, QIODevice
from PyQt6.QtGui import QColor, QFont, QImage, QPainter

from keras_invariance.application import SCORES, write_bytes
from keras_invariance.errors import ViewerError

from ..model.pictures import seen
from ..model.viewer_model import ViewerModel
from ..render.cells import Cell
from ..render.export import rendered
from ..render.ranges import scales

HEADER, LABEL = 34, 200


def grid_png(viewer: ViewerModel, path: Path, *, factor: float = 2.0, row: int | None = None) -> None:
    """The grid with its methods, verdicts and heads as a PNG, or one row of it; drawn by the CPU at any scale."""
    rows = [row] if row is not None else list(range(len(viewer.question.rows)))
    maps, pictures, cells = _stack(viewer, rows)
    side, gap = 112, 6
    columns = 3 * len(viewer.question.samples)
    inner = rendered(maps, pictures, cells, viewer.look, (side, side, gap), factor)
    width = LABEL + columns * (side + gap) + LABEL
    whole = QImage(
        round(width * factor), round((HEADER + len(rows) * (side + gap)) * factor), QImage.Format.Format_RGB888
    )
    whole.fill(QColor("#ffffff"))
    painter = QPainter(whole)
    painter.scale(factor, factor)
    font = QFont(painter.font())
    font.setPixelSize(11)
    painter.setFont(font)
    painter.setPen(QColor("#1c1d21"))
    for at in range(columns):
        words = ("network 1", "network 2", "difference")[at % 3]
        painter.drawText(LABEL + at * (side + gap), 0, side, HEADER, 0x84, words)
    for line, at in enumerate(rows):
        top = HEADER + line * (side + gap)
        asked, judged = viewer.question.rows[at], viewer.answers.verdicts.get(at)
        painter.drawText(4, top, LABEL - 12, side, 0x1080, f"{asked.method}\n{asked.details}")
        verdict = "" if judged is None else judged.verdict
        painter.drawText(LABEL + columns * (side + gap), top, LABEL - 8, side, 0x1080, verdict)
    painter.scale(1 / factor, 1 / factor)
    painter.drawImage(round(LABEL * factor), round(HEADER * factor), inner)
    painter.end()
    _write(path, _png(whole))


def map_png(viewer: ViewerModel, path: Path, row: int, sample: int, column: int, *, factor: float = 8.0) -> None:
    """One whole map of a sample (column 0 network 1, 1 network 2, 2 the difference), `factor` pixels for one of its."""
    maps, pictures, cells = _stack(viewer, [row])
    place = 3 * viewer.question.samples.index(sample) + column
    cell = next((one for one in cells if one.column == place), None)
    if cell is None:
        raise _nothing()
    alone = [Cell(row=0, column=0, layer=cell.layer, image=cell.image, scale=cell.scale)]
    look = replace(viewer.look, zoom=1.0, centre=(0.5, 0.5), wipe=None, flipped=False)
    height, width = maps.shape[1:]
    _write(path, _png(rendered(maps, pictures, alone, look, (height, width, 0), factor)))


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
        raise _nothing()
    first, second = found.maps
    content = io.BytesIO()
    np.save(content, (first, second, second - first)[column], allow_pickle=False)
    _write(path, content.getvalue())


def shift_npy(viewer: ViewerModel, path: Path) -> None:
    """The chosen sample's m, for `--shift array:FILE.npy`."""
    inputs = viewer.answers.inputs.get(viewer.question.sample)
    if inputs is None:
        raise _nothing()
    content = io.BytesIO()
    np.save(content, inputs.shift, allow_pickle=False)
    _write(path, content.getvalue())


def scores_csv(viewer: ViewerModel, path: Path) -> None:
    """A row per method and sample."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["sample", "shift", "method", "details", "verdict", *SCORES])
    for (row, sample), found in sorted(viewer.answers.maps.items()):
        asked, judged = viewer.question.rows[row], viewer.answers.verdicts.get(row)
        numbers = [repr(found.scores[name]) for name in SCORES]
        verdict = "" if judged is None else judged.verdict
        writer.writerow([sample, viewer.question.shift.words, asked.method, asked.details, verdict, *numbers])
    _write(path, text.getvalue().encode())


def _stack(viewer: ViewerModel, rows: list[int]) -> tuple[np.ndarray, np.ndarray, list[Cell]]:
    samples = viewer.question.samples
    known = [(row, sample) for row in rows for sample in samples if (row, sample) in viewer.answers.maps]
    if not known:
        raise _nothing()
    planes = [found for key in known if (found := viewer.answers.planes(*key)) is not None]
    ranges = scales(
        [viewer.answers.maps[key].extent for key in known],
        viewer.scaling.sharing,
        viewer.scaling.percentile,
        viewer.scaling.limit,
    )
    images = [image for sample in samples for image in _images(viewer, sample)]
    cells = []
    for at, (row, sample) in enumerate(known):
        place = samples.index(sample)
        for column in range(3):
            cells += [
                Cell(
                    row=rows.index(row),
                    column=3 * place + column,
                    layer=3 * at + column,
                    image=2 * place + (column == 1),
                    scale=ranges[at][column],
                    partner=3 * at + 1 - column if column < 2 else -1,
                )
            ]
    return np.concatenate([np.stack(one) for one in planes]), np.stack(images), cells


def _images(viewer: ViewerModel, sample: int) -> list[np.ndarray]:
    inputs = viewer.answers.inputs.get(sample)
    if inputs is None:
        raise _nothing()
    return [seen(inputs.image), seen(inputs.image + inputs.shift)]


def _png(image: QImage) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return bytes(buffer.data().data())


def _write(path: Path, content: bytes) -> None:
    try:
        write_bytes(path, content)
    except OSError as error:
        raise ViewerError(
            f"{path}, which cannot be written ({error.strerror or error})", "a folder to write to", "Choose another."
        ) from error


def _nothing() -> ViewerError:
    return ViewerError("maps that are not there yet", "a grid with maps", "Wait until the engine has answered.")
