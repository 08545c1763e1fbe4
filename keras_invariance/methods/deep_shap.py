"""DeepSHAP: DeepLIFT averaged over the images of a background.

Letters: x the image, r a background image, n the number of images, b that of the background, m the multipliers.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import tensorflow as tf
from jaxtyping import Float, Shaped

from ..network.execution.compiled import compiled
from ..network.structure.roles import Unit
from ..rules.crossed import Crossed, values_by_row
from ..rules.rescale import RESCALE, PairRules, multipliers
from .backgrounds import background_of
from .deeplift import lifted_units
from .integrated_gradients import blocks
from .request import Origin, Request, analyzer_line, checked_inputs, shared, specifications
from .single_pass import seeded

CHUNK_ROWS = 256
"""Pairs that are computed at a time where the request does not say: more leave the processor's cache."""


@dataclass(frozen=True, eq=False)
class DeepShap:
    """The mean over the background of (x - r) * m: each map sums to f(x) less the background's mean logit.

    Source: Lundberg & Lee (2017), section 4.2; Chen, Lundberg & Lee (2019).
    """

    request: Request
    units: tuple[Unit, ...]
    background: Float[np.ndarray, "b ..."]
    rules: PairRules = RESCALE

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
        question = checked_inputs(self.request.network, images, targets, origin)
        total = np.zeros(question.images.shape, np.float64)
        for rows, some in blocks(len(total), len(self.background), self._rows):
            total[rows] += self._sums(*question.part(rows).tensors(moved=[self.background[some]])).numpy()
        return (total / len(self.background)).astype(question.images.dtype)

    @property
    def _rows(self) -> int:
        size = self.request.batch_size
        return size if self.request.options["batch_size"] else min(size, CHUNK_ROWS)

    @cached_property
    def _sums(self) -> Any:
        network, xla = self.request.network, self.request.xla
        references = tf.TensorSpec((None, *network.input_shape), network.dtype)
        given = specifications(network, moved=[references])
        return shared(network, ("deep shap", xla), lambda: compiled(self._traced, given, xla=xla))

    def _traced(self, x: tf.Tensor, targets: tf.Tensor, r: tf.Tensor, *before: tf.Tensor) -> tf.Tensor:
        """The sum over some of the background of the maps of traced images; `before` the shift stood x and r."""
        graph = self.request.network.graph
        x_before, r_before = before or (None, None)
        by_row = values_by_row(graph, self.request.network.dtype)
        sides = Crossed(graph, self.units, (x, r), (x_before, r_before), by_row)
        logits = sides.images(graph.logits)[0][0]
        seed = seeded(logits, tf.repeat(targets, tf.shape(r)[0]), "1")
        maps = sides.difference(graph.image) * multipliers(sides, graph, self.units, seed)
        apart = tf.reshape(maps, tf.concat([tf.shape(x)[:1], tf.shape(r)[:1], tf.shape(x)[1:]], axis=0))
        return tf.ensure_shape(tf.reduce_sum(apart, axis=1), x.shape)


def deep_shap(request: Request) -> DeepShap:
    """The analyzer that a request asks for."""
    return DeepShap(request, lifted_units(request), background_of(request))
