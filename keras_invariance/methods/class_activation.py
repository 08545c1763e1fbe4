"""Class activation maps: what a spatial layer sees, weighted by what the logit makes of it.

Letters: a the layer's output behind its activation, g the logit's gradient there, both [n, *places, k]; h w stands for
all places, k for the channels. Sums and means over hw are over places, image by image; 0 / 0 is 0.

A map is computed at the layer's places and then resized linearly to the image, [n, h, w, 1] for pictures and
[n, t, 1] for signals. Negative values are cut off unless `signed` is asked for.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import tensorflow as tf
from jaxtyping import Float, Shaped

from ..network.execution.compiled import compiled
from ..network.structure.spatial import SpatialLayer, named_layer
from ..rules.backward import Rules, backward_pass
from ..rules.gradient import GRADIENT
from .request import Origin, Request, analyzer_line, checked_inputs, specifications
from .resizing import resized
from .single_pass import seeded

Weighing: TypeAlias = Callable[[tf.Tensor, tf.Tensor], tf.Tensor]
"""(a, g) -> what a is multiplied with before it is summed over channels, [n, *places, k], or one for all places."""


@dataclass(frozen=True, eq=False)
class ClassActivation:
    """sum_k w_k a_k at a spatial layer, for weights w that are made of a and of the gradient there.

    Attributes
    ----------
    request
        The network, its parts by role, the method's name and options.
    layer
        Where a is taken: behind the layer's activation.
    weighing
        What makes w of a and g.
    """

    request: Request
    layer: SpatialLayer
    weighing: Weighing

    def __repr__(self) -> str:
        return analyzer_line(self.request)

    def __call__(
        self,
        images: Shaped[np.ndarray, "n ..."],
        targets: Any = None,
        *,
        origin: Origin | None = None,
    ) -> Float[np.ndarray, "n ..."]:
        """Raw maps of images, resized to them, with one channel."""
        return self._over_images(self._maps, self.request.network.input_shape[:-1], images, targets, origin)

    def coarse(
        self,
        images: Shaped[np.ndarray, "n ..."],
        targets: Any = None,
        *,
        origin: Origin | None = None,
    ) -> Float[np.ndarray, "n ..."]:
        """Raw maps of images at the layer's own places, with one channel."""
        return self._over_images(self._coarse, self.layer.sizes, images, targets, origin)

    @property
    def rules(self) -> Rules:
        """What takes the signal back from the logit to the layer."""
        return GRADIENT

    def traced(self, images: tf.Tensor, targets: tf.Tensor, unshifted: tf.Tensor | None = None) -> tf.Tensor:
        """The maps of traced images at the layer's places: for use inside another traced function."""
        a, g = self._activations(images, targets, unshifted)
        maps = tf.reduce_sum(self.weighing(a, g) * a, axis=-1, keepdims=True)
        return maps if self.request.options["signed"] else tf.nn.relu(maps)

    @classmethod
    def of(cls, request: Request, weighing: Weighing) -> "ClassActivation":
        """The analyzer that a request asks for; a `MethodError` where the network has no such layer."""
        layer = named_layer(request.network.graph, request.units, request.options["layer"], request.method)
        request.check_covered(GRADIENT)
        return cls(request, layer, weighing)

    def _activations(
        self, images: tf.Tensor, targets: tf.Tensor, unshifted: tf.Tensor | None
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """The layer's output a and the gradient g there."""
        graph = self.request.network.graph
        run = backward_pass(graph, self.request.units, images, GRADIENT, unshifted)
        seeds = seeded(run.replay.value(graph.logits), targets, "1")
        a = tf.ensure_shape(run.replay.value(self.layer.value), (None, *self.layer.sizes, self.layer.channels))
        g = run.back(graph.logits, seeds, until=self.layer.value).get(self.layer.value)
        return a, tf.zeros_like(a) if g is None else tf.ensure_shape(g, a.shape)

    def _over_images(
        self,
        run: Any,
        sizes: tuple[int, ...],
        images: Shaped[np.ndarray, "n ..."],
        targets: Any,
        origin: Origin | None,
    ) -> Float[np.ndarray, "n ..."]:
        question = checked_inputs(self.request.network, images, targets, origin)
        return question.mapped(run, self.request.batch_size, (*sizes, 1))

    @cached_property
    def _maps(self) -> Any:
        sizes = self.request.network.input_shape[:-1]
        return self._compiled(lambda *given: resized(self.traced(*given), sizes))

    @cached_property
    def _coarse(self) -> Any:
        return self._compiled(self.traced)

    def _compiled(self, function: Callable[..., tf.Tensor]) -> Any:
        return compiled(function, specifications(self.request.network), xla=self.request.xla)


def grad_cam(request: Request) -> ClassActivation:
    """relu(sum_k mean_hw(g_k) a_k) (Selvaraju et al., 2017)."""
    return ClassActivation.of(request, lambda _, g: _mean(g))


def grad_cam_plus_plus(request: Request) -> ClassActivation:
    """relu(sum_k w_k a_k), w_k = sum_hw c_k relu(g_k), c = g^2 / (2 g^2 + sum_hw(a) g^3) (Chattopadhay et al., 2018).

    The second and third derivatives of the paper are those of the logit's exponential: g^2 and g^3 times a factor that
    cancels. So does g^2, which leaves c = 1 / (2 + sum_hw(a) g), also where powers of a small g vanish.
    """
    return ClassActivation.of(
        request, lambda a, g: _sum(tf.math.divide_no_nan(tf.nn.relu(g), 2.0 + _sum(a) * tf.nn.relu(g)))
    )


def hires_cam(request: Request) -> ClassActivation:
    """relu(sum_k g_k a_k) (Draelos & Carin, 2020)."""
    return ClassActivation.of(request, lambda _, g: g)


def layer_cam(request: Request) -> ClassActivation:
    """relu(sum_k relu(g_k) a_k) (Jiang et al., 2021)."""
    return ClassActivation.of(request, lambda _, g: tf.nn.relu(g))


def xgrad_cam(request: Request) -> ClassActivation:
    """relu(sum_k w_k a_k), w_k = sum_hw(g_k a_k) / sum_hw(a_k) (Fu et al., 2020)."""
    return ClassActivation.of(request, lambda a, g: tf.math.divide_no_nan(_sum(g * a), _sum(a)))


def _sum(x: tf.Tensor) -> tf.Tensor:
    """The sum over places, their axes kept."""
    return tf.reduce_sum(x, axis=list(range(1, x.shape.rank - 1)), keepdims=True)


def _mean(x: tf.Tensor) -> tf.Tensor:
    """The mean over places, their axes kept."""
    return tf.reduce_mean(x, axis=list(range(1, x.shape.rank - 1)), keepdims=True)
