"""Maps as a Matplotlib figure, images down and explanations across: pictures, signals and tables.

In shapes, n is the number of images.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from jaxtyping import Shaped

from ..errors import ImageError
from .heatmap import heatmap, picture, shared_limit
from .kinds import Kind, kind_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Array: TypeAlias = Shaped[np.ndarray, "n ..."]

_SIZES: Mapping[Kind, tuple[float, float]] = {"picture": (1.6, 1.6), "signal": (3.2, 1.4), "table": (3.2, 1.6)}
"""Width and height of one cell, in inches."""
_INK, _FOR, _AGAINST = "#1c1c1c", "#b2182b", "#2166ac"


def plot(
    maps: "Array | Mapping[str, Array]",
    images: "Array | None" = None,
    *,
    labels: Sequence[str] | None = None,
    shared: bool = True,
) -> "Figure":
    """A figure of maps: a row for each image, a column for each explanation.

    Signed maps are blue, white and red around 0; channels are summed. The scale reaches 97 % of the pixels.

    Parameters
    ----------
    maps
        [n, *input_shape], or with one channel as class activation maps have; or a mapping from names, which head the
        columns, to such arrays.
    images
        What was explained, [n, *input_shape], shown in the first column.
    labels
        A word for each row, such as the explained class.
    shared
        Whether all maps of a row have one scale, without which a difference between them cannot be seen; otherwise each
        has its own.

    Returns
    -------
    A `matplotlib.figure.Figure`, which a notebook shows and `savefig` writes. No window opens.

    Raises
    ------
    ImageError
        The maps, images and labels do not belong together, or their shape is that of no picture, signal or table.
    """
    columns = {name: np.asarray(one) for name, one in (maps if isinstance(maps, Mapping) else {"": maps}).items()}
    shown = None if images is None else np.asarray(images)
    shape = _checked(columns, shown, labels)
    kind = kind_of(shape[1:])
    figure, cells = _cells(kind, shape[0], len(columns) + (shown is not None))
    for row, line in enumerate(cells):
        values = [_placed(one[row], shape[1:]) for one in columns.values()]
        limits = [shared_limit(tuple(values))] * len(values) if shared else [shared_limit((one,)) for one in values]
        first = line[: len(line) - len(values)]
        if shown is not None:
            _draw_image(first[0], shown[row], kind)
        for axes, one, limit in zip(line[len(first) :], values, limits, strict=True):
            _draw_map(axes, one, limit, kind)
        if labels is not None:
            line[0].set_ylabel(labels[row], rotation=0, ha="right", va="center")
    for axes, name in zip(cells[0], [*(["image"] if shown is not None else []), *columns], strict=True):
        axes.set_title(name, fontsize="medium")
    return figure


def _checked(columns: Mapping[str, Array], images: "Array | None", labels: Sequence[str] | None) -> tuple[int, ...]:
    """The shape that all arrays have, maps of one channel left aside: they go with images of any."""
    shapes = {name or "maps": one.shape for name, one in columns.items()}
    if images is not None:
        shapes["images"] = images.shape
    told = ", ".join(f"{name} {shape}" for name, shape in shapes.items()) or "no maps"
    shape = max(shapes.values(), key=lambda one: one[-1:], default=())
    fits = all(one == shape or (len(shape) > 2 and one == (*shape[:-1], 1)) for one in shapes.values())
    if not fits or not shape[:1] > (0,):
        raise ImageError(told, "at least one map, and arrays of one shape [n, *input_shape]", "Plot them apart.")
    if not kind_of(shape[1:]):
        raise ImageError(
            told, "pictures [n, h, w, c], signals [n, length, channels] or tables [n, features]", "Plot a slice."
        )
    if labels is not None and len(labels) != shape[0]:
        raise ImageError(f"{len(labels)} labels", f"one for each of {shape[0]} images", "Give as many, or none.")
    return tuple(shape)


def _placed(values: Array, shape: tuple[int, ...]) -> Array:
    """A map in the images' shape: one number for a place belongs to each of its channels, a share each."""
    return values if values.shape == shape else np.broadcast_to(values / shape[-1], shape)


def _cells(kind: Kind, rows: int, columns: int) -> "tuple[Figure, list[list[Axes]]]":
    from matplotlib import pyplot  # it makes notebooks show figures

    width, height = _SIZES[kind]
    figure = pyplot.figure(figsize=(columns * width, rows * height + 0.3), layout="constrained")
    pyplot.close(figure)  # it belongs to the caller now
    cells = figure.subplots(rows, columns, squeeze=False)
    for axes in cells.ravel():
        axes.set(xticks=[], yticks=[])
        if kind == "picture":
            axes.spines[:].set_visible(False)
        else:
            axes.spines[["top", "right"]].set_visible(False)
    return figure, [list(line) for line in cells]


def _draw_image(axes: "Axes", image: Array, kind: Kind) -> None:
    if kind == "picture":
        axes.imshow(picture(image))
    elif kind == "signal":
        axes.plot(image, color=_INK, linewidth=0.8)
    else:
        axes.bar(np.arange(len(image)), image, color=_INK)


def _draw_map(axes: "Axes", values: Array, limit: float, kind: Kind) -> None:
    """A map; what is larger than the limit is cut there, as a picture's darkest colour is."""
    if kind == "picture":
        axes.imshow(heatmap(values, limit))
        return
    summed = values if values.ndim == 1 else values.sum(axis=-1)
    places = np.arange(len(summed))
    if kind == "table":
        axes.bar(places, summed, color=np.where(summed > 0, _FOR, _AGAINST))
    else:
        axes.fill_between(places, np.maximum(summed, 0), color=_FOR, linewidth=0)
        axes.fill_between(places, np.minimum(summed, 0), color=_AGAINST, linewidth=0)
    axes.axhline(0, color=_INK, linewidth=0.5)
    if limit > 0:
        axes.set_ylim(-limit, limit)
