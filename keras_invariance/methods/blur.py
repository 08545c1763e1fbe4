"""Blur integrated gradients: the gradient summed on the way from a blurred picture to the picture itself.

The reference is found in the picture, so that there is none to choose: what fades last is what is coarse.

Letters: x the picture, B_s x the picture blurred with standard deviation s, f the logit; k steps, n pictures.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import tensorflow as tf
from jaxtyping import Float, Shaped

from ..errors import MethodError
from ..network.execution.compiled import compiled
from .averages import maps_at
from .gradients import gradient
from .integrated_gradients import blocks
from .references import completeness_gap
from .request import CheckedInputs, Origin, Request, analyzer_line, checked_inputs, shared
from .single_pass import SinglePass

REACH = 4.0
"""How many standard deviations a blur reaches."""
ROUNDINGS = 64.0
"""Up to so many units of rounding of a shift, what blurring changes in it is none: blurring keeps a constant."""


@dataclass(frozen=True, eq=False)
class BlurIntegratedGradients:
    """The sum over steps of df/dx (B_{s_k+1/2} x) * (B_{s_k+1} x - B_{s_k} x), s_k = blur * ((steps - k) / steps)^2.

    Blurs are Gaussian, `blur` pixels at the start and none at the end, and pictures go on behind their borders as in a
    mirror. A map sums to f(x) - f(B x) as far as the steps suffice. Source: Xu, Venugopalan & Sundararajan (2020).
    """

    request: Request
    base: SinglePass

    def __repr__(self) -> str:
        return analyzer_line(self.request)

    def __call__(
        self,
        images: Shaped[np.ndarray, "n h w c"],
        targets: Any = None,
        *,
        origin: Origin | None = None,
    ) -> Float[np.ndarray, "n h w c"]:
        """Raw maps of pictures, in their shape."""
        question = checked_inputs(self.request.network, images, targets, origin)
        total = np.zeros(question.images.shape, np.float64)
        for rows, steps in blocks(len(total), self.request.options["steps"], self.request.batch_size):
            total[rows] += self._sum(question.part(rows), steps)
        return total.astype(question.images.dtype)

    def completeness_gap(self, images: Shaped[np.ndarray, "n h w c"], targets: Any = None) -> Float[np.ndarray, " n"]:
        """|sum of the map - (f(x) - f(B x))| for each picture: zero for enough steps."""
        question = checked_inputs(self.request.network, images, targets)
        start = self._blurred(question.images, slice(0, 1))[0].astype(question.images.dtype)
        maps = self(question.images, question.targets)
        return completeness_gap(self.request.network, maps, (question.images, start), question.targets)

    def _sum(self, part: CheckedInputs, steps: slice) -> Float[np.ndarray, "n h w c"]:
        first, last, _ = steps.indices(self.request.options["steps"])
        points = self._blurred(part.images, slice(2 * first + 1, 2 * last, 2))
        ends = self._blurred(part.images, slice(2 * first, 2 * last + 1, 2))
        given = [points, ends[1:] - ends[:-1]]
        if part.follows:
            given.append(points[:, :0] if part.origin is None else self._before(part.origin, first, last))
        tensors = [tf.constant(array.astype(part.images.dtype)) for array in given]
        found: Float[np.ndarray, "n h w c"] = self._sums(tf.constant(part.targets), *tensors).numpy()
        return found

    def _before(self, origin: Origin, first: int, last: int) -> Float[np.ndarray, "k n h w c"]:
        """A twin's points before the shift m, B x - m: the blurred pictures of before, and what blurring makes of m."""
        middles = slice(2 * first + 1, 2 * last, 2)
        m = np.broadcast_to(origin.m, self.request.network.input_shape)[np.newaxis]
        change = self._blurred(m, middles) - m
        real = np.abs(change) > ROUNDINGS * np.finfo(np.float64).eps * np.abs(m).max()
        return self._blurred(origin.images, middles) + np.where(real, change, 0.0)

    def _blurred(self, images: Float[np.ndarray, "n h w c"], places: slice) -> Float[np.ndarray, "k n h w c"]:
        """The pictures at some of the ends and middles of the steps, float64."""
        high, wide = (matrices[places] for matrices in self._matrices)
        return np.einsum("kij,knjwc->kniwc", high, np.einsum("kvw,njwc->knjvc", wide, images.astype(np.float64)))

    @cached_property
    def _matrices(self) -> tuple[Float[np.ndarray, "k h h"], Float[np.ndarray, "k w w"]]:
        """The blurs along both axes, at the ends and the middles of all steps in turn."""
        count = 2 * self.request.options["steps"]
        deviations = self.request.options["blur"] * (np.arange(count, -1, -1) / count) ** 2
        high, wide = (
            np.stack([blur_matrix(size, one) for one in deviations]) for size in self.request.network.input_shape[:2]
        )
        return high, wide

    @cached_property
    def _sums(self) -> Any:
        network, xla = self.request.network, self.request.xla
        points = tf.TensorSpec((None, None, *network.input_shape), network.dtype)
        given = [tf.TensorSpec((None,), tf.int32), *[points] * (3 if network.graph.cuts else 2)]
        return shared(network, ("blur", xla), lambda: compiled(self._traced, given, xla=xla))

    def _traced(
        self, targets: tf.Tensor, points: tf.Tensor, changes: tf.Tensor, before: tf.Tensor | None = None
    ) -> tf.Tensor:
        """The sum over some steps; `before` the shift stood the points."""
        return tf.reduce_sum(changes * maps_at(self.base, points, targets, before), axis=0)


def blur_matrix(size: int, deviation: float) -> Float[np.ndarray, "h h"]:
    """The Gaussian blur of a line of pixels that is mirrored at its ends, (a b c | c b a), as a matrix. [out, in]."""
    if not deviation:
        return np.eye(size)
    reach = int(np.ceil(REACH * deviation))
    offsets = np.arange(-reach, reach + 1)
    weights = np.exp(-0.5 * (offsets / deviation) ** 2)
    read = np.mod(np.arange(size)[:, np.newaxis] + offsets, 2 * size)
    matrix = np.zeros((size, size))
    np.add.at(matrix, (np.arange(size)[:, np.newaxis], np.minimum(read, 2 * size - 1 - read)), weights)
    return matrix / weights.sum()


def blur_integrated_gradients(request: Request) -> BlurIntegratedGradients:
    """The analyzer that a request asks for; a `MethodError` where the input is no picture."""
    shape = request.network.input_shape
    if len(shape) != 3:
        raise MethodError(
            f"an input of shape {tuple(shape)} for {request.method}",
            "pictures [h, w, c], which can be blurred",
            "Use integrated-gradients.",
        )
    return BlurIntegratedGradients(request, gradient(request))
