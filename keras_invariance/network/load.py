"""Loading: a Network from a model file, a SavedModel folder, a Keras model or a traced function."""

import re
import textwrap
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf

from ..errors import ModelError
from .head import without_head
from .lift import lifted
from .network import Network

KERAS_FILES = (".keras", ".h5", ".hdf5")
SERVING = "serving_default"
# Lines of Keras's and TensorFlow's errors that say where, not what; what follows them says it.
WHERE = re.compile(r"in user code:|File \"|Exception encountered when|Arguments received by|Graph execution error")


@dataclass(frozen=True)
class Origin:
    """What a model was read from: its name, a sentence part that says where, and the Keras model if there is one."""

    name: str
    source: str
    model: Any = None


def load_network(
    model: Any,
    *,
    input_shape: Sequence[int] | None = None,
    custom_objects: Mapping[str, Any] | None = None,
    signature: str | None = None,
    trust: bool = False,
) -> Network:
    """Read a model and lift it to a `Network`; its final softmax or sigmoid is taken off.

    Parameters
    ----------
    model
        A path to a `.keras` or HDF5 file or a SavedModel folder, a `keras.Model`, a loaded SavedModel, a
        `tf.function` or a `ConcreteFunction`.
    input_shape
        One image's shape, for models that leave it open.
    custom_objects
        Classes of the user's that a `.keras` or HDF5 file names.
    signature
        Which signature of a SavedModel; the serving default otherwise.
    trust
        Let a `.keras` file run the Python that it carries (Lambda layers). Off, so that no stranger's code runs.

    Raises
    ------
    ModelError
        The path, file, signature, or its inputs and outputs are not those of a network from images to logits.
    """
    shape = None if input_shape is None else tuple(int(size) for size in input_shape)
    if isinstance(model, str | Path):
        return _from_path(Path(model), shape, custom_objects, signature, trust)
    if isinstance(model, keras.Model):
        return _from_keras(Origin(model.name, f"Keras model {model.name!r}", model), shape)
    if hasattr(model, "signatures"):
        return _from_saved(model, Origin("saved_model", "a loaded SavedModel"), shape, signature)
    if hasattr(model, "get_concrete_function") or hasattr(model, "captured_inputs"):
        return _from_function(model, shape)
    raise ModelError(
        f"a {type(model).__name__}",
        "a path, a keras.Model, a SavedModel, a tf.function or a ConcreteFunction",
        "Load the model with Keras or TensorFlow first, or give the path to its file.",
    )


def _from_path(
    path: Path,
    shape: tuple[int, ...] | None,
    custom_objects: Mapping[str, Any] | None,
    signature: str | None,
    trust: bool,
) -> Network:
    if not path.exists():
        raise ModelError(f"{str(path)!r}, which does not exist", "a model file or folder", "Check the path.")
    if path.is_dir():
        origin = Origin(path.resolve().name, f"SavedModel folder {str(path)!r}")
        return _from_saved(_read_saved(path), origin, shape, signature)
    if path.suffix.lower() not in KERAS_FILES:
        raise ModelError(
            f"{str(path)!r}",
            f"a file ending in {', '.join(KERAS_FILES)} or a SavedModel folder",
            "Save the model as .keras.",
        )
    model = _read_keras(path, custom_objects, trust)
    return _from_keras(Origin(path.stem, f"Keras file {str(path)!r}", model), shape)


def _read_keras(path: Path, custom_objects: Mapping[str, Any] | None, trust: bool) -> Any:
    """The Keras model of a file. Safe mode stays on unless the user trusts the file."""
    if path.suffix.lower() == ".keras" and not zipfile.is_zipfile(path):
        raise ModelError(
            f"{str(path)!r} of {path.stat().st_size} bytes, which is no .keras archive: damaged, or of another kind",
            "a whole Keras model",
            "Save it again with model.save(), or give the file the ending of its own format.",
        )
    try:
        return keras.models.load_model(
            path, compile=False, custom_objects=dict(custom_objects or {}), safe_mode=not trust
        )
    except Exception as error:
        reason = _reason(error)
        unsafe = "safe_mode" in str(error) or "unsafe" in str(error).lower()
        raise ModelError(
            f"{str(path)!r}, which Keras cannot read ({reason})",
            "a whole Keras model" + (" without Python code of its own" if unsafe else ""),
            "If you trust its author, load it with trust=True (--trust-model)."
            if unsafe
            else "Save it again with model.save(); give custom_objects for classes of your own.",
        ) from error


