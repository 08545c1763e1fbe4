"""The page of a study: what was found in words, curves, maps and tables, in one file."""

from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import TYPE_CHECKING

from ..report.page import data_uri, page
from .curves import ALL, Interval, Point
from .experiment import CONTROL
from .folder import Folder
from .plots import TITLES, convergence_png, curves_png, maps_png
from .similarity import MEASURES

if TYPE_CHECKING:
    from .study import Study

ORDER_TITLES: Mapping[str, str] = {
    "top-down": "From the logits on",
    "bottom-up": "From the image on",
    "independent": "Each layer by itself",
}


def write_report(folder: Folder, study: "Study") -> None:
    """Write the pictures and `index.html` of a finished study."""
    pictures = {f"curves_{order}": curves_png(study.points, order) for order in study.experiment.orders}
    if study.convergence:
        pictures["convergence"] = convergence_png(study.convergence)
    if len(study.experiment.network.input_shape) == 3 and study.experiment.network.input_shape[-1] in (1, 3):
        pictures["maps"] = maps_png(study.experiment, study.seeds[0])
    for name, png in pictures.items():
        folder.write(f"{name}.png", png)
    shown = {name: data_uri(png) for name, png in pictures.items()}
    folder.write("index.html", page(_template(), _values(study, shown)))


def _template() -> str:
    return files(__package__).joinpath("report.html").read_text("utf-8")


def _values(study: "Study", pictures: Mapping[str, str]) -> dict[str, object]:
    plan = study.plan
    facts = {
        "Network": f"{plan['network']}, {study.experiment.network.source}; fingerprint {plan['fingerprint']}",
        "Images": f"{plan['images']} of {plan['data']}; fingerprint {plan['data_fingerprint']}",
        "Seeds": ", ".join(map(str, study.seeds)),
        "Options": ", ".join(f"{name} = {value}" for name, value in plan["options"].items()) or "all defaults",
        "Explained": "each image's top logit" if plan["target"] is None else f"logit {plan['target']}",
        "Dither": f"{plan['dither']:g}",
        "Versions": ", ".join(f"{name} {number}" for name, number in plan["versions"].items()),
    }
    return {
        "plan": plan,
        "few_seeds": len(study.seeds) < 5,
        "orders": {order: ORDER_TITLES[order] for order in study.experiment.orders},
        "pictures": pictures,
        "measures": MEASURES,
        "titles": TITLES,
        "means": _means(study.points),
        "curves": {order: _curve(study.points, order) for order in study.experiment.orders},
        "convergence": _ends(study),
        "softmax": [{**vars(one), "similarities": one.similarities} for one in study.softmax],
        "probabilities": max((one.probabilities for one in study.softmax), default=0.0),
        "text": text,
        "facts": facts,
    }


def text(value: Interval) -> str:
    """A mean and its interval in a table's cell, and the share that has none, if any."""
    if value.undefined == value.total:
        return "\N{EM DASH}"
    none = f", {value.undefined / value.total:.0%} none" if value.undefined else ""
    mean, low, high = (round(number, 2) + 0.0 for number in (value.mean, value.low, value.high))  # no minus zero
    return f"{mean:.2f} [{low:.2f}, {high:.2f}]{none}"


def _means(points: Sequence[Point]) -> list[dict[str, object]]:
    """A row for each method and side: every order's mean of each similarity, and the control's."""
    rows: dict[tuple[str, str, str], dict[str, Interval]] = {}
    for point in points:
        if point.layer == ALL or point.order == CONTROL:
            rows.setdefault((point.method, point.side, point.order), {})[point.measure] = point.value
    return [
        {"method": method, "side": side, "order": order, "values": values}
        for (method, side, order), values in sorted(rows.items(), key=lambda row: _place(points, row[0]))
    ]


def _place(points: Sequence[Point], row: tuple[str, str, str]) -> tuple[int, int, int]:
    methods = list(dict.fromkeys(point.method for point in points))
    orders = [*ORDER_TITLES, CONTROL]
    return methods.index(row[0]), orders.index(row[2]), ("network", "twin").index(row[1])


def _curve(points: Sequence[Point], order: str) -> dict[str, object]:
    """The absolute Spearman correlations of one order: a row for each method and side, a column for each layer."""
    chosen = [one for one in points if (one.order, one.measure) == (order, "absolute_spearman") and one.layer != ALL]
    layers = list(dict.fromkeys(one.layer for one in chosen))
    rows: dict[tuple[str, str], list[Interval]] = {}
    for one in chosen:
        rows.setdefault((one.method, one.side), []).append(one.value)
    return {"layers": layers, "rows": rows if len(layers) <= 16 else {}}


def _ends(study: "Study") -> dict[str, Interval]:
    """The cosines that arrive at the image."""
    return {one.method: one.cosine for one in study.convergence}  # the last step of each method stays
