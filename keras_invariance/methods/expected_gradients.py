"""Expected gradients: integrated gradients averaged over the images of a background, both means by drawing.

Letters: x the image, r a background image, t in [0, 1] a place on the way from it, f the logit; k draws, b background
images, n images.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import tensorflow as tf
from jaxtyping import Float, Int, Shaped

from ..network.execution.compiled import compiled
from .averages import maps_at
from .backgrounds import background_of
from .draws import generator, keys_of
from .gradients import gradient
from .integrated_gradients import blocks
from .request import CheckedInputs, Origin, Request, analyzer_line, checked_inputs, shared, specifications
from .single_pass import SinglePass


@dataclass(frozen=True, eq=False)
class ExpectedGradients:
    """The mean over `samples` draws of (x - r) * df/dx (r + t (x - r)), r of the background and t in [0, 1] at random.

    A map's sum is an estimate of f(x) less the background's mean logit. The draws depend on the seed alone, so that a
    network and its twin, and an image alone or in a batch, meet the same; `keys` gives each image draws of its own.
    Source: Erion et al. (2021).
    """

    request: Request
    base: SinglePass
    background: Float[np.ndarray, "b ..."]

    def __repr__(self) -> str:
        return analyzer_line(self.request)

    def __call__(
        self,
        images: Shaped[np.ndarray, "n ..."],
        targets: Any = None,
        *,
        keys: Shaped[np.ndarray, " n"] | None = None,
        origin: Origin | None = None,
    ) -> Float[np.ndarray, "n ..."]:
        """Raw maps of images, in the images' shape. Images with the same key meet the same draws."""
        question = checked_inputs(self.request.network, images, targets, origin)
        given = keys_of(keys, len(question.images))
        total, samples = np.zeros(question.images.shape, np.float64), self.request.options["samples"]
        for rows, draws in blocks(len(total), samples, self.request.batch_size):
            total[rows] += self._sum(question.part(rows), *self.draws(given[rows], draws))
        return (total / samples).astype(question.images.dtype)

    def draws(
        self, keys: Shaped[np.ndarray, " n"], draws: slice
    ) -> tuple[Int[np.ndarray, "k _"], Float[np.ndarray, "k _"]]:
        """Numbers of background images, and places on the way; [draws, images], or [draws, 1] if all share a key."""
        first, last, _ = draws.indices(self.request.options["samples"])
        distinct, places = np.unique(keys, return_inverse=True)
        drawn = [[self._draw(int(key), draw) for key in distinct] for draw in range(first, last)]
        numbers, along = (np.array([[one[side] for one in row] for row in drawn]) for side in (0, 1))
        return (numbers, along) if len(distinct) == 1 else (numbers[:, places], along[:, places])

    def _draw(self, key: int, draw: int) -> tuple[int, float]:
        drawn = generator(self.request.options["seed"], key, draw)
        return int(drawn.integers(len(self.background))), float(drawn.random())

    def _sum(
        self, part: CheckedInputs, numbers: Int[np.ndarray, "k _"], along: Float[np.ndarray, "k _"]
    ) -> Float[np.ndarray, "n ..."]:
        drawn = numbers.astype(np.int32), along.astype(part.images.dtype)
        found: Float[np.ndarray, "n ..."] = self._sums(*part.tensors(*drawn, moved=[self.background])).numpy()
        return found

    @cached_property
    def _sums(self) -> Any:
        network, xla = self.request.network, self.request.xla
        numbers, along = (tf.TensorSpec((None, None), kind) for kind in (tf.int32, network.dtype))
        background = tf.TensorSpec((None, *network.input_shape), network.dtype)
        given = specifications(network, numbers, along, moved=[background])
        return shared(network, ("expected gradients", xla), lambda: compiled(self._traced, given, xla=xla))

    def _traced(
        self,
        x: tf.Tensor,
        targets: tf.Tensor,
        numbers: tf.Tensor,
        along: tf.Tensor,
        background: tf.Tensor,
        *before: tf.Tensor,
    ) -> tf.Tensor:
        """The sum over some draws of traced images; `before` the shift stood the images and the background."""
        r = tf.gather(background, numbers)
        points = _between(r, x, along)
        unshifted = None
        if before:
            x_before, some = before
            count = tf.shape(x_before)[0]  # none of them where the network decides by itself
            unmoved = tf.concat([some, background[tf.shape(some)[0] :]], axis=0)
            unshifted = _between(tf.gather(unmoved, numbers[:, :count]), x_before, along[:, :count])
        return tf.reduce_sum((x - r) * maps_at(self.base, points, targets, unshifted), axis=0)


def _between(r: tf.Tensor, x: tf.Tensor, along: tf.Tensor) -> tf.Tensor:
    """The points r + t (x - r). [k, n, ...]."""
    t = tf.reshape(along, tf.concat([tf.shape(along), tf.ones(x.shape.rank - 1, tf.int32)], axis=0))
    return r + t * (x - r)


def expected_gradients(request: Request) -> ExpectedGradients:
    """The analyzer that a request asks for."""
    return ExpectedGradients(request, gradient(request), background_of(request))
