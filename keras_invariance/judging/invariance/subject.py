"""A question asked of some images: the network and its twin, both inputs, and what each is told.

Patterns are fitted in float64, to data that were shifted in float64: so a twin's patterns differ from network 1's by
what the estimator does to a shift, and not by rounding. Noise is keyed by the seed, the image's place in its data set
and the draw: neighbours meet different noise, and shards of any size the same.
"""

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from jaxtyping import Float, Int

from ...arrays import Images, Maps, Targets
from ...comparison.confirmation import Limits
from ...comparison.gate_flips import gate_flips
from ...comparison.pairs import FloatType, Pair, TwinCheck, twin_check
from ...comparison.scores import Scores, compare
from ...comparison.strangers import confirmed_maps
from ...datasets import Dataset, load
from ...datasets.reshaped import reshaped
from ...encodings.shifts import parse
from ...encodings.targeted import TargetedShift, targeted_shift
from ...errors import AuditError
from ...methods.backgrounds import background_images
from ...methods.catalogue import METHODS
from ...patterns import fit_estimators
from ...twins import shifted_twin
from .plan import Plan
from .questions import Question, needs_background

if TYPE_CHECKING:
    from ...network import Network
    from ...patterns import Patterns

T = TypeVar("T")
_RELEASED = 8
PatternKey = tuple[str, str]
"""The estimator, and the shift whose data the patterns were refitted to; empty for network 1's own."""


@dataclass(frozen=True, eq=False)
class Portion:
    """Some images that are moved alike.

    Attributes
    ----------
    places
        Where they stand in their data set. [n]
    images
        Network 1's images. [n, *input_shape]
    targets
        The explained logits. [n]
    m
        What is added to each of them, float64.
    twin
        The twin for that.
    """

    places: Int[np.ndarray, " n"]
    images: Images
    targets: Targets
    m: Float[np.ndarray, "*input"]
    twin: "Network"


@dataclass(frozen=True, eq=False)
class Subject:
    """A network under audit.

    Attributes
    ----------
    plan
        What is asked.
    network
        Network 1.
    patterns_data
        What the plan's patterns are fitted to; read by its spelling where it is not given.
    fitted
        The patterns that are there already.
    """

    plan: Plan
    network: "Network"
    patterns_data: "Dataset | None" = None
    fitted: dict[PatternKey, "Patterns"] = field(default_factory=dict, repr=False)

    @cached_property
    def targeted(self) -> Mapping[str, TargetedShift | None]:
        """Each shift's spelling -> its targeted shift, or None where all images share it."""
        return {spec: targeted_shift(spec) for spec in self.plan.shifts}

    @cached_property
    def twins(self) -> Mapping[str, "Network"]:
        """The twin for each shift that all images share."""
        shared = [spec for spec, own in self.targeted.items() if own is None]
        return {spec: shifted_twin(self.network, parse(spec)) for spec in shared}

    def values(self, shift: str) -> Float[np.ndarray, "*input"]:
        """The m of a shift that all images share, float64."""
        return np.asarray(parse(shift).values(self.network.input_shape), np.float64)

    def portions(
        self, shift: str, images: Images, places: Int[np.ndarray, " n"], targets: Targets
    ) -> Iterator[Portion]:
        """The images in portions that are moved alike: all at once, or each by itself where each has its own shift."""
        own = self.targeted[shift]
        if own is None:
            yield Portion(places, images, targets, self.values(shift), self.twins[shift])
            return
        for at, (image, target) in enumerate(zip(images, targets, strict=True)):
            m, one = own.values(self.network, image, int(target)), slice(at, at + 1)
            yield Portion(places[one], images[one], targets[one], m, shifted_twin(self.network, m))

    def pair(self, question: Question, portion: Portion) -> Pair:
        """The question's pair for a portion."""
        x, twin = portion.images.astype(np.float64), portion.twin
        both = tuple(self._options(question, portion.m, number) for number in (1, 2))
        networks = self.network.beside(twin), twin
        return Pair(networks, (x, x + portion.m), question.method, (both[0], both[1]), portion.targets)

    def scores(self, question: Question, portion: Portion, dtype: FloatType) -> Scores:
        """The scores of both networks' maps."""
        return self._asked(partial(_scores, self.pair(question, portion), portion, dtype), portion, dtype)

    def confirmed(self, question: Question, portion: Portion) -> tuple[Scores, Limits]:
        """The scores of both networks' maps as they are confirmed, and what counts as rounding in them."""
        return self._asked(partial(_confirmed, self.pair(question, portion), portion), portion, "float64")

    def maps(self, question: Question, portion: Portion, dtype: FloatType) -> tuple[Maps, Maps]:
        """Both networks' raw maps; methods that draw noise draw it for each image by its place."""
        return self.pair(question, portion).maps(dtype, portion.places)

    def confirmed_maps(self, question: Question, portion: Portion) -> tuple[Maps, Maps]:
        """Both networks' raw maps as they are confirmed, in float64 where the method computes in it."""
        return self._asked(partial(_confirmed_maps, self.pair(question, portion), portion), portion, "float64")

    def _asked(self, ask: Callable[[int | None], T], portion: Portion, dtype: FloatType) -> T:
        """What is asked of a portion, fewer rows at a time where memory runs out."""
        return with_less_memory(ask, min(len(portion.targets), half_batch(self.network.astype(dtype))))

    def check(self, portion: Portion) -> TwinCheck:
        """How far the network and the twin agree on a portion."""
        return twin_check(self.pair(Question("", "gradient"), portion), portion.m)

    def flips(self, portion: Portion) -> Int[np.ndarray, " n"]:
        """For each image how many gates differ between both networks. [n]."""
        pair = self.pair(Question("", "gradient"), portion)
        return gate_flips(pair.networks, (pair.images[0].astype(np.float32), pair.images[1].astype(np.float32)))

    def patterns(self, estimator: str, shift: str = "") -> "Patterns":
        """Network 1's patterns, or those of the twin for a shift, refitted to the shifted data; fitted once."""
        if (estimator, shift) not in self.fitted:
            data, network = self._data, (self.twins[shift] if shift else self.network).astype("float64")
            if shift:
                data = data.shifted(self.values(shift), dtype="float64")
            together = ("linear",) if estimator == "linear" else ("published", "positive")
            centre = "neuron" if self.plan.patterns is None else self.plan.patterns.centre
            found = fit_estimators(network, data, together, centre=centre)
            self.fitted.update({(name, shift): patterns for name, patterns in found.items()})
        return self.fitted[estimator, shift]

    @cached_property
    def pattern_keys(self) -> list[PatternKey]:
        """The patterns that the questions need."""
        needed = [one for one in self.plan.questions if one.estimator]
        keys = [("", one) for one in needed] + [(one.shift, one) for one in needed if one.fit == "refitted"]
        return list(dict.fromkeys((one.estimator, shift) for shift, one in keys))

    @cached_property
    def _data(self) -> "Dataset":
        fitted_to = self.plan.patterns
        if fitted_to is None:
            raise TypeError("a plan without patterns has no question that needs them")
        data = self.patterns_data
        if data is None:
            shape = self.network.input_shape
            pictured = len(shape) == 3 and shape[-1] in (1, 3)
            data = reshaped(load(fitted_to.data, size=shape if pictured else None), shape)
        if data.fingerprint != fitted_to.fingerprint:
            raise AuditError(
                f"{fitted_to.data}, which is not what it was", "the data that the plan names", "Bring them back."
            )
        return data

    def _options(self, question: Question, m: Float[np.ndarray, "*input"], number: int) -> dict[str, Any]:
        told = self.plan.options_of(question.method)
        if needs_background(question.method):
            told["background"] = self._background(question, m, number)
        elif question.reference == "transformed":
            told[METHODS[question.method].reference] = "zero" if number == 1 else m
        elif question.reference:
            told[METHODS[question.method].reference] = question.reference
        if "low" in told and number == 2:
            told |= self._moved_box(question.shift, m, told)
        if question.estimator:
            own = question.shift if question.fit == "refitted" and number == 2 else ""
            told["patterns"] = self.patterns(question.estimator, own)
        return told

    def _background(
        self, question: Question, m: Float[np.ndarray, "*input"], number: int
    ) -> Float[np.ndarray, "b *input"]:
        """The background of a network, float64: moved by m for the twin where the question says so."""
        chosen = self.plan.options_of(question.method)["background"]
        images = background_images(chosen, self.network.input_shape).astype(np.float64)
        return images + m if question.reference == "transformed" and number == 2 else images

    def _moved_box(self, shift: str, m: Float[np.ndarray, "*input"], told: Mapping[str, Any]) -> dict[str, Any]:
        """Network 2's range of pixels: moved by m, or by as much as a targeted shift may move any pixel."""
        own = self.targeted[shift]
        if own is not None:
            return {"low": told["low"] - own.clip, "high": told["high"] + own.clip}
        return {"low": told["low"] + m, "high": told["high"] + m}


