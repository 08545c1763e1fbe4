"""What other people's explainers ask of a network: its gradients, its layers' outputs, and a real Keras model."""

import re
from functools import cached_property
from typing import Any

import numpy as np
import tensorflow as tf
from jaxtyping import Float, Shaped

from ..arrays import checked_images
from ..errors import ModelError
from .execution.cache import Cache
from .execution.compiled import compiled
from .execution.replay import Replay
from .graph import Value
from .keras_clone import cloned_model
from .keras_parts import model_of_parts
from .structure.table import layer_rows

AT_ONCE = 64
"""Images that are run at a time."""
KEPT = 8
"""Layers whose functions are kept."""


class Probes:
    """Functions of a network's that are traced when somebody asks for them.

    Parameters
    ----------
    network
        The network (`network.Network`).
    """

    def __init__(self, network: Any) -> None:
        self.network = network
        self._layers = Cache(KEPT)

    def gradient(
        self, images: Shaped[np.ndarray, "n ..."], targets: Shaped[np.ndarray, " n"]
    ) -> Float[np.ndarray, "n *input"]:
        """The derivative of each image's logit by the image."""
        checked = checked_images(images, self.network.input_shape, self.network.dtype)
        return self._run("_gradients", checked, np.asarray(targets, np.int32)) if len(checked) else checked

    def activations(self, images: Shaped[np.ndarray, "n ..."], layer: str) -> Float[np.ndarray, "n ..."]:
        """What comes out of a layer."""
        checked = checked_images(images, self.network.input_shape, self.network.dtype)
        return self._run("_outputs", checked, layer=self._value(layer))

    @cached_property
    def keras_model(self) -> Any:
        """The network as a Keras model: a copy of the one that it was read from, or made of its parts."""
        return cloned_model(self.network) or model_of_parts(self.network)

    def _run(self, function: str, *arrays: np.ndarray, **chosen: Any) -> np.ndarray:
        """A function's results for all images; a twin's by the functions of its family, its offsets in their places."""
        place = self.network.place
        if place is not None:
            with place.turn():
                return place.network(self.network.dtype).probes._run(function, *arrays, **chosen)
        run, size = getattr(self, function)(**chosen), min(AT_ONCE, self.network.most_images or AT_ONCE)
        starts = range(0, max(1, len(arrays[0])), size)  # no images have a shape, too
        parts = [run(*(tf.constant(array[at : at + size]) for array in arrays)).numpy() for at in starts]
        return np.concatenate(parts)

    def _gradients(self) -> Any:
        return self._gradient_function

    @cached_property
    def _gradient_function(self) -> Any:
        graph = self.network.graph

        def run(images: tf.Tensor, targets: tf.Tensor) -> tf.Tensor:
            logits = Replay(graph, images)
            for node in graph.nodes:
                logits.run(node)
            chosen = tf.gather(logits.value(graph.logits), targets, batch_dims=1)
            (found,) = tf.gradients(chosen, images)
            return tf.zeros_like(images) if found is None else tf.convert_to_tensor(found)

        return compiled(run, [self._images, tf.TensorSpec((None,), tf.int32)])

    def _outputs(self, layer: Value) -> Any:
        if layer not in self._layers:
            graph = self.network.graph
            self._layers[layer] = compiled(lambda image: Replay(graph, image).run_before(layer), [self._images])
        return self._layers[layer]

    @property
    def _images(self) -> tf.TensorSpec:
        return tf.TensorSpec((None, *self.network.input_shape), self.network.dtype)

    def _value(self, name: str) -> Value:
        """The output of a layer: of the unit of that name, or the last one of the Keras layer of that name."""
        graph, units = self.network.graph, self.network.units
        named = [(f"/{unit.name if unit.layer is None else unit.layer.name}", unit) for unit in units]
        exact = [unit for one, unit in named if one.endswith(f"/{name}")]
        scope = re.compile(rf"(^|/){re.escape(name)}(_\d+)?/")  # tracing numbers the scopes of layers
        inside = [unit for unit in units if any(scope.search(f"{node.name}/") for node in unit.nodes)]
        found = exact or inside
        if not found:
            rows = ", ".join(row.name for row in layer_rows(graph, units))
            raise ModelError(
                f"no layer {name!r} in {self.network.name!r}", f"one of {rows}", "See `keras-invariance inspect`."
            )
        return found[-1].last.output
