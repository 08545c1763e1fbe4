"""Whose class names are whose: the network's own, the data's, and whether both mean the same classes."""

from typing import TYPE_CHECKING

from keras_invariance.application import class_names

from ..model.naming import Naming

if TYPE_CHECKING:
    from keras_invariance.datasets import Dataset

COLOURED = frozenset({"photographs"})
"""Embedded data that were made for networks that read three channels."""


def naming(model: str, outputs: int, data: "Dataset") -> Naming:
    """The names of a network with so many outputs beside these data; sizes are compared."""
    own, names, count = class_names(model), data.classes, _label_count(data)
    fits = names is not None and len(names) == outputs
    same = fits if names is not None else count <= outputs
    return Naming(
        own if len(own) == outputs else names if fits else None,
        names if count else None,
        count,
        bool(count) and same,
        _misfit(outputs, names, count) if not same else "",
    )


def belongs(name: str, shape: tuple[int, ...]) -> bool:
    """Whether data of that name, brought to an input's shape, stay what they are: photographs are in colour."""
    return name.partition("/")[0] not in COLOURED or shape[-1] == 3


def _label_count(data: "Dataset") -> int:
    if data.classes is not None:  # one label tells whether there are any; reading all of them may take long
        return 0 if data[:1].labels is None else len(data.classes)
    labels = data.labels
    return 0 if labels is None else int(labels.max(initial=-1)) + 1


def _misfit(outputs: int, names: tuple[str, ...] | None, count: int) -> str:
    if names is None:
        return f"labels from 0 to {count - 1}, the network has {outputs} outputs: nothing is right or wrong"
    return f"names of {len(names)} classes, the network has {outputs} outputs: not the same classes"
