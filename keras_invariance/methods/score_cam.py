"""Score-CAM: a spatial layer's channels, each weighted by the logit of the image that is seen through it.

Letters: a the layer's output behind its activation, [n, *places, k]; x the image, M_k in [0, 1] channel k of a resized
to the image, f the logit.

It takes a forward pass for each channel, hundreds in most networks, and none back. What a mask hides is set to 0, which
means another thing in each encoding: a twin's 0 is another colour than its network's.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import tensorflow as tf
from jaxtyping import Float, Shaped

from ..network.execution.compiled import compiled
from ..network.execution.replay import Replay, replayed
from ..network.structure.spatial import SpatialLayer, named_layer
from .integrated_gradients import blocks
from .request import CheckedInputs, Origin, Request, analyzer_line, checked_inputs, specifications
from .resizing import resized


@dataclass(frozen=True, eq=False)
class ScoreCam:
    """relu(sum_k w_k a_k), w = softmax_k f(M_k x), M_k = (u_k - min u_k) / (max u_k - min u_k), u = resized(a).

    A channel that is the same everywhere shows nothing, M_k = 0. Source: Wang et al. (2020).

    Attributes
    ----------
    request
        The network, its parts by role, the method's name and options.
    layer
        Where a is taken: behind the layer's activation.
    """

    request: Request
    layer: SpatialLayer

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
        return resized(tf.constant(self.coarse(images, targets, origin=origin)), self._sizes).numpy()

    def coarse(
        self,
        images: Shaped[np.ndarray, "n ..."],
        targets: Any = None,
        *,
        origin: Origin | None = None,
    ) -> Float[np.ndarray, "n ..."]:
        """Raw maps of images at the layer's own places, with one channel."""
        question = checked_inputs(self.request.network, images, targets, origin)
        parts = [self._weighted(part) for part in question.chunks(self.request.batch_size)]
        maps = np.concatenate([np.zeros((0, *self.layer.sizes, 1), question.images.dtype), *parts])
        return maps if self.request.options["signed"] else np.maximum(maps, 0)

    def _weighted(self, part: CheckedInputs) -> Float[np.ndarray, "n ..."]:
        """sum_k w_k a_k of some images."""
        a = self._activations(*part.tensors()).numpy()
        scores = np.zeros((len(a), self.layer.channels), a.dtype)
        for rows, channels in blocks(len(a), self.layer.channels, self.request.batch_size):
            some = part.part(rows)
            scores[rows, channels] = self._logits(some.images, some.targets, a[rows][..., channels]).numpy()
        shares = np.exp(scores - scores.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        return np.einsum("n...k,nk->n...", a, shares)[..., np.newaxis]

    @property
    def _sizes(self) -> tuple[int, ...]:
        return self.request.network.input_shape[:-1]

    @cached_property
    def _activations(self) -> Any:
        return compiled(self._activation, specifications(self.request.network), xla=self.request.xla)

    def _activation(self, images: tf.Tensor, _: tf.Tensor, unshifted: tf.Tensor | None = None) -> tf.Tensor:
        a = Replay(self.request.network.graph, images, unshifted).run_before(self.layer.value)
        return tf.ensure_shape(a, (None, *self.layer.sizes, self.layer.channels))

    @cached_property
    def _logits(self) -> Any:
        network = self.request.network
        images = tf.TensorSpec((None, *network.input_shape), network.dtype)
        channels = tf.TensorSpec((None, *self.layer.sizes, None), network.dtype)
        given = [images, tf.TensorSpec((None,), tf.int32), channels]
        run = compiled(self._masked_logits, given, xla=self.request.xla)
        return lambda *arrays: run(*(tf.constant(one) for one in arrays))

    def _masked_logits(self, images: tf.Tensor, targets: tf.Tensor, a: tf.Tensor) -> tf.Tensor:
        """f(M_k x) for each image and each channel of a. [n, k]."""
        masks = resized(a, self._sizes)
        places = list(range(1, masks.shape.rank - 1))
        least = tf.reduce_min(masks, places, keepdims=True)
        masks = tf.math.divide_no_nan(masks - least, tf.reduce_max(masks, places, keepdims=True) - least)
        seen = masks[..., tf.newaxis, :] * images[..., tf.newaxis]  # [n, *sizes, channels, k]
        order = [0, seen.shape.rank - 1, *range(1, seen.shape.rank - 1)]
        rows = tf.reshape(tf.transpose(seen, order), (-1, *self.request.network.input_shape))
        logits = replayed(self.request.network.graph, rows)
        count = tf.shape(a)[-1]
        chosen = tf.gather(logits, tf.repeat(targets, count), batch_dims=1)
        return tf.reshape(chosen, (-1, count))


def score_cam(request: Request) -> ScoreCam:
    """The analyzer that a request asks for; a `MethodError` where the network has no such layer."""
    layer = named_layer(request.network.graph, request.units, request.options["layer"], request.method)
    return ScoreCam(request, layer)
