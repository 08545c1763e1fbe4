"""Answers to the questions of the window, as generators: each step is short, so that a newer question can overtake."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

import keras_invariance as ki
from keras_invariance.application import SCORES, Pair, inspect_network, judge, twin_check
from keras_invariance.errors import InvarianceError

from ..model.answers import UNSHIFTED
from ..model.extents import extent
from ..model.messages import Answer, Explain, Inputs, Open, Opened, Progress, RowBegun, RowFailed, RowJudged, RowMaps
from ..model.pictures import pair_planes
from ..model.question import Question, Row
from .resources import Resources
from .shifting import shift_values

if TYPE_CHECKING:
    from keras_invariance import Network, Scores

SCORED_AT_ONCE = 2**14
"""Values of a map up to which it is scored while a slider is dragged; larger ones when it rests: 50 ms a photograph."""


def opened(resources: Resources, request: Open) -> Iterator[Answer]:
    """What the network and the data are."""
    yield Progress(request.number, 0, 0, f"Opening {request.question.model}")
    network = resources.network(request.question)
    yield Progress(request.number, 0, 0, f"Reading the data for {request.question.model}")
    question = resources.with_fitting_data(request.question) if request.any_data else request.question
    data, naming = resources.data(question), resources.naming(question)
    seen = inspect_network(network)
    roles = {
        role: ", ".join(f"{count} {name}" for name, count in counts.items()) for role, counts in seen.roles.items()
    }
    about = {
        "name": seen.name,
        "source": seen.source,
        "input": " x ".join(map(str, seen.input_shape)),
        "logits": str(seen.classes),
        "head": seen.head,
    }
    layers = tuple(
        (
            one.name,
            one.kind,
            _shape(one.input_shape),
            _shape(one.output_shape),
            "bias" if one.bias else "",
            one.activation,
        )
        for one in seen.layers
    )
    yield Opened(
        request.number,
        question.data,
        network.input_shape,
        network.classes,
        naming.outputs,
        len(data),
        (data.encoding.low, data.encoding.high),
        {**about, **roles},
        {"name": data.name, "images": str(len(data)), "encoding": data.encoding.text, **resources.misfits(question)},
        layers,
        dict(seen.coverage),
        naming,
    )


def explained(resources: Resources, request: Explain) -> Iterator[Answer]:
    """Inputs, then maps row by row, then verdicts: rows in sight and fast methods first."""
    question, rows = request.question, _in_order(request)
    pairs = []
    for sample in question.samples:
        inputs = _inputs(resources, request, sample)
        pairs.append(inputs)
        yield inputs
    failed: set[int] = set()
    for at, row in rows:
        if not request.quick:
            yield RowBegun(request.number, at, "maps")
        for inputs in pairs:
            if at in failed:
                continue
            try:
                yield _maps(resources, request, at, row, inputs)
            except InvarianceError as error:
                failed.add(at)
                yield RowFailed(request.number, at, str(error))
    for at, row in () if request.quick else rows:
        if at not in failed:
            yield RowBegun(request.number, at, "verdict")
            yield from _judged(resources, request, at, row, pairs)


def _in_order(request: Explain) -> list[tuple[int, Row]]:
    """The rows that are asked for, with their places, in the order in which they are answered."""

    def out_of_sight(at: int) -> bool:
        return request.in_sight is not None and at not in request.in_sight

    rows = list(enumerate(request.question.rows))
    if request.quick:
        return [(at, row) for at, row in rows if not (row.slow or out_of_sight(at))]
    return sorted(rows, key=lambda one: (one[1].slow, out_of_sight(one[0])))


def row_scores(
    resources: Resources, question: Question, row: Row, x: np.ndarray, m: np.ndarray, targets: np.ndarray
) -> "Scores":
    """The scores of a row's maps for images x [n, *input_shape] and one shift."""
    return ki.compare(*resources.pair(question, row, x, m, targets).maps("float32"))


def target_of(resources: Resources, question: Question, x: np.ndarray) -> int:
    """The explained logit of one image [1, *input_shape]."""
    return int(resources.network(question).targets(x, question.target)[0])


def _inputs(resources: Resources, request: Explain, sample: int) -> Inputs:
    question = request.question
    network, x = resources.network(question), resources.image(question, sample)
    own = resources.logits(question, sample, x)
    target = int(network.targets(x, question.target)[0]) if question.target is not None else int(own.argmax())
    m, note = shift_values(resources, question, sample, target)
    twin = resources.twin(question, m)
    logits = own[0], twin(x + m)[0]
    check = twin_check(_pair(network, twin, x, m, target), m) if not request.quick else None
    label = resources.label(question, sample)
    distance = float(np.abs(logits[0] - logits[1]).max() / (np.abs(logits[0]).max() or 1.0))
    return Inputs(
        request.number,
        sample,
        x[0].astype(np.float32),
        m.astype(np.float32),
        logits,
        target,
        label,
        distance,
        check.tolerance_float32 if check else float("nan"),
        note,
        "" if label is None else resources.naming(question).label(label),
    )


def _pair(network: "Network", twin: "Network", x: np.ndarray, m: np.ndarray, target: int) -> Pair:
    return Pair((network.beside(twin), twin), (x, x + m), "gradient", ({}, {}), np.array([target]))


def _maps(resources: Resources, request: Explain, at: int, row: Row, inputs: Inputs) -> RowMaps:
    question = request.question
    x, m = inputs.image[np.newaxis].astype(np.float64), inputs.shift.astype(np.float64)
    maps = resources.maps(question, row, inputs.sample, x, m, inputs.target)
    both = maps[0][0], maps[1][0]
    if request.quick and both[0].size > SCORED_AT_ONCE:
        return RowMaps(request.number, at, inputs.sample, both, extent(pair_planes(*both)), {})
    return _row_maps(request.number, at, inputs.sample, both)


def _row_maps(number: int, at: int, sample: int, both: tuple[np.ndarray, np.ndarray]) -> RowMaps:
    scores = ki.compare(both[0][np.newaxis], both[1][np.newaxis])
    told = {name: float(getattr(scores, name)[0]) for name in SCORES}
    return RowMaps(number, at, sample, both, extent(pair_planes(*both)), told)


def _judged(resources: Resources, request: Explain, at: int, row: Row, pairs: list[Inputs]) -> Iterator[Answer]:
    """The verdict on all samples in sight; those of an aimed shift, which each has its own, on the chosen one.

    The maps that the verdict rests on take the place of those that came first.
    """
    question = request.question
    chosen = next(one for one in pairs if one.sample == question.sample)
    m = chosen.shift.astype(np.float64)
    if not m.any():
        yield RowJudged(
            request.number, at, UNSHIFTED, "m is zero everywhere: every method is the same for both networks"
        )
        return
    alike = [one for one in pairs if np.array_equal(one.shift, chosen.shift)]
    x = np.stack([one.image for one in alike]).astype(np.float64)
    first, second = resources.options(question, row, m)
    network, twin = resources.network(question), resources.twin(question, m)
    targets = np.array([one.target for one in alike])
    try:
        found = judge(network, twin, x, m, row.method, targets=targets, options=first, twin_options=second)
    except InvarianceError as error:
        yield RowFailed(request.number, at, str(error))
        return
    for place, *both in zip(found.confirmed, *(found.maps or ((), ())), strict=True):
        yield _row_maps(request.number, at, alike[place].sample, (both[0], both[1]))
    yield RowJudged(request.number, at, found.verdict, found.reason)


def _shape(shape: tuple[int | None, ...]) -> str:
    return " x ".join("any" if size is None else str(size) for size in shape)
