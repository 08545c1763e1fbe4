"""The numbers of an edited shift; an aimed one is found for any method whose map depends on the input's offset.

Letters: x the image, m the shift, h the twin's map at x + m, s what the map shall show.

Where a method is a multiplier times the input, h = c * (x + m), as gradient times input is with c the gradient, and
LRP-z and integrated gradients are with multipliers of their own, m = s / c - x shows s. c may change with m: so m is
computed from the c of the m before, a few times, and the best is kept. A method that the twin does not fool has a c
that follows nothing, and no likeness comes out; the window says how much there is.
"""

from typing import TYPE_CHECKING

import numpy as np

import keras_invariance as ki
from keras_invariance.application import cat, targeted_values
from keras_invariance.errors import ShiftError

from ..model.question import Question, Row, ShiftForm
from .resources import Resources

if TYPE_CHECKING:
    from keras_invariance import Network

ROUNDS = 4


def shift_values(resources: Resources, question: Question, sample: int, target: int) -> tuple[np.ndarray, str]:
    """m for a sample, float64 in the input's shape, and what there is to say about it.

    Raises
    ------
    ShiftError
        The shift does not fit the input.
    """
    form, shape = question.shift, resources.network(question).input_shape
    if form.kind == "targeted":
        return _aimed(resources, question, sample, target)
    if form.kind == "drawing":
        values = form.drawing.values if form.drawing is not None else np.zeros(shape)
        return _fitting(values, shape), ""
    if form.kind == "channel":
        channels = form.channels or (0.0,) * shape[-1]
        return np.asarray(ki.shifts.per_channel(channels).values(shape), np.float64), ""
    return np.asarray(ki.shifts.parse(form.spec or "").values(shape), np.float64), ""


def _fitting(values: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    return np.asarray(ki.shifts.array(values).values(shape), np.float64)


def _aim(form: ShiftForm, shape: tuple[int, ...]) -> np.ndarray:
    """What shall be seen, brought to the input's size."""
    if form.aim is not None:
        return _fitting(form.aim.values, shape)
    if len(shape) not in (2, 3):
        raise ShiftError(f"the cat for an input of shape {shape}", "a picture", "Draw or load what shall be shown.")
    from skimage.transform import resize

    seen = np.asarray(resize(cat()[..., 0], shape[:2], order=1), np.float64)
    return np.broadcast_to(seen.reshape(*shape[:2], *[1] * (len(shape) - 2)), shape)


def _aimed(resources: Resources, question: Question, sample: int, target: int) -> tuple[np.ndarray, str]:
    network, form = resources.network(question), question.shift
    x = resources.image(question, sample)
    seen = _aim(form, network.input_shape)
    if not form.clip > 0:
        raise ShiftError(f"clip {form.clip}", "a positive number", "The paper takes 0.3.")
    multiplier = ki.explain(network, x, "gradient", [target])[0].astype(np.float64)
    best, likeness = np.zeros(network.input_shape), -2.0
    for _ in range(1 if form.fooled == "gradient-times-input" else ROUNDS):
        m = np.asarray(targeted_values(multiplier, x[0], seen, form.clip, 1.0), np.float32).astype(np.float64)
        shown = _twin_map(resources, question, m, x, target)
        alike = _correlation(shown, seen, x[0])
        if alike > likeness:
            best, likeness = m, alike
        read = x[0] + m
        multiplier = np.divide(shown, read, out=np.zeros_like(read), where=np.abs(read) > 1e-6)
    return best, f"The twin's map correlates with the picture by {likeness:.2f}."


def _twin_map(resources: Resources, question: Question, m: np.ndarray, x: np.ndarray, target: int) -> np.ndarray:
    form = question.shift
    row = next((one for one in question.rows if one.method == form.fooled), Row(form.fooled))
    _, options = resources.options(question, row, m)
    twin: Network = resources.twin(question, m)
    return np.asarray(ki.explain(twin, x + m, row.method, [target], **options)[0], np.float64)


def _correlation(shown: np.ndarray, seen: np.ndarray, x: np.ndarray) -> float:
    """Of the map with the picture where the image is at its darkest; 0 without variation."""
    blank = x <= x.min()
    one, two = shown[blank] - shown[blank].mean(), seen[blank] - seen[blank].mean()
    size = float(np.linalg.norm(one) * np.linalg.norm(two))
    return float(one @ two) / size if size else 0.0
