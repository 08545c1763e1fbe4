"""Attention rollout: how much of each token of the input the last tokens are made of, by attention's weights alone.

R = A_L ... A_2 A_1, A_l = W_l / 2 + 1 / 2, W_l the weights of layer l, the mean over its heads, and the other half the
residual connection. The map is the row of the class token, or the mean of all rows where there is none. It says where a
network looks, not what for: it is the same for every target.

Letters: n the number of images, t that of tokens.

Source: Abnar & Zuidema (2020), equation 1; Dosovitskiy et al. (2021), appendix D.8.
"""

from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import Any

import numpy as np
import tensorflow as tf
from jaxtyping import Float, Shaped

from ..errors import MethodError
from ..network.execution.compiled import compiled
from ..network.execution.replay import Replay
from ..network.graph import pruned
from ..network.structure.tokens import Tokens, attentions, tokens
from .request import Origin, Request, analyzer_line, checked_inputs, specifications
from .resizing import resized


@dataclass(frozen=True, eq=False)
class AttentionRollout:
    """The rollout of a network's attention.

    Attributes
    ----------
    request
        The network, the method's name and options.
    tokens
        Its attention, and how its tokens lie in the input.
    """

    request: Request
    tokens: Tokens

    def __repr__(self) -> str:
        return analyzer_line(self.request)

    @property
    def coverage(self) -> str:
        """What of the network it reads, in words."""
        return f"{len(self.tokens.attentions)} softmax read, {self.tokens.count} tokens"

    def __call__(
        self,
        images: Shaped[np.ndarray, "n ..."],
        targets: Any = None,
        *,
        origin: Origin | None = None,
    ) -> Float[np.ndarray, "n ... 1"]:
        """Raw maps of images: one number for each place of the input, [n, h, w, 1] or [n, tokens, 1], none negative."""
        question = checked_inputs(self.request.network, images, targets, origin)
        maps = question.mapped(self._maps, self.request.batch_size, (*images.shape[1:-1], 1))
        if len(maps) != len(images):
            raise MethodError(
                f"attention-rollout for {self.request.network.name!r}: {len(maps)} maps for {len(images)} images",
                "a network that attends to all tokens of an image at once, not window by window",
                "Use lrp-attention, which takes any network.",
            )
        return maps

    def traced(self, images: tf.Tensor, targets: tf.Tensor, unshifted: tf.Tensor | None = None) -> tf.Tensor:
        """The maps of traced images: for use inside another traced function."""
        del targets  # every one has the same map
        graph, found = self.request.network.graph, self.tokens
        replay = Replay(graph, images, unshifted)
        for node in pruned(graph.nodes, found.attentions[-1]):
            replay.run(node)
        last = self._rollout([replay.run_before(value) for value in found.attentions])
        row = last[:, 0] if found.before else tf.reduce_mean(last, axis=1)
        own = row[:, found.before : found.count - found.behind]
        return resized(tf.reshape(own, (-1, *found.grid, 1)), graph.image_shape[:-1])

    def _rollout(self, weights: list[tf.Tensor]) -> tf.Tensor:
        """A_L ... A_1, [n, t, t]."""
        unit = tf.eye(self.tokens.count, dtype=weights[0].dtype)
        total = unit
        for one in weights:
            heads = tf.reduce_mean(one, axis=list(range(1, one.shape.rank - 2)))
            total = tf.matmul((heads + unit) / 2, total)
        return total

    @cached_property
    def _maps(self) -> Any:
        return compiled(self.traced, specifications(self.request.network), xla=self.request.xla)


def attention_rollout(request: Request) -> AttentionRollout:
    """The analyzer that a request asks for.

    Raises
    ------
    MethodError
        The network has no attention of tokens to tokens, its layers have different tokens, or these do not lie as the
        input does.
    """
    network = request.network
    found = tokens(network.graph)
    if found is None:
        sizes = sorted({int(network.graph.shapes[value][-1]) for value in attentions(network.graph)})
        came = f"over {', '.join(map(str, sizes))} tokens in turn" if sizes else "without a softmax over tokens"
        raise MethodError(
            f"attention-rollout for {network.name!r}, {came}",
            "a network that attends to the same tokens in all layers",
            "Use lrp-attention or a gradient, which take any network.",
        )
    places = network.input_shape[:-1]
    if len(found.grid) != len(places) or prod(found.grid) != found.count - found.before - found.behind:
        raise MethodError(
            f"attention-rollout for {network.name!r}: {found.count} tokens for an input {network.input_shape}",
            "tokens that lie as the input does, in a row or in rows and columns",
            "Use lrp-attention, which takes any network.",
        )
    return AttentionRollout(request, found)
