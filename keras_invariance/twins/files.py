"""Twins on disk: as a Keras file with another bias where Keras can say it, else as a SavedModel folder."""

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from ..errors import ModelError
from ..network import Network, load_network
from ..network.execution.replay import replayed

# Layers whose bias is added right behind their kernel, before their activation.
BIASED = (
    keras.layers.Dense,
    keras.layers.Conv1D,
    keras.layers.Conv2D,
    keras.layers.Conv3D,
    keras.layers.DepthwiseConv2D,
)
# A Keras twin is written only if its logits are the twin's to this much of their size.
AGREEMENT = 1e-4


def written_twin(twin: Network, path: Path) -> Path:
    """Write the twin whole or not at all; returns what was written."""
    model = keras_twin(twin) if path.suffix == ".keras" else None
    target = path if model is not None or path.suffix != ".keras" else path.with_suffix("")
    if target.exists() and target.is_dir() != (model is None):
        kind = "a folder" if target.is_dir() else "a file"
        raise ModelError(f"{str(target)!r}, which is {kind}", "a free path", "Choose another name.")
    if target.is_dir() and any(target.iterdir()) and not (target / "saved_model.pb").is_file():
        raise ModelError(
            f"{str(target)!r}, a folder with other things in it",
            "a free path or a SavedModel to replace",
            "Choose another.",
        )
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ModelError(
            f"{str(target)!r}, where nothing can be written ({error.strerror})",
            "a folder or a free path",
            "Choose another.",
        ) from error
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}-") as folder:
        part = Path(folder) / target.name
        if model is None:
            tf.saved_model.save(*_module(twin, part))
        else:
            model.save(part)
        if target.is_dir():
            shutil.rmtree(target)
        part.replace(target)
    return target


def _module(twin: Network, path: Path) -> tuple[tf.Module, str, Any]:
    """What `tf.saved_model.save` is given: a module whose one function gives the logits."""
    module = tf.Module()
    specification = tf.TensorSpec((None, *twin.input_shape), tf.float32, name="images")
    serve = tf.function(
        lambda images: {"logits": replayed(twin.graph, images)}, input_signature=[specification], autograph=False
    )
    module.serve = serve
    return module, str(path), serve.get_concrete_function()


def keras_twin(twin: Network) -> Any | None:
    """The twin as a Keras model with other biases, None where Keras cannot say it."""
    original = twin.original
    if original is None or not isinstance(original.model, keras.Sequential | keras.Model):
        return None
    biases = _new_biases(twin, original)
    if biases is None:
        return None
    try:
        model = _with_biases(original.model, biases)
    except (TypeError, ValueError, NotImplementedError):  # Keras cannot clone every subclass
        return None
    probe = np.random.default_rng(0).random((2, *twin.input_shape), np.float32)
    wanted, given = twin(probe), load_network(model, input_shape=twin.input_shape)(probe)
    return model if np.abs(wanted - given).max() <= AGREEMENT * max(1.0, np.abs(wanted).max()) else None


def _new_biases(twin: Network, original: Network) -> Mapping[str, np.ndarray] | None:
    """For each Keras layer's name the bias that its twin has; None if a bias is no number per channel."""
    layers = {layer.name: layer for layer in _layers(original.model) if isinstance(layer, BIASED)}
    found = {}
    for unit in twin.units:
        for node in unit.nodes:
            if not node.name.endswith("/twin"):
                continue
            offset = twin.graph.constants[node.inputs[1]].numpy()
            owner = _owner(layers, unit) if unit.layer is not None else None
            if offset.ndim != 1 or owner is None:
                return None
            bias = np.zeros(offset.shape) if owner.bias is None else np.asarray(owner.bias, np.float64)
            found[owner.name] = (bias - offset).astype(np.float32)
    return found


def _owner(layers: Mapping[str, Any], unit: Any) -> Any | None:
    """The Keras layer that holds a unit's kernel."""
    kernel = unit.layer.kernel.numpy()
    matches = [
        layer
        for layer in layers.values()
        if tuple(layer.kernel.shape) == kernel.shape and np.array_equal(np.asarray(layer.kernel), kernel)
    ]
    return matches[0] if len(matches) == 1 else None


def _layers(model: Any) -> Iterator[Any]:
    """The layers on a model's top level; a nested model's cannot be given a bias by cloning."""
    yield from model.layers


def _with_biases(model: Any, biases: Mapping[str, np.ndarray]) -> Any:
    """A clone of a model in which some layers have these biases."""

    def cloned(layer: Any) -> Any:
        config = layer.get_config()
        return type(layer).from_config({**config, "use_bias": True} if layer.name in biases else config)

    twin = keras.models.clone_model(model, clone_function=cloned)
    if not twin.built:
        twin.build(model.input_shape)
    for old, new in zip(model.layers, twin.layers, strict=True):
        if old.name not in biases:
            new.set_weights(old.get_weights())
            continue
        kernel = old.get_weights()[0]
        new.set_weights([kernel, biases[old.name]])
    return twin
