"""Longer work in the background: predictions of a whole data set, sweeps, distributions, and fits of patterns."""

from collections.abc import Callable, Iterator

import numpy as np

from keras_invariance import randomize
from keras_invariance.errors import InvarianceError

from ..model.messages import (
    Answer,
    Fit,
    Fitted,
    LoadPatterns,
    Matches,
    Matching,
    Progress,
    Randomize,
    RandomPart,
    SavePatterns,
    Spread,
    SpreadPart,
    Sweep,
    SweepPoint,
    Thumbnails,
    Thumbs,
)
from ..model.pictures import seen
from ..model.question import Question
from .explaining import row_scores, target_of
from .resources import CHUNK, Resources
from .shifting import shift_values

THUMBNAIL = 56
"""The longer side of a small picture in pixels, at most."""

PORTION = 20
"""Images of a distribution that are computed at a time."""


def thumbnails(resources: Resources, request: Thumbnails) -> Iterator[Answer]:
    """Small pictures, a neighbourhood at a time."""
    question = request.question
    data = resources.data(question)
    for start in range(0, len(request.places), PORTION):
        places = [place for place in request.places[start : start + PORTION] if place < len(data)]
        parts = [next(data[place : place + 1].batches(1)) for place in places]
        if not parts:
            continue
        pictures = np.stack([_small(images[0]) for images, _ in parts])
        labels = np.array([-1 if labels is None else labels[0] for _, labels in parts])
        predictions = np.array([resources.predict(question, range(place, place + 1))[0] for place in places])
        yield Thumbs(request.number, tuple(places), pictures, labels, predictions)


def matching(resources: Resources, request: Matching) -> Iterator[Answer]:
    """The images of a class or with wrong predictions, portion by portion."""
    question = request.question
    data = resources.data(question)
    labels = data.labels
    for start in range(0, len(data), CHUNK):
        places = range(start, min(start + CHUNK, len(data)))
        keep = np.ones(len(places), bool)
        own = None if labels is None else labels[places.start : places.stop]
        if request.label is not None:
            keep &= (resources.predict(question, places) if own is None else own) == request.label
        if request.wrong:
            keep &= False if own is None else resources.predict(question, places) != own
        yield Matches(request.number, start + np.flatnonzero(keep), places.stop, len(data))


def sweep(resources: Resources, request: Sweep) -> Iterator[Answer]:
    """Every row's median distance over the samples in sight, for each strength of the shift."""
    question = request.question
    subjects = [_subject(resources, question, sample) for sample in question.samples]
    for strength in request.strengths:
        distances = []
        for row in question.rows:
            try:
                found = [
                    row_scores(resources, question, row, x, strength * m, np.array([target])).relative_l2[0]
                    for x, m, target in subjects
                ]
                distances.append(float(np.median(found)))
            except InvarianceError:
                distances.append(float("nan"))
            yield Progress(request.number, 0, 0, "Sweeping over the shift's strength")
        yield SweepPoint(request.number, strength, tuple(distances))


def spread(resources: Resources, request: Spread) -> Iterator[Answer]:
    """Every row's distances over the data set's first images; an aimed shift is the chosen sample's for all."""
    question = request.question
    data, network = resources.data(question), resources.network(question)
    _, m, _ = _subject(resources, question, question.sample)
    count = min(request.count, len(data))
    for start in range(0, count, PORTION):
        parts = [one for one, _ in data[start : min(start + PORTION, count)].batches(PORTION)]
        x = np.concatenate(parts).astype(np.float64)
        targets = network.targets(x, question.target)
        for at, row in enumerate(question.rows):
            try:
                distances = row_scores(resources, question, row, x, m, targets).relative_l2
            except InvarianceError:
                continue
            yield SpreadPart(request.number, at, distances)
        yield Progress(request.number, start + len(x), count, "Scores of many images")


def randomized(resources: Resources, request: Randomize) -> Iterator[Answer]:
    """The randomisation test from the logits on, for both networks; rows that it cannot take are left out."""
    question = request.question
    data, network = resources.data(question), resources.network(question)
    _, m, _ = _subject(resources, question, question.sample)
    x = np.concatenate([one for one, _ in data[: request.count].batches(PORTION)])
    taken = [at for at, row in enumerate(question.rows) if not row.needs_patterns]
    for done, at in enumerate(taken):
        row = question.rows[at]
        yield Progress(request.number, done, len(taken), f"Randomising: {row.method}")
        told = {f"{row.method}.{name}": value for name, value in resources.options(question, row, m)[0].items()}
        try:
            findings = randomize(
                network,
                x,
                [row.method],
                orders=("top-down",),
                seeds=request.seeds,
                shift=m,
                targets=network.targets(x, question.target),
                options=told,
            )
            for found in findings:
                if found.order == "top-down":
                    alike = float(np.nanmean(found.similarities["absolute_spearman"]))
                    yield RandomPart(request.number, at, found.side, found.step, found.layer, alike)
        except InvarianceError:
            continue


def fitted(resources: Resources, request: Fit, say: Callable[[Answer], None]) -> Iterator[Answer]:
    """Fit patterns; `say` is told the progress, and looks after more urgent questions meanwhile."""
    question = request.question
    m = _subject(resources, question, question.sample)[1] if request.refitted else None
    what = f"Fitting {request.estimator} patterns"

    def advance(done: int, total: int) -> None:
        say(Progress(request.number, done, total, what))

    yield Progress(request.number, 0, 0, what)
    resources.fit(question, request.estimator, request.data, None, advance)
    if m is not None:
        yield Progress(request.number, 0, 0, f"{what} to the shifted images")
        resources.fit(question, request.estimator, request.data, m, advance)
    yield Fitted(request.number, resources.fitted(request.question))


def patterns_saved(resources: Resources, request: SavePatterns) -> Iterator[Answer]:
    """Write patterns."""
    resources.save_patterns(request.question, request.estimator, request.path)
    yield Fitted(request.number, resources.fitted(request.question))


def patterns_loaded(resources: Resources, request: LoadPatterns) -> Iterator[Answer]:
    """Read patterns."""
    resources.load_patterns(request.question, request.path)
    yield Fitted(request.number, resources.fitted(request.question))


def _subject(resources: Resources, question: Question, sample: int) -> tuple[np.ndarray, np.ndarray, int]:
    x = resources.image(question, sample)
    target = target_of(resources, question, x)
    return x, shift_values(resources, question, sample, target)[0], target


def _small(image: np.ndarray) -> np.ndarray:
    """A picture for people, uint8 [h, w, 3], every n-th pixel of the image."""
    whole = seen(image)
    step = max(1, -(-max(whole.shape[:2]) // THUMBNAIL))
    return whole[::step, ::step]
