"""Notes on patterns: what each estimator means for a shift, what came out, and which neurons have none of their own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...patterns import Patterns
from .questions import Question
from .results import Result
from .subject import Subject

MEANING: Mapping[str, str] = {
    "published": (
        "The formula as printed, which takes the mean of a neuron's output over all samples. Adding m to the data adds "
        "m times (its mean where it is active less its mean) to the pattern: refitted to shifted data, it is not "
        "invariant."
    ),
    "positive": (
        "The true covariance over the samples in which a neuron is active. Refitted, it is invariant for dense layers, "
        "and for unpadded convolutions under one number for all pixels; pooled over the positions of a padded "
        "convolution, or under a shift that differs by pixel, it is not."
    ),
    "linear": "The covariance over all samples, made for neurons without an activation behind them.",
}


@dataclass(frozen=True)
class Note:
    """What there is to say of one estimator.

    Attributes
    ----------
    estimator, meaning
        Its name, and what it means for a shift.
    explanations
        What was asked with its patterns.
    silent
        In one sentence, how many neurons have no pattern of their own.
    layers
        How many in which layer.
    """

    estimator: str
    meaning: str
    explanations: tuple[Question, ...]
    silent: str
    layers: tuple[str, ...]


def pattern_notes(subject: Subject, results: Sequence[Result]) -> list[Note]:
    """A note for each estimator that was asked."""
    estimators = dict.fromkeys(result.question.estimator for result in results if result.question.estimator)
    return [
        Note(name, MEANING[name], _of(name, results), *silent_neurons(subject.patterns(name))) for name in estimators
    ]


def silent_neurons(patterns: Patterns) -> tuple[str, tuple[str, ...]]:
    """How many neurons have no pattern of their own, in a sentence, and how many in which layer."""
    pairs = zip(patterns.names, patterns.silent, strict=True)
    layers = tuple(f"{len(neurons)} in {name}" for name, neurons in pairs if neurons)
    if not layers:
        return "Every neuron has a pattern of its own.", ()
    count = sum(map(len, patterns.silent))
    rule = "w / |w|\N{SUPERSCRIPT TWO}"
    where = f"{len(layers)} of {len(patterns.names)} layers"
    return f"{count} neurons in {where} were hardly ever active or show no signal: their pattern is {rule}.", layers


def _of(estimator: str, results: Sequence[Result]) -> tuple[Question, ...]:
    """What was asked with an estimator's patterns, once whatever the shift."""
    own = [result.question for result in results if result.question.estimator == estimator]
    return tuple({one.name: one for one in own}.values())
