"""What a page tells of the randomisation test: curves, maps of one image, and tables."""

from collections.abc import Mapping, Sequence

from ...reports.page import data_uri, page
from ..explanation_test import Section
from ..intervals import Interval
from ..similarity import MEASURES, TITLES
from .curves import ALL, Point
from .experiment import CONTROL, Experiment
from .plots import curves_png, maps_png

ORDER_TITLES: Mapping[str, str] = {
    "top-down": "From the logits on",
    "bottom-up": "From the image on",
    "independent": "Each layer by itself",
}


def section(
    experiment: Experiment, seeds: Sequence[int], plan: Mapping[str, object], points: Sequence[Point]
) -> Section:
    """The curves of every order, and the first image's maps."""
    pictures = {f"curves_{order}": curves_png(points, order) for order in experiment.orders}
    if len(experiment.network.input_shape) == 3 and experiment.network.input_shape[-1] in (1, 3):
        pictures["maps"] = maps_png(experiment, seeds[0])
    values = {
        "plan": plan,
        "few_seeds": len(seeds) < 5,
        "orders": {order: ORDER_TITLES[order] for order in experiment.orders},
        "pictures": {name: data_uri(png) for name, png in pictures.items()},
        "measures": MEASURES,
        "titles": TITLES,
        "means": _means(points),
        "curves": {order: _curve(points, order) for order in experiment.orders},
    }
    return Section(page(__package__, "section.html", values), pictures)


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
