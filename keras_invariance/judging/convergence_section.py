"""What a page tells of convergence: the picture, and the cosines that arrive at the image."""

from collections.abc import Sequence

from ..reports.figures import MOST_LABELS, figure_of, png_of, tick
from ..reports.page import data_uri, page
from .convergence import Convergence
from .explanation_test import Section


def section(results: Sequence[Convergence]) -> Section:
    """The picture, and a table of the last step of each method."""
    png = convergence_png(results)
    ends = {one.method: one.cosine for one in results}  # the last step of each method stays
    html = page(__package__, "convergence.html", {"picture": data_uri(png), "convergence": ends})
    return Section(html, {"convergence": png})


def convergence_png(found: Sequence[Convergence]) -> bytes:
    """1 less the absolute cosine, on a logarithmic scale: the further down, the less is left of the start."""
    from matplotlib import colormaps

    figure = figure_of(8, 4.6)
    axes = figure.subplots()
    methods = list(dict.fromkeys(one.method for one in found))
    marks = "osD^v<>pPXh*"
    for number, method in enumerate(methods):
        own = [one for one in found if one.method == method]
        steps_ = [one.step for one in own]
        floor = 1e-9
        means, lows, highs = (
            [max(1 - getattr(one.cosine, name), floor) for one in own] for name in ("mean", "high", "low")
        )
        colour = colormaps["viridis"](0.9 * number / max(1, len(methods) - 1))
        axes.plot(steps_, means, marker=marks[number % len(marks)], markersize=5, label=method, color=colour)
        axes.fill_between(steps_, lows, highs, alpha=0.12, color=colour, linewidth=0)
    labels = [one.layer for one in found if one.method == methods[0]]
    every = -(-len(labels) // MOST_LABELS)
    axes.set_xticks(
        range(0, len(labels), every), [tick(label) for label in labels[::every]], rotation=45, ha="right", fontsize=9
    )
    axes.set_yscale("log")
    axes.set_ylabel("1 \N{MINUS SIGN} |cosine|")
    axes.set_xlabel("from the logits to the image: what has been passed")
    axes.grid(axis="y", color="#e5e5e5")
    figure.legend(loc="outside right upper", frameon=False, fontsize=9)
    return png_of(figure)
