"""Loading: a Network from a model file, a SavedModel folder, a Keras model or a traced function."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf

from ...errors import ModelError
from ..graph import pruned
from ..loaded import Loaded
from ..lowering.lift import lifted
from ..lowering.traced import Traced, traced
from ..network import Network
from ..structure.endpoints import Endpoints, Front
from .batches import with_any_batch
from .error_messages import GIVE_SHAPE
from .keras_files import read_keras, traced_for, traced_keras
from .outputs import Reduce, rows_of_logits
from .saved_models import choose_signature, read_saved_model
from .selection import Chosen, Selection, chosen


@dataclass(frozen=True)
class Origin:
    """What a model was read from: its name, a sentence part that says where, and the Keras model if there is one."""

    name: str
    source: str
    model: Any = None


def load_network(  # noqa: PLR0913  every way of saying which part of a model is the network
    model: Any,
    *,
    input_shape: Sequence[int] | None = None,
    custom_objects: Mapping[str, Any] | None = None,
    signature: str | None = None,
    input: str | None = None,  # noqa: A002  what users call it
    output: str | None = None,
    fixed: Mapping[str, Any] | None = None,
    reduce: Reduce | None = None,
    trust: bool = False,
) -> Network:
    """Read a model and lift it to a `Network`; its final softmax or sigmoid is taken off.

    Parameters
    ----------
    model
        A path to a `.keras` or HDF5 file or a SavedModel folder; the name of a network that ships, such as "mnist_cnn";
        a `keras.Model`, a loaded SavedModel, a `tf.function` or a `ConcreteFunction`. A path comes before a name.
    input_shape
        The shape of one image (of what is explained), for models that leave it open.
    custom_objects
        Classes of the user's that a `.keras` or HDF5 file names.
    signature
        Which signature of a SavedModel; the serving default otherwise.
    input
        The input that is explained, by name; or a layer or operation whose output is, such as an embedding.
    output
        The output that is explained, by name.
    fixed
        For each other input, by name, the value that it has for every image, without a batch axis.
    reduce
        "mean" or "max" over all axes of the output but the last; otherwise each of its places is a logit.
    trust
        Let a Keras file run the Python that it carries (Lambda layers). Off, so that no stranger's code runs.

    Raises
    ------
    ModelError
        The path or file is wrong or damaged; or a signature, input or output must be chosen, with the names to choose
        from; or no network from images to logits can be made of them.
    """
    shape = None if input_shape is None else tuple(int(size) for size in input_shape)
    if shape is not None and min(shape, default=1) < 1:
        raise _open_shape("a model", shape)
    selection = Selection(input, output, dict(fixed or {}), shape)
    if isinstance(model, str | Path):
        function, origin = _from_path(Path(model), selection, custom_objects, signature, trust=trust)
    else:
        function, origin = _from_object(model, selection, signature)
    return _network(function, selection, origin, reduce)


def _from_path(
    path: Path, selection: Selection, custom_objects: Mapping[str, Any] | None, signature: str | None, *, trust: bool
) -> tuple[Traced, Origin]:
    path = path if path.exists() else _shipped(path)
    if path.is_dir():
        return read_saved_model(path, signature), Origin(path.resolve().name, f"SavedModel folder {str(path)!r}")
    origin = Origin(path.stem, f"Keras file {str(path)!r}", read_keras(path, custom_objects, trust=trust))
    return traced_keras(origin.model, selection, origin.source), origin


def _shipped(name: Path) -> Path:
    """The file of the shipped network of that name, dashes or underscores in it."""
    from ...models import NAMES
    from ...models import path as shipped

    if str(name).replace("-", "_") in NAMES:
        return Path(shipped(str(name)))
    raise ModelError(
        f"{str(name)!r}, which does not exist",
        f"a .keras or HDF5 file, a SavedModel folder, or one of {', '.join(NAMES)}",
        "Check the path.",
    )


def _from_object(model: Any, selection: Selection, signature: str | None) -> tuple[Traced, Origin]:
    if isinstance(model, keras.Model):
        origin = Origin(model.name, f"Keras model {model.name!r}", model)
        return traced_keras(model, selection, origin.source), origin
    if hasattr(model, "signatures"):
        origin = Origin("saved_model", "a loaded SavedModel")
        return traced(model.signatures[choose_signature(model.signatures, signature, origin.source)]), origin
    if hasattr(model, "get_concrete_function") or hasattr(model, "captured_inputs"):
        name = str(getattr(model, "__name__", None) or tf.compat.as_str(getattr(model, "name", "function")))
        origin = Origin(name, f"function {name!r}")
        return traced(_concrete(model, selection, origin.source)), origin
    raise ModelError(
        f"a {type(model).__name__}",
        "a path, a keras.Model, a SavedModel, a tf.function or a ConcreteFunction",
        "Load the model with Keras or TensorFlow first, or give the path to its file.",
    )


def _concrete(function: Any, selection: Selection, source: str) -> Any:
    """The concrete function: as it was traced, or traced for its own signature, or for images of the given shape."""
    if hasattr(function, "captured_inputs"):
        return function
    signature = list(getattr(function, "input_signature", None) or ())
    if selection.shape is not None and len(signature) <= 1:
        signature = [tf.TensorSpec((None, *selection.shape), tf.float32)]
    if not signature:
        raise _open_shape(source, None)
    return traced_for(function, signature, source)


def _open_shape(source: str, shape: tuple[int, ...] | None) -> ModelError:
    return ModelError(
        f"{source} with the open or empty input shape {shape}",
        "the size of one image",
        GIVE_SHAPE,
    )


def _network(function: Traced, selection: Selection, origin: Origin, reduce: str | None) -> Network:
    """The network of a function, from the selected input to the selected output."""
    found = chosen(function, selection, origin.source)
    read = lifted(function, found.image, found.result.value, found.fixed)
    graph, head, shape = rows_of_logits(read, reduce, origin.source)
    endpoints = Endpoints(found.image.name, found.result.name, shape, _front(function, found))
    whole = len(function.inputs) == len(function.outputs) == 1 and selection.plain and graph.logits.node in read.by_name
    model = origin.model if whole else None
    network = Network(graph, origin.name, Loaded(origin.source, head, endpoints, model))
    return with_any_batch(network, found.batch, origin.source)


def _front(function: Traced, found: Chosen) -> Front | None:
    """What leads from the model's own input to an explained value inside it, where that is one input."""
    value = found.image.value
    read = {before for node in pruned(function.nodes, value) for before in node.inputs}
    ports = [port for port in function.inputs if port.value in read]
    free = [port for port in ports if port.value not in found.fixed] or ports
    if len(free) != 1:
        return None
    fixed = {other: number for other, number in found.fixed.items() if other != free[0].value}
    return Front(lifted(function, free[0], value, fixed), free[0].name, free[0].dtype)
