"""Estimates: how long an audit's slow methods will take, measured on its first images before the work begins."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter

import numpy as np

from ...arrays import Images
from ...comparison.confirmation import CONFIRMED
from ...errors import ExplainerError
from ...methods.catalogue import METHODS
from ...runs import Progress
from .questions import Question
from .subject import Subject

BATCH = 2
"""How many images an estimate is measured on."""

STAGE = "Timing slow methods"


@dataclass(frozen=True)
class Estimate(Progress):
    """How long a method will take in this process.

    Attributes
    ----------
    method
        Its name.
    seconds
        For all questions that are asked of it and all images that are left.
    """

    method: str = ""
    seconds: float = 0.0


def slow_questions(questions: Sequence[Question]) -> Mapping[str, list[Question]]:
    """Each method that may take long, slow or somebody else's, with its questions."""
    asked = dict.fromkeys(one.method for one in questions)
    names = [name for name in asked if METHODS[name].slow or METHODS[name].function is not None]
    return {name: [one for one in questions if one.method == name] for name in names}


def estimates(subject: Subject, images: Images, left: int) -> Iterator[Progress]:
    """An `Estimate` for each method that may take long, as soon as it is measured.

    Both maps of a few images are computed twice, and the second time is taken. A map in float64 counts as two. A method
    that fails has no estimate: its rows will say why.

    Parameters
    ----------
    subject
        The network, and what is asked of it.
    images
        The first of network 1's images, at least one; `BATCH` of them are enough. [n, *input_shape]
    left
        How many images are left to explain.
    """
    asked = slow_questions(subject.plan.questions)
    for done, (method, questions) in enumerate(asked.items()):
        yield Progress(STAGE, done, len(asked))
        try:
            each = _seconds_per_image(subject, questions[0], images)
        except ExplainerError:
            continue
        confirmed = min(CONFIRMED, subject.plan.images)
        yield Estimate(STAGE, done + 1, len(asked), method, each * len(questions) * (left + 2 * confirmed))


def _seconds_per_image(subject: Subject, question: Question, images: Images) -> float:
    """For both maps of one image and their scores, as a shard computes them."""
    targets = subject.network.targets(images)
    portion = next(subject.portions(question.shift, images, np.arange(len(images)), targets))
    subject.scores(question, portion, "float32")
    begin = perf_counter()
    subject.scores(question, portion, "float32")
    return (perf_counter() - begin) / len(portion.images)


def spelled_time(seconds: float) -> str:
    """A length of time as one says it: "about 40 s", "about 12 min", "about 3.5 h"."""
    if seconds < 90:
        return f"about {max(1, round(seconds))} s"
    return f"about {round(seconds / 60)} min" if seconds < 90 * 60 else f"about {seconds / 3600:.1f} h"
