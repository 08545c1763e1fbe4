"""Integrated gradients: the gradient averaged on the straight way from a reference to the image.

The mean is taken at the middles of equal intervals. The trapezoid rule would also look at the reference itself, where
every place of a picture reads the same number: there pools tie everywhere and, without biases, every ReLU stands on its
kink, so that rounding chooses the derivative. The midpoint rule needs a point less, and its error is half as large.

Letters: x the image, r its reference, t in [0, 1] the place on the way, f the logit.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import tensorflow as tf
from jaxtyping import Float, Int, Shaped

from ..network.execution.compiled import compiled
from .averages import maps_at, weighted_at
from .gradients import gradient
from .references import completeness_gap, references_for
from .refinement import Refined, refined
from .request import CheckedInputs, Origin, Request, analyzer_line, checked_inputs, shared, specifications
from .single_pass import SinglePass


@dataclass(frozen=True, eq=False)
class IntegratedGradients:
    """(x - r) * integral of df/dx (r + t (x - r)) dt, by the midpoint rule over `steps` intervals.

    Source: Sundararajan et al. (2017). The reference is "zero"; "black", the least value of each image, found after any
    shift as Kindermans et al. (2017) do; or an array that broadcasts to one image. With `steps="auto"` each image gets
    as many as it needs (`refinement`).
    """

    request: Request
    base: SinglePass

    def __repr__(self) -> str:
        return analyzer_line(self.request)

    def __call__(
        self,
        images: Shaped[np.ndarray, "n ..."],
        targets: Any = None,
        *,
        origin: Origin | None = None,
    ) -> Float[np.ndarray, "n ..."]:
        """Raw maps of images, in the images' shape."""
        if self.request.options["steps"] == "auto":
            return self.refined(images, targets, origin=origin).maps
        question = checked_inputs(self.request.network, images, targets, origin)
        references = self.references(question.images)
        places, weights = self._rule
        return (question.images - references) * self._total(question, references, places, weights)

    def refined(
        self, images: Shaped[np.ndarray, "n ..."], targets: Any = None, *, origin: Origin | None = None
    ) -> Refined:
        """Maps by as many steps as each image needs to be complete within `tolerance`, and how many those were."""
        question = checked_inputs(self.request.network, images, targets, origin)
        ends = question.images, self.references(question.images)
        logits = [self.request.network(side)[np.arange(len(side)), question.targets] for side in ends]

        def added(rows: Int[np.ndarray, " k"], places: Float[np.ndarray, " s"]) -> Float[np.ndarray, "k ..."]:
            along = places.astype(question.images.dtype)
            return self._total(question.part(rows), ends[1][rows], along, np.ones_like(along))

        return refined(added, ends[0] - ends[1], logits[0] - logits[1], self.request.options["tolerance"])

    def _total(
        self,
        question: CheckedInputs,
        references: Float[np.ndarray, "n ..."],
        places: Float[np.ndarray, " k"],
        weights: Float[np.ndarray, " k"],
    ) -> Float[np.ndarray, "n ..."]:
        """The weighted sum of gradients at some places on each image's way."""
        total = np.zeros_like(question.images)
        for rows, steps in blocks(len(total), len(places), self.request.batch_size):
            given = question.part(rows).tensors(places[steps], weights[steps], moved=[references[rows]])
            total[rows] += self._sums(*given).numpy()
        return total

    def references(self, images: Float[np.ndarray, "n ..."]) -> Float[np.ndarray, "n ..."]:
        """The reference of each image."""
        return references_for(self.request.options["reference"], images)

    def completeness_gap(self, images: Shaped[np.ndarray, "n ..."], targets: Any = None) -> Float[np.ndarray, " n"]:
        """|sum of the map - (f(x) - f(r))| for each image: zero for exact integration."""
        question = checked_inputs(self.request.network, images, targets)
        ends = question.images, self.references(question.images)
        return completeness_gap(self.request.network, self(*ends[:1], question.targets), ends, question.targets)

    @property
    def _rule(self) -> tuple[Float[np.ndarray, " k"], Float[np.ndarray, " k"]]:
        """The midpoint rule: the middles of equal intervals, all with the same weight."""
        steps, dtype = self.request.options["steps"], self.request.network.dtype
        return ((np.arange(steps) + 0.5) / steps).astype(dtype), np.full(steps, 1.0 / steps, dtype)

    @cached_property
    def _sums(self) -> Any:
        network, xla = self.request.network, self.request.xla
        references = tf.TensorSpec((None, *network.input_shape), network.dtype)
        numbers = tf.TensorSpec((None,), network.dtype)
        given = specifications(network, numbers, numbers, moved=[references])
        return shared(
            self.request.network, ("integrated gradients", xla), lambda: compiled(self._traced, given, xla=xla)
        )

    def _traced(
        self, x: tf.Tensor, targets: tf.Tensor, t: tf.Tensor, weights: tf.Tensor, r: tf.Tensor, *before: tf.Tensor
    ) -> tf.Tensor:
        """The weighted sum over some places of the gradients of images there; `before` the shift stood x and r."""
        stem = self.base.stem
        x_before, r_before = before or (None, None)
        if stem is None:
            places = _between(r_before, x_before, t) if before else None
            return tf.tensordot(weights, maps_at(self.base, _between(r, x, t), targets, places), axes=1)
        ends = zip(stem.preactivations(r, r_before), stem.preactivations(x, x_before), strict=True)
        points = [_between(first, last, t) for first, last in ends]
        return weighted_at(self.base, stem, x, points, targets, weights)


def _between(first: tf.Tensor, last: tf.Tensor, t: tf.Tensor) -> tf.Tensor:
    """The points [k, n, ...] at some places on the way from one tensor to another."""
    along = tf.reshape(t, tf.concat([tf.shape(t), tf.ones(first.shape.rank, tf.int32)], axis=0))
    return first + along * (last - first)


def integrated_gradients(request: Request) -> IntegratedGradients:
    """The analyzer that a request asks for."""
    return IntegratedGradients(request, gradient(request))


def blocks(images: int, points: int, batch_size: int) -> list[tuple[slice, slice]]:
    """The image x point rectangle in pieces of at most `batch_size` rows, an image's points together if they fit."""
    wide = max(1, min(points, batch_size))
    tall = max(1, batch_size // wide)
    return [
        (slice(first, first + tall), slice(start, start + wide))
        for first in range(0, images, tall)
        for start in range(0, points, wide)
    ]
