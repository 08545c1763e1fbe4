"""A network as a copy of the Keras model that it was read from: its head off, a twin's offsets in its layers.

The copy has new layers under the old names, in one number type, and none of them is the user's.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import keras
import numpy as np
from jaxtyping import Float

CHANNELWISE = (
    keras.layers.Dense,
    keras.layers.Conv1D,
    keras.layers.Conv2D,
    keras.layers.Conv3D,
    keras.layers.DepthwiseConv2D,
)
"""Layers whose bias, one number per channel, is added right behind their kernel and before their activation."""

HEADS = (keras.layers.Activation, keras.layers.Softmax)
AGREEMENT = {"float32": 1e-4, "float64": 1e-9}
"""How far the copy's logits may be from the network's, as a share of the largest."""


def cloned_model(network: Any) -> Any | None:
    """The copy of a network's (`network.Network`) Keras model, from images to logits; None where there is none.

    Models that Keras cannot copy layer by layer are none, and those that would give other logits.
    """
    source = network.model if network.place is None or not network.place.is_twin else network.original.model
    if not isinstance(source, keras.Model):
        return None
    offsets = _offsets(network, source)
    if offsets is None:
        return None
    try:
        model = _as_rows(_Copy(network, source, offsets).model(source))
    except (TypeError, ValueError, NotImplementedError, AttributeError):  # Keras cannot copy every model
        return None
    probe = np.random.default_rng(0).random((2, *network.input_shape)).astype(network.dtype)
    wanted, given = network(probe), np.asarray(model(probe))
    size = max(1.0, float(np.abs(wanted).max()))
    alike = wanted.shape == given.shape and np.abs(wanted - given).max() <= AGREEMENT[network.dtype] * size
    return model if alike else None


class _Copy:
    """Copies the layers of a model; lives for one call of `cloned_model`."""

    def __init__(self, network: Any, source: Any, offsets: Mapping[int, Float[np.ndarray, "..."]]) -> None:
        self.dtype = network.dtype
        self.head = _output_layer(source) if network.head.removed else None
        self.offsets = offsets

    def model(self, source: Any) -> Any:
        """A Sequential or Functional model's copy, its weights in it."""
        if not source.built:
            raise ValueError(f"{source.name} was never built")
        inputs = (
            [self._input(one) for one in source.inputs]
            if isinstance(source, keras.Sequential)
            else keras.tree.map_structure(self._input, source.input)
        )
        copied = keras.models.clone_model(source, input_tensors=inputs, clone_function=self.layer)
        for old, new in zip(_own_layers(source), _own_layers(copied), strict=True):
            if not _is_model(old):
                self._fill(old, new)
        return copied

    def _input(self, old: Any) -> Any:
        dtype = self.dtype if "float" in old.dtype else old.dtype
        return keras.Input(batch_shape=old.shape, dtype=dtype, name=old.name)

    def layer(self, old: Any) -> Any:
        """A layer's copy under its name, in the network's type."""
        if _is_model(old):
            return self.model(old)
        config = _in_type(old.get_config(), self.dtype)
        if old is self.head:
            if isinstance(old, HEADS):
                return keras.layers.Activation("linear", name=old.name, dtype=self.dtype)
            config["activation"] = "linear"
        offset = self.offsets.get(id(old))
        if offset is None:
            return type(old).from_config(config)
        if offset.ndim == 1 and isinstance(old, CHANNELWISE):
            return type(old).from_config({**config, "use_bias": True})
        return _moved(type(old), offset).from_config(config)

    def _fill(self, old: Any, new: Any) -> None:
        weights, offset = old.get_weights(), self.offsets.get(id(old))
        if offset is not None and offset.ndim == 1 and isinstance(old, CHANNELWISE):
            bias = weights[1].astype(np.float64) if old.use_bias else 0.0
            weights = [weights[0], bias - offset]
        elif offset is not None:
            weights.append(offset)
        new.set_weights(weights)


def _moved(kind: Any, offset: Float[np.ndarray, "..."]) -> Any:
    """A kind of layer that subtracts a weight of its own, one number per place, before its activation."""

    class Moved(kind):  # type: ignore[misc]
        def build(self, input_shape: Any) -> None:  # Keras goes by this parameter's name
            super().build(input_shape)
            self.offset = self.add_weight(name="offset", shape=offset.shape, initializer="zeros", trainable=False)
            before: Any = self.activation
            self.activation: Any = lambda z: before(z - self.offset)

    Moved.__name__ = Moved.__qualname__ = kind.__name__
    return Moved


def _offsets(network: Any, source: Any) -> Mapping[int, Float[np.ndarray, "..."]] | None:
    """What a twin subtracts, by the id of the Keras layer behind whose kernel it does; None where it is elsewhere."""
    if network.place is None or not network.place.is_twin:
        return {}
    found: dict[int, np.ndarray] = {}
    layers = [layer for layer in _leaves(source) if hasattr(layer, "activation") and hasattr(layer, "kernel")]
    for cut in network.graph.cuts.values():
        kernel = None if cut.kernel is None else network.graph.constants[cut.kernel].numpy()
        owners = [] if kernel is None else [one for one in layers if _same(one.kernel, kernel)]
        if len(owners) != 1 or id(owners[0]) in found:
            return None
        found[id(owners[0])] = np.asarray(network.graph.constants[cut.offset].numpy(), np.float64)
    return found


def _same(weight: Any, kernel: np.ndarray) -> bool:
    """Whether they hold the same numbers; a one-dimensional convolution's kernel has an axis more in a graph."""
    return np.array_equal(np.ravel(weight), np.ravel(kernel))


def _is_model(layer: Any) -> bool:
    return isinstance(layer, keras.Model)


def _own_layers(model: Any) -> list[Any]:
    return [layer for layer in model.layers if not isinstance(layer, keras.layers.InputLayer)]


def _leaves(model: Any) -> Iterator[Any]:
    """All layers, those of nested models too."""
    for layer in _own_layers(model):
        if _is_model(layer):
            yield from _leaves(layer)
        else:
            yield layer


def _output_layer(model: Any) -> Any:
    """The layer that makes a model's output, inside nested models too."""
    history = getattr(model.outputs[0], "_keras_history", None)
    last = model.layers[-1] if isinstance(model, keras.Sequential) or history is None else history.operation
    return _output_layer(last) if _is_model(last) else last


def _in_type(config: Any, dtype: str) -> Any:
    """A layer's configuration with every floating-point type in it turned to one."""
    if isinstance(config, list | tuple):
        return type(config)(_in_type(one, dtype) for one in config)
    if not isinstance(config, dict):
        return config
    return {
        name: dtype if name == "dtype" and "float" in str(value) else _in_type(value, dtype)
        for name, value in config.items()
    }


def _as_rows(model: Any) -> Any:
    """The model with one row of logits per image."""
    output = model.outputs[0]
    return model if len(output.shape) == 2 else keras.Model(model.inputs, keras.layers.Flatten()(output))
