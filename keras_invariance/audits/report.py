"""The report of an audit: one web page with the verdicts, the distributions of the differences, and pairs of maps."""

import platform
from collections.abc import Mapping, Sequence
from importlib.resources import files
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float

import keras_invariance as ki

from ..report.files import write_bytes
from ..report.grid import Column, Panel, Tone, grid_png
from ..report.page import data_uri, page
from .folder import Folder, scores_of
from .pairs import Subject
from .plan import Question

if TYPE_CHECKING:
    from ..datasets import Dataset
    from .run import Result

_PANELS = 4
"""Pairs of maps side by side in one band of a picture."""
_TONES: Mapping[str, Tone] = {"invariant": "good", "sensitive": "bad"}
_MARKS = {"invariant": "\N{CHECK MARK} invariant", "sensitive": "\N{BALLOT X} sensitive"}
_LEGEND = "One scale for each image and pair of maps.\nWhite is 0; the 3 % largest values have the darkest colour."
_SMALLEST = 1e-9  # where equal maps stand on a logarithmic axis


def write_report(folder: Folder, subject: Subject, data: "Dataset", results: Sequence["Result"]) -> None:
    """Write the pictures and `report.html` of a finished audit."""
    pictures = []
    for number, shift in enumerate(subject.shifts, start=1):
        found = [result for result in results if result.question.shift == shift]
        distances = [scores_of(folder.column(subject.plan, result.question)).relative_l2 for result in found]
        shown = [("distribution", _distribution(found, distances), _DISTRIBUTION)]
        if len(subject.network.input_shape) == 3 and subject.network.input_shape[-1] in (1, 3):
            places = _worst_and_typical(distances)
            shown.append(("maps", _maps(subject, data, found, places), _caption(places)))
        for name, png, caption in shown:
            write_bytes(folder.path / f"{name}_{number}.png", png)
            pictures.append({"shift": shift, "picture": data_uri(png), "caption": caption})
    folder.write("report.html", page(_template(), _values(subject, data, results, pictures)))


_DISTRIBUTION = (
    "The relative L2 distance of the two maps of every image, in float32: median, quartiles, and 5 % and 95 %. "
    "Rounding alone moves maps too; which differences are real is told by float64 (cross: the largest there)."
)


def _caption(places: tuple[int, int]) -> str:
    return (
        f"Network 1 and its twin explain the image on which the methods differ most (image {places[0]}) and a typical "
        f"one (image {places[1]})."
    )


def _template() -> str:
    return files(__package__).joinpath("report.html").read_text("utf-8")


def _values(
    subject: Subject, data: "Dataset", results: Sequence["Result"], pictures: Sequence[Mapping[str, str]]
) -> dict[str, object]:
    plan = subject.plan
    explanations = list(dict.fromkeys(question.name for question in plan.questions))
    matrix = {name: {one.question.shift: one for one in results if one.question.name == name} for name in explanations}
    facts = {
        "Network": f"{plan.network}, {subject.network.source}; fingerprint {plan.fingerprint}",
        "Images": f"{plan.images} of {plan.data}, {data.encoding.text}; fingerprint {plan.data_fingerprint}",
        "Options": ", ".join(f"{name} = {value}" for name, value in plan.options.items()) or "all defaults",
        "Seed": f"{plan.seed}",
        "Versions": ", ".join(f"{name} {number}" for name, number in plan.versions.items()),
        "Machine": f"{platform.machine()}, {platform.system()} {platform.release()}",
    }
    return {
        "plan": plan,
        "shifts": list(subject.shifts),
        "matrix": matrix,
        "results": results,
        "pictures": pictures,
        "facts": facts,
        "marks": _MARKS,
    }


def _worst_and_typical(distances: Sequence[Float[np.ndarray, " n"]]) -> tuple[int, int]:
    """The image that differs most, summed over explanations as shares of each one's largest, and the middle one."""
    shares = [np.nan_to_num(d) / (np.nanmax(d, initial=0.0) or 1.0) for d in distances]
    order = np.argsort(-np.sum(shares, axis=0), kind="stable")
    return int(order[0]), int(order[len(order) // 2])


def _maps(subject: Subject, data: "Dataset", found: Sequence["Result"], places: tuple[int, int]) -> bytes:
    images = np.concatenate([data[at : at + 1].images for at in places])
    targets = subject.network.targets(images)
    moved = images + subject.values(found[0].question.shift).astype(np.float32)
    panels = [Panel("Input", (Column("x", images), Column("x + m", moved)), "images", "", "plain")]
    for result in found:
        pair = subject.pair(result.question, images, targets)
        maps = [
            ki.analyzer(network, pair.method, **told)(x.astype(np.float32), targets)
            for network, told, x in zip(pair.networks, pair.options, pair.images, strict=True)
        ]
        columns = Column("network 1", maps[0]), Column("network 2", maps[1])
        badge = _MARKS.get(result.verdict, result.verdict)
        panels.append(Panel(_title(result.question), columns, "maps", badge, _TONES.get(result.verdict, "plain")))
    bands = [panels[start : start + _PANELS] for start in range(0, len(panels), _PANELS)]
    return grid_png(bands, [str(target) for target in targets], _LEGEND)


def _title(question: Question) -> str:
    return f"{question.method}\n{question.reference} reference" if question.reference else question.method


def _distribution(found: Sequence["Result"], distances: Sequence[Float[np.ndarray, " n"]]) -> bytes:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 0.6 + 0.32 * len(found)), dpi=120, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    known = [np.maximum(d[~np.isnan(d)], _SMALLEST) for d in distances]
    axes.boxplot(known, orientation="horizontal", whis=(5, 95), showfliers=False, widths=0.6)
    for at, result in enumerate(found, start=1):
        axes.plot(max(result.worst_float64, _SMALLEST), at, "x", color="#c04f00")
    axes.set_yticks(range(1, len(found) + 1), [result.question.name for result in found])
    axes.invert_yaxis()
    axes.set_xscale("log")
    axes.set_xlim(_SMALLEST / 2, 3)
    axes.set_xlabel("relative L2 of both maps (cross: the largest in float64)")
    axes.grid(axis="x", color="#e5e5e5")
    with BytesIO() as file:
        figure.savefig(file, format="png", metadata={"Software": None})
        return file.getvalue()
