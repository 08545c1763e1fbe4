"""Keras models: files of Keras 2 and 3 read, and models traced, with their inputs and outputs by name."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf

from ...errors import ModelError
from ..lowering.traced import Traced, traced
from .error_messages import GIVE_SHAPE, reason
from .safety import check_keras_file
from .selection import Selection

KERAS_FILES = (".keras", ".h5", ".hdf5")


def read_keras(path: Path, custom_objects: Mapping[str, Any] | None, *, trust: bool) -> Any:
    """The Keras model of a file. Safe mode stays on unless the user trusts the file.

    Raises
    ------
    ModelError
        The file is damaged, of another kind, or carries code that is not trusted.
    """
    if path.suffix.lower() not in KERAS_FILES:
        raise ModelError(
            f"{str(path)!r}",
            f"a file ending in {', '.join(KERAS_FILES)} or a SavedModel folder",
            "Save the model as .keras.",
        )
    check_keras_file(path, trust=trust)
    try:
        return keras.models.load_model(
            path, compile=False, custom_objects=dict(custom_objects or {}), safe_mode=not trust
        )
    except Exception as error:
        unsafe = "safe_mode" in str(error) or "unsafe" in str(error).lower()
        raise ModelError(
            f"{str(path)!r}, which Keras cannot read ({reason(error)})",
            "a whole Keras model" + (" without Python code of its own" if unsafe else ""),
            "If you trust its author, load it with trust=True (--trust-model)."
            if unsafe
            else "Save it again with model.save(); give custom_objects for classes of your own.",
        ) from error


def traced_keras(model: Any, selection: Selection, source: str) -> Traced:
    """The operations of a Keras model at inference, its inputs and outputs named as in the model.

    Recurrent layers are unrolled while they are traced: the rules need each step's operations, and a loop hides them.

    Raises
    ------
    ModelError
        Keras runs on another backend, the model states no shape, or it cannot be called with it.
    """
    if keras.backend.backend() != "tensorflow":
        raise ModelError(
            f"the Keras backend {keras.backend.backend()!r}",
            "'tensorflow'",
            "Set KERAS_BACKEND=tensorflow before the import.",
        )
    specifications = _specifications(model, selection)

    def call(*inputs: tf.Tensor) -> Any:
        given = inputs[0] if len(inputs) == 1 else keras.tree.pack_sequence_as(model.input, list(inputs))
        return model(given, training=False)

    with _unrolled(model):
        concrete = traced_for(tf.function(call, autograph=False), specifications, source)
    function = traced(concrete)
    outputs = [port.name for port in function.outputs]
    named = getattr(model, "output_names", None) or outputs
    stated = isinstance(concrete.structured_outputs, Mapping) or len(named) != len(outputs)
    inputs = [str(spec.name) for spec in specifications]
    return function.renamed(inputs, outputs if stated else named)


@contextmanager
def _unrolled(model: Any) -> Iterator[None]:
    """All recurrent layers of a model told to unroll, and afterwards what they were told before."""
    looped = [layer for layer in _layers(model) if isinstance(layer, keras.layers.RNN) and not layer.unroll]
    try:
        for layer in looped:
            layer.unroll = True
        yield
    finally:
        for layer in looped:
            layer.unroll = False


def _layers(layer: Any) -> Iterator[Any]:
    """A layer and all layers in it: a model's, and those that a wrapper goes through."""
    yield layer
    wrapped = (getattr(layer, name, None) for name in ("layer", "forward_layer", "backward_layer"))
    for inner in (*getattr(layer, "layers", ()), *wrapped):
        if isinstance(inner, keras.layers.Layer):
            yield from _layers(inner)


def traced_for(function: Any, specifications: list[tf.TensorSpec], source: str) -> Any:
    """The concrete function for inputs of these shapes and types."""
    try:
        return function.get_concrete_function(*specifications)
    except Exception as error:
        shapes = ", ".join(str(tuple(spec.shape[1:]) if spec.shape.rank else ()) for spec in specifications)
        raise ModelError(
            f"{source}, which does not accept images of shape {shapes} ({reason(error)})",
            "a model of float32 images with an open batch axis",
            "Give the right input_shape, or wrap it in a tf.function of the image alone.",
        ) from error


def _specifications(model: Any, selection: Selection) -> list[tf.TensorSpec]:
    """What the model is traced for: its inputs, the explained one in the shape that was asked for."""
    inputs = list(getattr(model, "inputs", None) or ())
    if not inputs:
        shape = selection.shape or _built_shape(model)
        return [tf.TensorSpec((None, *shape), tf.float32, name=selection.input or "input")]
    alone = len(inputs) == 1 and selection.input is None
    found = []
    for tensor in inputs:
        dtype = tf.as_dtype(tensor.dtype)
        explained = alone or tensor.name == selection.input
        shape = selection.shape if explained and selection.shape else tuple(tensor.shape[1:])
        found.append(tf.TensorSpec((None, *shape), tf.float32 if dtype.is_floating else dtype, name=tensor.name))
    return found


def _built_shape(model: Any) -> tuple[int | None, ...]:
    """One image's shape as a model without symbolic inputs states it."""
    built = (model.get_build_config() or {}).get("input_shape")
    if built is None or not isinstance(built, tuple | list):
        raise ModelError(
            f"model {model.name!r}, which states no input shape",
            "images of one shape",
            GIVE_SHAPE,
        )
    return tuple(built[1:])
