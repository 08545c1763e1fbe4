"""A question asked of some images: the network and its twin, both inputs, and what each is told."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from jaxtyping import Float

import keras_invariance as ki

from ..arrays import Images, Targets
from ..scores import Scores
from ..shifts import Shift, parse
from ..verdicts import FloatType, Pair, TwinCheck, twin_check
from .plan import Plan, Question

if TYPE_CHECKING:
    from ..network import Network


@dataclass(frozen=True, eq=False)
class Subject:
    """A network under audit.

    Attributes
    ----------
    plan
        What is asked.
    network
        Network 1.
    """

    plan: Plan
    network: "Network"

    @cached_property
    def shifts(self) -> Mapping[str, Shift]:
        """The shifts by their spelling."""
        return {spec: parse(spec) for spec in dict.fromkeys(one.shift for one in self.plan.questions)}

    @cached_property
    def twins(self) -> Mapping[str, "Network"]:
        """The twin for each shift."""
        return {spec: ki.shifted_twin(self.network, shift) for spec, shift in self.shifts.items()}

    def pair(self, question: Question, images: Images, targets: Targets) -> Pair:
        """The question's pair for some images [n, *input_shape]."""
        m, twin = self.values(question.shift), self.twins[question.shift]
        x = images.astype(np.float64)
        told = self.plan.options_of(question)
        both = tuple({**told, **self._reference(question, number)} for number in (1, 2))
        return Pair((self.network.beside(twin), twin), (x, x + m), question.method, (both[0], both[1]), targets)

    def values(self, shift: str) -> Float[np.ndarray, "*input"]:
        """A shift's m, float64."""
        return np.asarray(self.shifts[shift].values(self.network.input_shape), np.float64)

    def check(self, shift: str, images: Images, targets: Targets) -> TwinCheck:
        """How far the network and the twin for a shift agree on some images."""
        return twin_check(self.pair(Question(shift, "gradient"), images, targets), self.values(shift))

    def _reference(self, question: Question, number: int) -> dict[str, Any]:
        if question.reference != "transformed":
            return {"reference": question.reference} if question.reference else {}
        return {"reference": "zero" if number == 1 else self.values(question.shift)}


def scored(pair: Pair, dtype: FloatType) -> Scores:
    """The pair's scores; where memory runs out, again with half as many rows at a time.

    Raises
    ------
    tf.errors.ResourceExhaustedError
        One row at a time is too much.
    """
    import tensorflow as tf

    rows = pair.options[0].get("batch_size")
    try:
        return pair.scores(dtype)
    except tf.errors.ResourceExhaustedError:
        if rows == 1:
            raise
    return scored(pair.told(batch_size=max(1, (rows or 2 * len(pair.targets)) // 2)), dtype)
