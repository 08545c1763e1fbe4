"""One pass forward and one back: what gradients, guided backprop, DeconvNet, LRP, Deep Taylor and patterns share."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import tensorflow as tf
from jaxtyping import Float, Shaped

from ..network.execution.compiled import compiled
from ..rules.backward import Rules, backward_pass
from ..rules.stem import Stem, stem_of
from .catalogue import Seed
from .request import Origin, Request, analyzer_line, checked_inputs, specifications


@dataclass(frozen=True, eq=False)
class SinglePass:
    """A table of rules applied to a network.

    Attributes
    ----------
    request
        The network, its parts by role, the method's name and options.
    rules
        The method as a table.
    seed
        What starts the backward pass: "1", the logit "f", or its positive part "f+".
    times_input
        Whether the map is the result times the image.
    """

    request: Request
    rules: Rules
    seed: Seed
    times_input: bool

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
        return question.mapped(self._maps, self.request.batch_size, self.request.network.input_shape)

    def traced(self, images: tf.Tensor, targets: tf.Tensor, unshifted: tf.Tensor | None = None) -> tf.Tensor:
        """The maps of traced images: for use inside another traced function."""
        graph = self.request.network.graph
        run = backward_pass(graph, self.request.units, images, self.rules, unshifted)
        seeds = seeded(run.replay.value(graph.logits), targets, self.seed)
        maps = run.back(graph.logits, seeds).get(graph.image)
        if maps is None:
            return tf.zeros_like(images)
        return maps * images if self.times_input else maps

    @cached_property
    def stem(self) -> Stem | None:
        """The network cut behind its first layers, where a mean of this method's maps may be taken there."""
        if not self.rules.transposes or self.times_input:
            return None
        return stem_of(self.request.network.graph, self.request.units)

    @classmethod
    def of(cls, request: Request, rules: Rules, *, seed: Seed = "1", times_input: bool = False) -> "SinglePass":
        """The analyzer that a request asks for, with a table of rules that covers the network."""
        request.check_covered(rules)
        return cls(request, rules, seed, times_input)

    @cached_property
    def _maps(self) -> Any:
        return compiled(self.traced, specifications(self.request.network), xla=self.request.xla)


def seeded(logits: tf.Tensor, targets: tf.Tensor, seed: Seed) -> tf.Tensor:
    """What starts the backward pass: 1, f or max(f, 0) at the target's logit, 0 elsewhere."""
    chosen = tf.one_hot(targets, logits.shape[-1], dtype=logits.dtype)
    if seed == "1":
        return chosen
    return chosen * (logits if seed == "f" else tf.nn.relu(logits))
