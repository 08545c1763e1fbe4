"""Running an audit: shards of images in float32, some images again in float64, then a verdict on every question."""

import csv
import io
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from ..analyzers.catalogue import METHODS
from ..arrays import Images
from ..confirmation import spread
from ..datasets import as_dataset
from ..datasets.dataset import Labels
from ..targets import TOP, targets_of
from .folder import ASKED, TWIN, Exact, Folder, key_of, scores_of
from .pairs import Portion, Subject, released
from .plan import SHARD, Plan, planned
from .questions import ESTIMATORS, Question
from .results import Result, results

if TYPE_CHECKING:
    from ..datasets import Dataset
    from ..network import Network

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Progress:
    """What is being done now, and how far it is."""

    name: str
    done: int
    total: int


Screen: TypeAlias = "Callable[[Folder, Subject, Dataset], Iterator[Progress]]"
"""Writes the shards that are missing in a folder, and yields how far that is."""


def audit(  # noqa: PLR0913  what is audited, on what, and how
    network: "Network",
    data: "Dataset | Any",
    out: str | Path,
    *,
    shifts: Sequence[str],
    methods: Sequence[str] = tuple(METHODS),
    options: Mapping[str, Any] | None = None,
    patterns_data: "Dataset | Any" = None,
    estimators: Sequence[str] = ESTIMATORS,
    centre: str = "neuron",
    seed: int = 0,
    shard: int = SHARD,
    target: str | int | Sequence[int] = TOP,
    command: Mapping[str, Any] | None = None,
    screen: "Screen | None" = None,
) -> Iterator[Progress | Result]:
    """Audit a network over a data set; yields what is being done, and the verdicts as they come.

    The folder gets `audit.json`, the shards, `findings.parquet` (a row per image and question), `summary.csv` and
    `report.html`. Asked for again with the same plan, it goes on where it was stopped.

    Parameters
    ----------
    network
        Network 1.
    data
        Its images, in its own encoding: a data set, which is streamed, or an array.
    out
        The folder.
    shifts
        Spelled as for `ki.shifts.parse`, or "target:FILE" for a shift of its own for each image, which paints a
        picture into its explanation.
    methods
        Names of `ki.METHODS`. Those that the network or the options do not admit are reported with the reason.
    options
        "METHOD.OPTION" -> value.
    patterns_data
        Training data, for the patterns of pattern-net and pattern-attribution; without them they are not asked.
    estimators, centre
        How patterns are fitted, see `ki.fit_patterns`; each estimator is a question of its own.
    seed
        Draws the noise of the methods that need some.
    shard
        How many images are written, and lost by an interruption, at a time.
    target
        Which logit of each image is explained: "top" for the one that the network ranks first, "label" for that of the
        image's label, an index, or a place (200, 1) where the output has several axes. It is the same for the twin.
    command
        What the command line was told, which it needs to go on with the folder alone.
    screen
        Who explains the images in float32; this process by default, on all GPUs where it sees several.

    Raises
    ------
    AuditError
        The data or the folder do not fit.
    ImageError
        The target is no logit, or a label names none.
    OutputError
        The folder cannot be written.
    ShiftError, MethodError, PatternError
        A shift, method, option or estimator is wrong.

    Source: Kindermans, Hooker et al. (2017); Clopper & Pearson (1934); Holm (1979).
    """
    from .report import write_report

    images, fitted_to = as_dataset(data), None if patterns_data is None else as_dataset(patterns_data)
    plan = planned(
        network,
        images,
        shifts,
        methods,
        options=options or {},
        seed=seed,
        shard=shard,
        target=target,
        patterns_data=fitted_to,
        estimators=estimators,
        centre=centre,
    )
    folder, subject = Folder.begun(Path(out), plan, command), Subject(plan, network, fitted_to)
    yield from _fitted(subject)
    yield from (screen or _screen())(folder, subject, images)
    exact = yield from _confirmed(folder, subject, images)
    yield Progress("Writing the report", 0, 1)
    found, kinds = results(folder, plan, exact)
    folder.merge(plan, kinds, exact)
    folder.write("summary.csv", _table([result.as_row() for result in found]))
    write_report(folder, subject, images, found)
    folder.tidy()
    yield Progress("Writing the report", 1, 1)
    yield from found


def shard_rows(subject: Subject, images: Images, first: int, labels: Labels | None = None) -> Rows:
    """A row per image and question of neighbouring images; pure, so that any engine may run it.

    Parameters
    ----------
    subject
        The network and what is asked of it.
    images
        Network 1's images. [n, *input_shape]
    first
        The place of the first one in its data set.
    labels
        Theirs, where the plan asks for them.
    """
    return [row for rows in portion_rows(subject, images, first, labels) for row in rows]


