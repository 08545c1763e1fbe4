"""The test of input invariance: each method explains a network at x and its twin at x + m, and must say the same.

A shard is some neighbouring images: a row of float32 scores for each of them and each question. Some images of every
question are explained again in float64 when all shards are there, and the verdict is read from both.
"""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from ...arrays import Images
from ...comparison.confirmation import EXACT, Limits, spread
from ...comparison.strangers import SINGLE
from ...datasets.dataset import Labels
from ...errors import AuditError, ExplainerError
from ...methods.catalogue import METHODS
from ...methods.strangers import places, provenances
from ...methods.strangers import received as explainers_received
from ...network.replicas import on_device
from ...network.targets import targets_of
from ...patterns import load_patterns
from ...runs import Layout, Progress, RunFolder
from ...versions import different, installed
from ..explanation_test import Section
from .failures import failed_row
from .findings import QUESTION, SHARDS, TWIN, Codes, Exact, Findings, as_parquet, key_of, scores_of, shard_name
from .plan import plan_from
from .questions import Question
from .results import Result, results
from .section import section
from .subject import Portion, Subject, released

if TYPE_CHECKING:
    from ...datasets import Dataset
    from ...network import Network

Rows = list[dict[str, Any]]
Merged = tuple[Findings, dict[Question, Exact]]
LAYOUT = Layout("an audit", "audit.json", (SHARDS,), AuditError, lambda read: asdict(plan_from(read)))


@dataclass(frozen=True, eq=False)
class Invariance:
    """The test on a network and its images.

    Attributes
    ----------
    subject
        The network, and what is asked of it.
    data
        Its images.
    """

    subject: Subject
    data: "Dataset"
    stage: ClassVar[str] = "Screening in float32"

    @property
    def plan(self) -> Mapping[str, Any]:
        """The plan as plain values."""
        return asdict(self.subject.plan)

    @property
    def questions(self) -> tuple[Question, ...]:
        """One explanation under one shift each."""
        return self.subject.plan.questions

    @property
    def shards(self) -> list[str]:
        """A file for each range of images."""
        return [shard_name(images) for images in self.subject.plan.shards]

    def prepared(self) -> Iterator[Progress]:
        """Fit the patterns that the questions need, or take them out of the user's cache."""
        keys = self.subject.pattern_keys
        for done, (estimator, shift) in enumerate(keys):
            yield Progress("Fitting patterns", done, len(keys))
            self.subject.patterns(estimator, shift)
        if keys:
            yield Progress("Fitting patterns", len(keys), len(keys))

    def pieces(self, shards: Sequence[str]) -> Iterator[tuple[str, tuple[range, Images, Labels | None]]]:
        """The images of some shards, read once from the first of them to the last.

        Read shard by shard, an archive or a record file would be passed through from its beginning for each.
        """
        wanted = [images for images in self.subject.plan.shards if shard_name(images) in set(shards)]
        if not wanted:
            return
        first, last = wanted[0].start, wanted[-1].stop
        passed = [images for images in self.subject.plan.shards if first <= images.start < last]
        batches = self.data[first:last].batches(self.subject.plan.shard)
        for images, (read, labels) in zip(passed, batches, strict=True):
            if images in wanted:
                yield shard_name(images), (images, read, labels)

    def computed(self, shard: str, piece: tuple[range, Images, Labels | None]) -> Generator[Progress, None, bytes]:  # noqa: ARG002
        """The rows of a shard."""
        places, images, labels = piece
        each, total = len(self.questions), self.subject.plan.images * len(self.questions)
        yield Progress(self.stage, places.start * each, total)
        rows: Rows = []
        for found in portion_rows(self.subject, images, places.start, labels):
            rows += found
            yield Progress(self.stage, places.start * each + len(rows), total)
        return as_parquet(rows)

    def on(self, device: str) -> "Invariance":
        """The same with the network on a device."""
        return replace(self, subject=replace(self.subject, network=on_device(self.subject.network, device)))

    def merged(self, folder: RunFolder) -> Generator[Progress, None, Merged]:
        """The findings, with some images of each question explained again in float64."""
        plan, found, stage = self.subject.plan, Findings(folder, self.subject.plan), "Confirming in float64"
        known = found.confirmed
        left = [question for question in plan.questions if key_of(question) not in known]
        for done, question in enumerate(released(left), start=len(plan.questions) - len(left)):
            yield Progress(stage, done, len(plan.questions))
            if question in found.failures:
                known[key_of(question)] = {}
                continue
            known[key_of(question)], limits = self._exact(found, question)
            if limits is SINGLE:
                found.write_single([*found.single, question])
            found.write_confirmed(known)
        yield Progress(stage, len(plan.questions), len(plan.questions))
        return found, {one: _distances(known[key_of(one)]) for one in plan.questions}

    def verdicts(self, merged: Merged) -> list[Result]:
        """The verdict on every question; the table of all findings is written beside."""
        found, exact = merged
        kinds: dict[Question, Codes]
        judged, kinds = results(found, exact)
        found.merge(kinds, exact)
        return judged

    def section(self, folder: RunFolder, results: Sequence[Result]) -> Section:
        """The verdicts, the distributions of differences, and pairs of maps."""
        return section(Findings(folder, self.subject.plan), self.subject, self.data, results)

    def _exact(self, found: Findings, question: Question) -> tuple[dict[str, float | None], Limits]:
        """Place -> relative L2 in float64, of images spread evenly from the largest difference to the least."""
        table = found.column(question)
        chosen = np.sort(spread(scores_of(table)))
        if not len(chosen):
            return {}, EXACT
        targets = table.column("target").to_numpy()[chosen].astype(np.int32)
        images = np.concatenate([self.data[int(at) : int(at) + 1].images for at in chosen])
        portions = self.subject.portions(question.shift, images, chosen, targets)
        confirmed = [self.subject.confirmed(question, one) for one in portions]
        distances = np.concatenate([scores.relative_l2 for scores, _ in confirmed])
        limits = SINGLE if any(limits is SINGLE for _, limits in confirmed) else EXACT
        return {str(at): None if np.isnan(d) else float(d) for at, d in zip(chosen, distances, strict=True)}, limits