def _read_saved(path: Path) -> Any:
    if not (path / "saved_model.pb").is_file() and not (path / "saved_model.pbtxt").is_file():
        raise ModelError(
            f"folder {str(path)!r} without a saved_model.pb",
            "a SavedModel folder",
            "Write one with model.export(folder).",
        )
    try:
        return tf.saved_model.load(str(path))
    except Exception as error:
        raise ModelError(
            f"folder {str(path)!r}, which TensorFlow cannot read ({_reason(error)})",
            "a whole SavedModel",
            "Write it again with model.export(folder).",
        ) from error


def _from_keras(origin: Origin, shape: tuple[int, ...] | None) -> Network:
    if keras.backend.backend() != "tensorflow":
        raise ModelError(
            f"the Keras backend {keras.backend.backend()!r}",
            "'tensorflow'",
            "Set KERAS_BACKEND=tensorflow before the import.",
        )
    _check_inputs(origin)
    image_shape = _whole_shape(shape or _keras_shape(origin.model), origin.source)
    logits = tf.function(lambda image: origin.model(image, training=False), autograph=False)
    return _network(_traced(logits, image_shape, origin.source), origin)


def _check_inputs(origin: Origin) -> None:
    """One input of floats: Keras would cast images to whole numbers, and no gradient passes a cast."""
    inputs = getattr(origin.model, "inputs", None) or ()
    if len(inputs) > 1:
        raise ModelError(
            f"{origin.source} with {len(inputs)} inputs",
            "one image input",
            "Wrap it in a tf.function of the image alone.",
        )
    if inputs and not tf.as_dtype(inputs[0].dtype).is_floating:
        raise ModelError(
            f"{origin.source} with an input of type {inputs[0].dtype}",
            "float32 images",
            "Rebuild it on keras.Input(shape, dtype='float32').",
        )


def _traced(function: Any, shape: tuple[int, ...], source: str) -> Any:
    """The concrete function for float32 images of a shape."""
    try:
        return function.get_concrete_function(tf.TensorSpec((None, *shape), tf.float32))
    except Exception as error:
        raise ModelError(
            f"{source}, which does not accept images of shape {shape} ({_reason(error)})",
            "a model of one image input, float32, with an open batch axis",
            "Give the right input_shape, or wrap it in a tf.function of the image alone.",
        ) from error


def _keras_shape(model: Any) -> tuple[int | None, ...]:
    """One image's shape as the model states it."""
    inputs = getattr(model, "inputs", None)
    if inputs:
        return tuple(inputs[0].shape[1:])
    built = (model.get_build_config() or {}).get("input_shape")
    if built is None or not isinstance(built, tuple | list):
        raise ModelError(
            f"model {model.name!r}, which states no input shape",
            "images of one shape",
            "Give input_shape=(height, width, channels).",
        )
    return tuple(built[1:])


def _from_saved(loaded: Any, origin: Origin, shape: tuple[int, ...] | None, signature: str | None) -> Network:
    names = sorted(loaded.signatures)
    chosen = signature or (SERVING if SERVING in names else names[0] if len(names) == 1 else None)
    if chosen not in names:
        raise ModelError(
            f"signature {chosen!r} of {origin.source}",
            f"one of {', '.join(map(repr, names)) or 'its signatures, of which it has none'}",
            "Choose it with signature=...; models written by model.export(folder) have one.",
        )
    function = loaded.signatures[chosen]
    _check_one_to_one(function, origin.source)
    stated = tuple(function.inputs[0].shape[1:]) if function.inputs[0].shape.rank else None
    if stated is not None and None not in stated and shape in (None, stated):
        return _network(function, origin, keep=loaded)
    return _from_function(_keyword_call(function), _whole_shape(shape or stated, origin.source), origin)