def portion_rows(subject: Subject, images: Images, first: int, labels: Labels | None = None) -> Iterator[Rows]:
    """`shard_rows` as they come: those of one question and one portion of the images at a time."""
    places = np.arange(first, first + len(images))
    targets = targets_of(subject.network, subject.plan.target, images, labels)
    # One explanation after the other: its traced function serves all shifts, and only so many are kept.
    asked = sorted(subject.plan.questions, key=lambda one: (list(METHODS).index(one.method), one.name))
    shared = [spec for spec, aim in subject.aims.items() if aim is None]
    moved = {spec: list(subject.portions(spec, images, places, targets)) for spec in shared}
    checked = {spec: [_checked(subject, portion) for portion in portions] for spec, portions in moved.items()}
    for question in released(asked):
        for portion, facts in zip(moved.get(question.shift, ()), checked.get(question.shift, ()), strict=True):
            yield _rows(subject, question, portion, facts)
    for spec in [spec for spec in subject.aims if spec not in shared]:
        for portion in released(subject.portions(spec, images, places, targets)):
            facts = _checked(subject, portion)
            for question in asked:
                if question.shift == spec:
                    yield _rows(subject, question, portion, facts)


def _checked(subject: Subject, portion: Portion) -> Rows:
    """What is known of each image whatever the method: its place and target, the twin's check, and the flips."""
    twin = dict(zip(TWIN, vars(subject.check(portion)).values(), strict=True))
    columns = zip(portion.places, portion.targets, subject.flips(portion), strict=True)
    return [{"image": int(at), "target": int(target), "gate_flips": int(n), **twin} for at, target, n in columns]


def _rows(subject: Subject, question: Question, portion: Portion, facts: Rows) -> Rows:
    asked = {name: getattr(question, name) for name in ASKED}
    scores = subject.scores(question, portion, "float32").as_rows()
    return [{**row, **asked, **known} for row, known in zip(scores, facts, strict=True)]


def _fitted(subject: Subject) -> Iterator[Progress]:
    """Fit the patterns that the questions need, or take them out of the user's cache."""
    keys = subject.pattern_keys
    for done, (estimator, shift) in enumerate(keys):
        yield Progress("Fitting patterns", done, len(keys))
        subject.patterns(estimator, shift)
    if keys:
        yield Progress("Fitting patterns", len(keys), len(keys))


def _screen() -> "Screen":
    from ..network.replicas import several_gpus
    from .devices import screen_on

    gpus = several_gpus()
    return partial(screen_on, gpus) if gpus else _screened


def _screened(folder: Folder, subject: Subject, data: "Dataset") -> Iterator[Progress]:
    plan, name = subject.plan, "Screening in float32"
    each = len(plan.questions)
    for shard, images, labels in missing_shards(folder, plan, data):
        yield Progress(name, shard.start * each, plan.images * each)
        rows: Rows = []
        for found in portion_rows(subject, images, shard.start, labels):
            rows += found
            yield Progress(name, shard.start * each + len(rows), plan.images * each)
        folder.write_shard(shard, rows)


def missing_shards(folder: Folder, plan: Plan, data: "Dataset") -> Iterator[tuple[range, Images, Labels | None]]:
    """The shards that are not in the folder, with their images and labels, read once, from the first that is missing.

    Read shard by shard, an archive or a record file would be passed through from its beginning for each.
    """
    first = next((shard.start for shard in plan.shards if not folder.has(shard)), plan.images)
    shards = [shard for shard in plan.shards if shard.start >= first]
    for shard, (images, labels) in zip(shards, data[first:].batches(plan.shard), strict=True):
        if not folder.has(shard):
            yield shard, images, labels


def _confirmed(folder: Folder, subject: Subject, data: "Dataset") -> Generator[Progress, None, dict[Question, Exact]]:
    """Explain some images of each question again in float64, spread evenly from the largest difference to the least."""
    plan, known, name = subject.plan, folder.confirmed, "Confirming in float64"
    left = [question for question in plan.questions if key_of(question) not in known]
    for done, question in enumerate(released(left), start=len(plan.questions) - len(left)):
        yield Progress(name, done, len(plan.questions))
        known[key_of(question)] = _exact(folder, subject, data, question)
        folder.write_confirmed(known)
    yield Progress(name, len(plan.questions), len(plan.questions))
    nothing = float("nan")
    return {
        one: {int(at): nothing if d is None else d for at, d in known[key_of(one)].items()} for one in plan.questions
    }


def _exact(folder: Folder, subject: Subject, data: "Dataset", question: Question) -> dict[str, float | None]:
    """Place -> relative L2 in float64, of some images of a question; None where both maps are zero there."""
    table = folder.column(subject.plan, question)
    chosen = np.sort(spread(scores_of(table)))
    if not len(chosen):
        return {}
    targets = table.column("target").to_numpy()[chosen].astype(np.int32)
    images = np.concatenate([data[int(at) : int(at) + 1].images for at in chosen])
    portions = subject.portions(question.shift, images, chosen, targets)
    found = [subject.scores(question, one, "float64").relative_l2 for one in portions]
    distances = np.concatenate(found)
    return {str(at): None if np.isnan(d) else float(d) for at, d in zip(chosen, distances, strict=True)}


def _table(rows: Sequence[Mapping[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]) if rows else [], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
