"""Networks by path, or by the name of one that ships."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from .quiet_import import import_tensorflow

if TYPE_CHECKING:
    from ..network import Network


def open_network(model: str, *, trust: bool = False, **reading: Any) -> "Network":
    """The network at a path, or the shipped network of that name; a path comes first.

    TensorFlow is imported here, without its notes on stderr.

    Parameters
    ----------
    model
        A `.keras` or `.h5` file, a SavedModel folder, or a shipped network.
    trust
        Whether code that the file brings along may run.
    **reading
        What `ki.load_network` takes: `input_shape`, `signature`, `input`, `output`, `fixed`, `reduce`.

    Raises
    ------
    ModelError
        There is neither, the file cannot be read as a model, or what is told of it does not fit.
    """
    import_tensorflow()
    from ..network import load_network

    return load_network(model, trust=trust, **reading)


def class_names(model: str) -> tuple[str, ...]:
    """The names of the outputs of a network trained on ImageNet that ships; nothing for others."""
    from ..models import CONVERTED, classes

    known = model.replace("-", "_")
    return tuple(classes(known)) if known in CONVERTED and not Path(model).exists() else ()