def _scores(pair: Pair, portion: Portion, dtype: FloatType, rows: int | None) -> Scores:
    return compare(*_told(pair, rows).maps(dtype, portion.places), not_finite="apart")


def _confirmed_maps(pair: Pair, portion: Portion, rows: int | None) -> tuple[Maps, Maps]:
    return confirmed_maps(_told(pair, rows), portion.places)[0]


def _confirmed(pair: Pair, portion: Portion, rows: int | None) -> tuple[Scores, Limits]:
    maps, limits = confirmed_maps(_told(pair, rows), portion.places)
    return compare(*maps, not_finite="apart"), limits


def with_less_memory(ask: Callable[[int | None], T], fewer: int) -> T:
    """What `ask` returns, told nothing; where memory runs out, told to compute `fewer` rows at a time, then half of it.

    A tensor that the system has no room for is an error of TensorFlow's, an array one of NumPy's.

    Raises
    ------
    tf.errors.ResourceExhaustedError, MemoryError
        One row at a time is too much.
    """
    import tensorflow as tf

    rows: int | None = None
    while True:
        try:
            return ask(rows)
        except (tf.errors.ResourceExhaustedError, MemoryError):
            if rows == 1:
                raise
        rows = fewer if rows is None else max(1, rows // 2)


def half_batch(network: "Network") -> int:
    """Half of the rows that an analyzer computes at a time where it is told nothing."""
    from ...methods.request import default_batch_size

    return max(1, default_batch_size(network, network.units) // 2)


def released(items: Iterable[T]) -> Iterator[T]:
    """The items, what they left in memory released after every eighth.

    A traced function is a cycle with the kernels that it captured, and Python counts its few objects as little: left to
    itself it holds gigabytes before it looks for cycles.
    """
    for number, item in enumerate(items, start=1):
        yield item
        if number % _RELEASED == 0:
            gc.collect()


def _told(pair: Pair, rows: int | None) -> Pair:
    return pair if rows is None else pair.told(batch_size=rows)
