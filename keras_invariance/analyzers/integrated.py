"""Integrated gradients: the gradient averaged on the straight way from a reference to the image.

Letters: x the image, r its reference, t in [0, 1] the place on the way, f the logit.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import tensorflow as tf
from jaxtyping import Float, Shaped

from ..errors import MethodError
from ..network.compiled import compiled
from .request import Request, asked, specifications
from .gradients import gradient
from .single import SinglePass


@dataclass(frozen=True, eq=False)
class IntegratedGradients:
    """(x - r) * integral of df/dx (r + t (x - r)) dt, by the trapezoid rule over `steps` intervals.

    Source: Sundararajan et al. (2017). The reference is "zero"; "black", the least value of each image, found after any
    shift as Kindermans et al. (2017) do; or an array that broadcasts to one image.
    """

    request: Request
    base: SinglePass

    def __call__(self, images: Shaped[np.ndarray, "n ..."], targets: Any = None) -> Float[np.ndarray, "n ..."]:
        """Raw maps of images, in the images' shape."""
        question = asked(self.request.network, images, targets)
        references = self.references(question.images)
        total = np.zeros_like(question.images)
        for rows, steps in blocks(len(total), self.request.options["steps"] + 1, self.request.batch_size):
            x, r, t = question.images[rows], references[rows], question.targets[rows]
            places, weights = self._rule
            total[rows] += self._sums(*map(tf.constant, (x, r, t, places[steps], weights[steps]))).numpy()
        return (question.images - references) * total

    def references(self, images: Float[np.ndarray, "n ..."]) -> Float[np.ndarray, "n ..."]:
        """The reference of each image."""
        chosen = self.request.options["reference"]
        if isinstance(chosen, str):
            least = images.min(axis=tuple(range(1, images.ndim)), keepdims=True, initial=np.inf)
            return np.broadcast_to(least if chosen == "black" else np.zeros_like(least), images.shape)
        given = np.asarray(chosen, images.dtype)
        try:
            return np.broadcast_to(np.broadcast_to(given, images.shape[1:]), images.shape)
        except ValueError as error:
            raise MethodError(
                f"a reference of shape {given.shape}",
                f"an array that broadcasts to one image of shape {images.shape[1:]}",
                "Give one reference image, or 'zero' or 'black'.",
            ) from error

    def completeness_gap(self, images: Shaped[np.ndarray, "n ..."], targets: Any = None) -> Float[np.ndarray, " n"]:
        """|sum of the map - (f(x) - f(r))| for each image: zero for exact integration."""
        question = asked(self.request.network, images, targets)
        maps = self(question.images, question.targets)
        rows = np.arange(len(maps))
        logits = [self.request.network(side)[rows, question.targets] for side in (question.images, self.references(question.images))]
        return np.abs(maps.reshape(len(maps), -1).sum(axis=1) - (logits[0] - logits[1]))

    @property
    def _rule(self) -> tuple[Float[np.ndarray, " k"], Float[np.ndarray, " k"]]:
        """The trapezoid rule: steps + 1 places, the two ends with half the weight, all weights summing to 1."""
        steps = self.request.options["steps"]
        weights = np.full(steps + 1, 1.0 / steps)
        weights[[0, -1]] /= 2
        dtype = self.request.network.dtype
        return np.linspace(0.0, 1.0, steps + 1).astype(dtype), weights.astype(dtype)

    @cached_property
    def _sums(self) -> Any:
        images, targets = specifications(self.request.network)
        numbers = tf.TensorSpec((None,), images.dtype)
        return compiled(self._traced, [images, images, targets, numbers, numbers], xla=self.request.xla)

    def _traced(self, x: tf.Tensor, r: tf.Tensor, targets: tf.Tensor, t: tf.Tensor, weights: tf.Tensor) -> tf.Tensor:
        """The weighted sum over some places of the gradients of images there."""
        along = tf.reshape(t, (-1, *[1] * x.shape.rank))
        rows = tf.reshape(r + along * (x - r), tf.concat([[-1], tf.shape(x)[1:]], axis=0))
        rows = tf.ensure_shape(rows, (None, *x.shape[1:]))
        gradients = self.base.traced(rows, tf.tile(targets, tf.shape(t)))
        by_place = tf.reshape(gradients, tf.concat([tf.shape(t), tf.shape(x)], axis=0))
        return tf.tensordot(weights, by_place, axes=1)


def integrated_gradients(request: Request) -> IntegratedGradients:
    """The analyzer that a request asks for."""
    return IntegratedGradients(request, gradient(request))


def blocks(images: int, steps: int, batch_size: int) -> list[tuple[slice, slice]]:
    """The image x step rectangle cut into pieces of at most `batch_size` rows."""
    tall = max(1, min(images, batch_size))
    wide = max(1, batch_size // tall)
    return [
        (slice(first, first + tall), slice(start, start + wide))
        for first in range(0, images, tall)
        for start in range(0, steps, wide)
    ]