def portion_rows(subject: Subject, images: Images, first: int, labels: Labels | None = None) -> Iterator[Rows]:
    """Rows of neighbouring images, as they come: those of one question and one portion of the images at a time.

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
    places = np.arange(first, first + len(images))
    targets = targets_of(subject.network, subject.plan.target, images, labels)
    # One explanation after the other: its traced function serves all shifts, and only so many are kept.
    ordered = sorted(subject.plan.questions, key=lambda one: (list(METHODS).index(one.method), one.name))
    shared = [spec for spec, own in subject.targeted.items() if own is None]
    moved = {spec: list(subject.portions(spec, images, places, targets)) for spec in shared}
    checked = {spec: [_checked(subject, portion) for portion in portions] for spec, portions in moved.items()}
    for question in released(ordered):
        for portion, facts in zip(moved.get(question.shift, ()), checked.get(question.shift, ()), strict=True):
            yield _rows(subject, question, portion, facts)
    for spec in [spec for spec in subject.targeted if spec not in shared]:
        for portion in released(subject.portions(spec, images, places, targets)):
            facts = _checked(subject, portion)
            for question in ordered:
                if question.shift == spec:
                    yield _rows(subject, question, portion, facts)


def handed_over(network: "Callable[[], Network]", data: "Callable[[], Dataset]") -> Callable[..., Any]:
    """How workers come by the test: they load the network and the images, and read the patterns that were fitted here.

    Parameters
    ----------
    network, data
        What loads them in a worker.
    """

    def handing(work: Invariance, folder: RunFolder, place: Path) -> Callable[[], Invariance]:
        for number, key in enumerate(work.subject.pattern_keys):
            work.subject.patterns(*key).save(_patterns(place, number))
        explainers = places(work.subject.plan.explainers)
        return partial(received, network, data, folder, place, explainers)

    return handing


def received(
    network: "Callable[[], Network]",
    data: "Callable[[], Dataset]",
    folder: RunFolder,
    place: Path,
    explainers: Mapping[str, tuple[str, str, str, str]] = MappingProxyType({}),
) -> Invariance:
    """The test as a worker finds it; an `AuditError` where it sees other files or programs."""
    explainers_received(explainers)
    plan, loaded, images = plan_from(folder.plan), network(), data()
    if (found_there := provenances(tuple(plan.explainers))) != plan.explainers:
        raise AuditError(
            f"a worker with the explainers {found_there}",
            f"the plan's {dict(plan.explainers)}",
            "Install the same versions on the workers.",
        )
    found = (loaded.fingerprint, len(images))
    if found != (plan.fingerprint, plan.images):
        raise AuditError(
            f"a worker with a network {found[0][:12]} and {found[1]} images",
            f"the plan's network {plan.fingerprint[:12]} and {plan.images} images",
            "Let workers see the same files under the same paths as this machine.",
        )
    now = installed()
    if others := different(plan.versions, now):
        raise AuditError(
            f"a worker with {', '.join(f'{name} {now[name]}' for name in others)}",
            f"the plan's {', '.join(f'{name} {number}' for name, number in plan.versions.items())}",
            "Install the same versions on the workers.",
        )
    subject = Subject(plan, loaded)
    for number, key in enumerate(subject.pattern_keys):
        subject.fitted[key] = load_patterns(_patterns(place, number))
    return Invariance(subject, images)


def _patterns(place: Path, number: int) -> Path:
    return place / f"patterns-{number}.npz"


def _checked(subject: Subject, portion: Portion) -> Rows:
    """What is known of each image whatever the method: its place and target, the twin's check, and the flips."""
    twin = dict(zip(TWIN, vars(subject.check(portion)).values(), strict=True))
    columns = zip(portion.places, portion.targets, subject.flips(portion), strict=True)
    return [{"image": int(at), "target": int(target), "gate_flips": int(n), **twin} for at, target, n in columns]


def _rows(subject: Subject, question: Question, portion: Portion, facts: Rows) -> Rows:
    own = {name: getattr(question, name) for name in QUESTION}
    try:
        scores = subject.scores(question, portion, "float32").as_rows()
    except ExplainerError as error:  # a stranger's: the other methods go on
        return [{**failed_row(str(error)), **own, **known} for known in facts]
    return [{**row, **own, **known} for row, known in zip(scores, facts, strict=True)]


def _distances(known: Mapping[str, float | None]) -> Exact:
    nothing = float("nan")
    return {int(at): nothing if d is None else d for at, d in known.items()}