def _keyword_call(function: Any) -> Any:
    """A signature takes keywords and returns a mapping; the first of each is the image and the logits."""
    name = next(iter(function.structured_input_signature[1]))
    return tf.function(lambda image: next(iter(function(**{name: image}).values())), autograph=False)


def _from_function(function: Any, shape: tuple[int, ...] | None, origin: Origin | None = None) -> Network:
    name = str(getattr(function, "__name__", None) or tf.compat.as_str(getattr(function, "name", "function")))
    known = origin or Origin(name, f"function {name!r}")
    if hasattr(function, "captured_inputs"):
        return _network(function, known)
    signature = getattr(function, "input_signature", None)
    if shape is None and signature:
        shape = tuple(signature[0].shape[1:])
    image_shape = _whole_shape(shape, known.source)
    return _network(_traced(function, image_shape, known.source), known)


def _whole_shape(shape: Sequence[int | None] | None, source: str) -> tuple[int, ...]:
    if shape is None or any(size is None or size < 1 for size in shape):
        raise ModelError(
            f"{source} with the open or empty input shape {None if shape is None else tuple(shape)}",
            "the size of one image",
            "Give input_shape=(height, width, channels).",
        )
    return tuple(int(size) for size in shape if size is not None)


def _network(concrete: Any, origin: Origin, keep: Any = None) -> Network:
    """The network of a concrete function. `keep` holds a SavedModel's variables alive while they are read."""
    _check_one_to_one(concrete, origin.source)
    specification = concrete.inputs[0]
    if specification.dtype != tf.float32 or specification.shape.rank is None or None in specification.shape[1:]:
        raise ModelError(
            f"{origin.source} with an input of type {specification.dtype.name} and shape {specification.shape}",
            "float32 images of one size",
            "Give input_shape, or wrap it in a tf.function that casts.",
        )
    graph, head = without_head(lifted(concrete))
    del keep
    _check_logits(graph.shapes[graph.logits], origin.source)
    return Network(graph, origin.name, origin.source, head, model=origin.model)


def _check_logits(shape: tf.TensorShape, source: str) -> None:
    if shape.rank != 2 or shape[-1] is None:
        raise ModelError(
            f"{source} with an output of shape {shape}",
            "logits of shape (batch, classes)",
            "Wrap it in a tf.function that returns one row of logits per image.",
        )
    if shape[0] is not None:
        raise ModelError(
            f"{source}, which was traced for batches of {shape[0]}",
            "an open batch axis",
            "Trace it again with tf.TensorSpec((None, height, width, channels)).",
        )


def _check_one_to_one(concrete: Any, source: str) -> None:
    arguments = len(concrete.inputs) - len(concrete.captured_inputs)
    if arguments != 1 or len(concrete.outputs) != 1:
        raise ModelError(
            f"{source} with {arguments} inputs and {len(concrete.outputs)} outputs",
            "one input and one output",
            "Wrap it in a tf.function from the image to the logits.",
        )


def _reason(error: Exception) -> str:
    """The line of an error that says what happened, with its kind."""
    text = re.sub(r"\x1b\[\d+m", "", str(error))  # Keras writes in bold
    unknown = re.search(r"Could not locate class '\w+'", text)
    named = unknown or re.search(r"^\s*\w+(?:Error|Exception): (?s:.*)", text, re.MULTILINE)
    lines = (named.group() if named else text).splitlines()
    telling = [line.strip() for line in lines if line.strip() and not WHERE.search(line)]
    first = textwrap.shorten((telling or lines or [""])[0], 200, placeholder=" ...")
    return f"{type(error).__name__}: {first}" if first else type(error).__name__
