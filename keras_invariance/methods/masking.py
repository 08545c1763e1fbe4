"""Masking: the explained logit of images of which a mask shows a part, and a blank value stands for the rest.

Letters: x the image, M in [0, 1] a mask, one number for a place whatever its channels, f the logit; n images, m masks.

It is all that methods ask who know nothing of a network but its answers. Masks are made and run some at a time, as many
rows as `batch_size` admits.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf
from jaxtyping import Float

from ..network.execution.compiled import compiled
from ..network.execution.replay import replayed
from .integrated_gradients import blocks
from .references import references_for
from .request import CheckedInputs, Request, shared

Masks = Callable[[slice], Float[np.ndarray, "m *places"]]
"""Some masks, by their numbers."""


class Seen(NamedTuple):
    """The answers to some images and masks: which they are, the masks, and the logits [rows, masks]."""

    rows: slice
    columns: slice
    masks: Float[np.ndarray, "m *places"]
    logits: Float[np.ndarray, "k m"]


@dataclass(frozen=True, eq=False)
class Masking:
    """f(M x + (1 - M) blank) for images and masks.

    Attributes
    ----------
    request
        The network, the method's name and options; `value` says what is blank.
    """

    request: Request

    @property
    def places(self) -> tuple[int, ...]:
        """The sizes of a mask: the input's without its channels, or all numbers of a table's row."""
        shape = self.request.network.input_shape
        return tuple(shape[:-1]) if len(shape) > 1 else tuple(shape)

    def blanks(self, images: Float[np.ndarray, "n ..."]) -> Float[np.ndarray, "n ..."]:
        """What stands for the hidden part of each image."""
        return references_for(self.request.options["value"], images, "value")

    def seen(self, question: CheckedInputs, count: int, masks: Masks) -> Iterator[Seen]:
        """The logits of all images seen through `count` masks, some images and masks at a time."""
        blanks, dtype = self.blanks(question.images), question.images.dtype
        at_once = blocks(len(question.images), count, self.request.batch_size)
        for columns, pieces in groupby(sorted(at_once, key=_column), key=_column):
            some = masks(slice(*columns)).astype(dtype)  # once for all images
            for rows, places in pieces:
                part = question.part(rows)
                given = (part.images, part.targets, blanks[rows], some)
                yield Seen(rows, places, some, self._logits(*map(tf.constant, given)).numpy())

    def whole(self, question: CheckedInputs) -> Float[np.ndarray, " n"]:
        """The logits of the images as they are."""
        return self.answers(question, 1, lambda _: np.ones((1, *self.places)))[:, 0]

    def answers(self, question: CheckedInputs, count: int, masks: Masks) -> Float[np.ndarray, "n m"]:
        """All logits, float64."""
        found = np.zeros((len(question.images), count), np.float64)
        for rows, columns, _, logits in self.seen(question, count, masks):
            found[rows, columns] = logits
        return found

    def shaped(self, maps: Float[np.ndarray, "n *places"]) -> Float[np.ndarray, "n ..."]:
        """One number for each place as a map: with one channel where images have channels."""
        return maps[..., np.newaxis] if len(self.request.network.input_shape) > 1 else maps

    @cached_property
    def _logits(self) -> Any:
        network, xla = self.request.network, self.request.xla
        images = tf.TensorSpec((None, *network.input_shape), network.dtype)
        masks = tf.TensorSpec((None, *self.places), network.dtype)
        given = [images, tf.TensorSpec((None,), tf.int32), images, masks]
        return shared(network, ("masked", xla), lambda: compiled(self._traced, given, xla=xla))

    def _traced(self, images: tf.Tensor, targets: tf.Tensor, blanks: tf.Tensor, masks: tf.Tensor) -> tf.Tensor:
        network, count = self.request.network, tf.shape(masks)[0]
        weights = masks if len(self.places) == len(network.input_shape) else masks[..., tf.newaxis]
        seen = blanks[:, tf.newaxis] + weights * (images - blanks)[:, tf.newaxis]
        rows = tf.reshape(seen, (-1, *network.input_shape))
        chosen = tf.gather(replayed(network.graph, rows), tf.repeat(targets, count), batch_dims=1)
        return tf.reshape(chosen, (-1, count))


def _column(block: tuple[slice, slice]) -> tuple[int, int]:
    """Which masks a block is of."""
    return block[1].start, block[1].stop
