"""SmoothGrad and its relatives: a base method's maps around the image, averaged, squared, or their variance.

Letters: x the image, e standard normal noise, sigma its strength in the images' units.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal, TypeAlias

import numpy as np
import tensorflow as tf
from jaxtyping import Float, Shaped

from ..errors import MethodError
from ..network.execution.compiled import compiled
from ..rules.stem import Stem
from .averages import joined, maps_at, split, weighted_at
from .catalogue import METHODS
from .draws import generator, keys_of
from .family_member import MemberAnalyzer
from .integrated_gradients import blocks
from .options import checked_options, key_of
from .request import Analyzer, CheckedInputs, Origin, Request, analyzer_line, checked_inputs, shared, specifications
from .single_pass import SinglePass

Statistic: TypeAlias = Literal["mean", "mean square", "variance"]


@dataclass(frozen=True, eq=False)
class Smooth:
    """A statistic of base(x + sigma * e) over `samples` draws of e.

    The noise depends on the seed and the draw only, so that a network and its twin, and an image alone or in a batch,
    meet the same noise; `keys` gives each image noise of its own. Source: Smilkov et al. (2017); Hooker et al.
    (2019); Adebayo et al. (2018).
    """

    request: Request
    base: Analyzer
    statistic: Statistic

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
        """Raw maps of images, in the images' shape. Images with the same key meet the same noise."""
        question = checked_inputs(self.request.network, images, targets, origin)
        given = keys_of(keys, len(question.images))
        total, squares = np.zeros((2, len(question.images), *self._map_shape(question)), np.float64)
        for rows, draws in blocks(len(total), self.request.options["samples"], self.request.batch_size):
            added_up = self._moments(question.part(rows), given[rows], draws)
            for sums, added in zip((total, squares), added_up, strict=True):
                sums[rows] += added
        return self._finished(total, squares).astype(question.images.dtype)

    def _map_shape(self, question: CheckedInputs) -> tuple[int, ...]:
        """The shape of one of the base's maps: the image's, or with one channel."""
        return self.base(question.images[:0], question.targets[:0]).shape[1:]

    def noise(self, keys: Shaped[np.ndarray, " n"], draws: slice) -> Float[np.ndarray, "k _ ..."]:
        """Standard normal noise for some draws, [draws, images, ...], or [draws, 1, ...] if all share a key."""
        first, last, _ = draws.indices(self.request.options["samples"])
        distinct, places = np.unique(keys, return_inverse=True)
        drawn = np.stack([[self._draw(int(key), draw) for key in distinct] for draw in range(first, last)])
        return drawn if len(distinct) == 1 else drawn[:, places]

    def _draw(self, key: int, draw: int) -> Float[np.ndarray, "*input"]:
        drawn = generator(self.request.options["seed"], key, draw)
        return drawn.standard_normal(self.request.network.input_shape, np.float32)

    def _moments(
        self, part: CheckedInputs, keys: Shaped[np.ndarray, " n"], draws: slice
    ) -> list[Float[np.ndarray, "n ..."]]:
        noise = self.noise(keys, draws).astype(part.images.dtype) * part.images.dtype.type(
            self.request.options["sigma"]
        )
        if isinstance(self.base, SinglePass):
            return [sums.numpy() for sums in self._sums(*part.tensors(noise))]
        rows = (part.images + noise).reshape(-1, *part.images.shape[1:])
        origin = part.origin
        if origin is not None:
            origin = replace(origin, images=(origin.images + noise).reshape(rows.shape))
        found = self.base(rows, np.tile(part.targets, len(noise)), origin=origin)
        maps = found.reshape(len(noise), len(part.images), *found.shape[1:])
        return [maps.sum(axis=0), np.square(maps).sum(axis=0)]

    def _finished(
        self, total: Float[np.ndarray, "n ..."], squares: Float[np.ndarray, "n ..."]
    ) -> Float[np.ndarray, "n ..."]:
        count = self.request.options["samples"]
        if self.statistic == "mean":
            return total / count
        if self.statistic == "mean square":
            return squares / count
        return np.maximum(squares / count - np.square(total / count), 0.0)

    @cached_property
    def _sums(self) -> Any:
        network = self.request.network
        noise = tf.TensorSpec((None, None, *network.input_shape), network.dtype)
        given = specifications(network, noise)
        asked_of, xla = self.base.request, self.request.xla
        key = ("smooth", self.statistic, asked_of.method, key_of(asked_of.options), xla)
        return shared(network, key, lambda: compiled(self._traced, given, xla=xla))

    def _traced(
        self, x: tf.Tensor, targets: tf.Tensor, noise: tf.Tensor, before: tf.Tensor | None = None
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """The sum and the sum of squares of the base's maps over some draws; `before` the shift stood x."""
        base = self.base
        if not isinstance(base, SinglePass):
            raise TypeError("only single-pass methods are traced together with their noise")
        if self.statistic == "mean" and base.stem is not None:
            points = _around(base.stem, x, noise, before)
            ones = tf.ones(tf.shape(noise)[:1], x.dtype)
            return weighted_at(base, base.stem, x, points, targets, ones), tf.zeros_like(x)
        unshifted = None if before is None else before + noise[:, : tf.shape(before)[0]]
        maps = maps_at(base, x + noise, targets, unshifted)
        return tf.reduce_sum(maps, axis=0), tf.reduce_sum(tf.square(maps), axis=0)


def _around(stem: Stem, x: tf.Tensor, noise: tf.Tensor, before: tf.Tensor | None) -> list[tf.Tensor]:
    """The first pre-activations z(x) + z(noise) - z(0), [draws, n, ...]."""
    count = tf.shape(noise)[0]
    moves = stem.differences(joined(noise))
    return [z + split(move, count) for z, move in zip(stem.preactivations(x, before), moves, strict=True)]


def smoothgrad(request: Request) -> Smooth:
    """The mean of the base's maps (Smilkov et al., 2017)."""
    return Smooth(request, _base(request), "mean")


def smoothgrad_squared(request: Request) -> Smooth:
    """The mean of the base's squared maps (Hooker et al., 2019)."""
    return Smooth(request, _base(request), "mean square")


def vargrad(request: Request) -> Smooth:
    """The variance of the base's maps (Adebayo et al., 2018)."""
    return Smooth(request, _base(request), "variance")


def _base(request: Request) -> Analyzer:
    """The analyzer inside: of the method named, with its defaults, or the one given."""
    base = request.options["base"]
    if isinstance(base, str):
        options = checked_options(METHODS[base], {})
        build: Callable[[Request], Analyzer] = METHODS[base].build()
        return build(replace(request, method=base, options={**options, "batch_size": request.options["batch_size"]}))
    if base.request.network.fingerprint != request.network.fingerprint:
        raise MethodError(
            "a base analyzer of another network", f"one of {request.network.name!r}", "Build it with this network."
        )
    if isinstance(base, MemberAnalyzer):  # its functions are shared; inside another function it needs one of its own
        unshared: Analyzer = base.method.build()(base.request)
        return unshared
    given: Analyzer = base
    return given
