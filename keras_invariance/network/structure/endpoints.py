"""Endpoints: how a network's images and logits lie in the model that it was read from."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import tensorflow as tf
from jaxtyping import Float, Shaped

from ...errors import ImageError
from ..execution.compiled import compiled
from ..execution.replay import Replay
from ..graph import Graph


@dataclass(frozen=True, eq=False)
class Front:
    """What stands between an input of the model and the value inside it that is explained: an embedding, a cast.

    Attributes
    ----------
    graph
        The operations from the model's input to the explained value.
    name
        The input's name.
    dtype
        The input's number type.
    """

    graph: Graph
    name: str
    dtype: tf.DType

    def __repr__(self) -> str:
        return f"<Front {self.name!r}: {self.input_shape}, {self.dtype.name}>"

    @property
    def input_shape(self) -> tuple[int | None, ...]:
        """The shape of one of the model's own inputs."""
        return tuple(self.graph.image_shape)

    def __call__(self, inputs: Shaped[np.ndarray, "n ..."]) -> Float[np.ndarray, "n *input"]:
        """The explained values of the model's own inputs, float32: what the network is to be called with.

        Raises
        ------
        ImageError
            The inputs have another shape, or are no whole numbers where those are needed.
        """
        given = np.asarray(inputs)
        whole = self.dtype.is_floating or given.dtype.kind in "iub"
        if not (whole and tf.TensorShape((None, *self.input_shape)).is_compatible_with(given.shape)):
            raise ImageError(
                f"inputs of shape {given.shape} and type {given.dtype} for {self.name!r}",
                f"{self.dtype.name} of shape {('n', *self.input_shape)}",
                "Give a batch of the model's own inputs.",
            )
        return np.asarray(self._values(tf.constant(given, self._type)))

    @property
    def _type(self) -> tf.DType:
        return tf.float32 if self.dtype.is_floating else self.dtype

    @cached_property
    def _values(self) -> Any:
        def run(inputs: tf.Tensor) -> tf.Tensor:
            replay = Replay(self.graph, tf.zeros((), tf.float32))
            replay.values[self.graph.image] = inputs
            for node in self.graph.nodes:
                replay.run(node)
            return replay.value(self.graph.logits)

        return compiled(run, [tf.TensorSpec((None, *self.input_shape), self._type)])


@dataclass(frozen=True, eq=False)
class Endpoints:
    """Where a network begins and ends in its model.

    Attributes
    ----------
    input, output
        The names of the explained input (or inner value) and of the output.
    output_shape
        The output's shape without the batch axis; its logits are numbered along it, the last axis fastest.
    front
        From the model's own input to the explained value, where that lies inside the model.
    one_by_one
        Whether the model was written for a single image at a time.
    """

    input: str = ""
    output: str = ""
    output_shape: tuple[int, ...] = ()
    front: Front | None = None
    one_by_one: bool = False
