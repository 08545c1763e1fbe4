"""DeepLIFT: what an image's difference from its reference contributes to the logit's, operation by operation.

Letters: x the image, r its reference, m the multipliers at the image, f the logit.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import tensorflow as tf
from jaxtyping import Float, Shaped

from ..network.execution.compiled import compiled
from ..network.structure.roles import Unit
from ..rules.backward import check_covered
from ..rules.rescale import RESCALE, PairRules, multipliers, with_functions
from ..rules.sides import Matched
from .references import completeness_gap, references_for
from .request import Origin, Request, analyzer_line, checked_inputs, specifications
from .single_pass import seeded


@dataclass(frozen=True, eq=False)
class DeepLift:
    """(x - r) * m, m by the rescale rule (`rules.rescale`): each map sums to f(x) - f(r).

    The reference is "zero"; "black", the least value of each image, found after any shift; or an array that broadcasts
    to one image. Source: Shrikumar et al. (2017).
    """

    request: Request
    units: tuple[Unit, ...]
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
        references = self.references(question.images)
        maps, size = np.zeros_like(question.images), self.request.batch_size
        for start in range(0, len(maps), size):
            rows = slice(start, start + size)
            maps[rows] = self._maps(*question.part(rows).tensors(moved=[references[rows]])).numpy()
        return maps

    def references(self, images: Float[np.ndarray, "n ..."]) -> Float[np.ndarray, "n ..."]:
        """The reference of each image."""
        return references_for(self.request.options["reference"], images)

    def completeness_gap(self, images: Shaped[np.ndarray, "n ..."], targets: Any = None) -> Float[np.ndarray, " n"]:
        """|sum of the map - (f(x) - f(r))| for each image: rounding."""
        question = checked_inputs(self.request.network, images, targets)
        ends = question.images, self.references(question.images)
        return completeness_gap(self.request.network, self(*ends[:1], question.targets), ends, question.targets)

    @cached_property
    def _maps(self) -> Any:
        network = self.request.network
        references = tf.TensorSpec((None, *network.input_shape), network.dtype)
        return compiled(self._traced, specifications(network, moved=[references]), xla=self.request.xla)

    def _traced(self, x: tf.Tensor, targets: tf.Tensor, r: tf.Tensor, *before: tf.Tensor) -> tf.Tensor:
        """The maps of traced images; `before` the shift stood x and r."""
        graph = self.request.network.graph
        x_before, r_before = before or (None, None)
        sides = Matched(graph, self.units, (x, r), (x_before, r_before))
        seed = seeded(sides.of_images(graph.logits), targets, "1")
        return (x - r) * multipliers(sides, graph, self.units, seed)


def deeplift(request: Request) -> DeepLift:
    """The analyzer that a request asks for."""
    return DeepLift(request, lifted_units(request))


def lifted_units(request: Request) -> tuple[Unit, ...]:
    """The network's units as the rescale rule takes them; an `UnknownOperationError` where it has no rule for one."""
    units = with_functions(request.units)
    check_covered(request.network.graph, units, RESCALE, request.method)
    return units
