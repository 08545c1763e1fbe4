"""Figure 1 on photographs: the shipped EfficientNet-Lite0, and VGG16 where its weights are on this machine."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from os import environ
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import Float

from ..arrays import Images
from ..datasets import load
from ..methods import explain
from ..models import path
from ..network import load_network
from .cases import STEPS
from .figures import Figure
from .references import Compared, compared_figure, integrated
from .words import listed

if TYPE_CHECKING:
    from ..network import Network

EFFICIENTNET = "efficientnet_lite0"
SHOWN = ("cat", "coffee", "photographer")
_ABOUT = (
    "{network}, which was trained on ImageNet, explains {answers}. Again one output for each image, and only the "
    "reference changes: {references}. Colours of a map are summed."
)
_SIDE = 224
_VGG16_FILE = "vgg16_weights_tf_dim_ordering_tf_kernels.h5"
_BLUE_GREEN_RED_MEAN = np.array((103.939, 116.779, 123.68), np.float32)  # what VGG16's encoding subtracts

_GREYS: Mapping[str, float] = {"black": 0.0, "grey": 0.5, "white": 1.0}


def _as_it_is(images: Float[np.ndarray, "*n h w 3"]) -> Float[np.ndarray, "*n h w 3"]:
    return images


@dataclass(frozen=True, eq=False)
class Reader:
    """A network that reads photographs.

    Attributes
    ----------
    network, name
        The network, and its name for a reader.
    encode
        From pixels in [0, 1] to what it reads.
    references
        Which of "mean colour", "black", "grey" and "white" it is asked about.
    steps
        How many steps integrated gradients take.
    suffix
        Sets its figure apart from others of the same number.
    """

    network: "Network"
    name: str
    encode: Callable[[Images], Images] = _as_it_is
    references: tuple[str, ...] = ("mean colour", *_GREYS)
    steps: int = STEPS
    suffix: str = "_photographs"


def efficientnet() -> Reader:
    """The shipped network."""
    return Reader(load_network(path(EFFICIENTNET)), "EfficientNet-Lite0")


def vgg16(weights: Path) -> Reader:
    """VGG16 with weights from a file of Keras's; it is large, so it is asked less."""
    import keras

    network = load_network(keras.applications.VGG16(weights=str(weights)))
    return Reader(network, "VGG16", blue_green_red, ("mean colour", "black"), 16, "_vgg16")


def blue_green_red(images: Float[np.ndarray, "*n h w 3"]) -> Float[np.ndarray, "*n h w 3"]:
    """VGG16's encoding of pixels in [0, 1]: 255 times as large, less a mean colour, blue first."""
    return np.asarray(images[..., ::-1] * np.float32(255) - _BLUE_GREEN_RED_MEAN)


def vgg16_weights() -> Path | None:
    """VGG16's ImageNet weights where Keras keeps them, if they are on this machine; nothing is downloaded."""
    home = Path(environ["KERAS_HOME"]) if "KERAS_HOME" in environ else Path.home() / ".keras"
    weights = home / "models" / _VGG16_FILE
    return weights if weights.is_file() else None


def photographs_figure(reader: Reader) -> Figure:
    """Figure 1 on three of the shipped photographs."""
    everyone = load("photographs")
    photographs = np.concatenate([load(f"photographs/{name}").images for name in SHOWN])
    images, targets = reader.encode(photographs), reader.network.targets(reader.encode(photographs))
    references = _references(reader, everyone.images.mean(axis=(0, 1, 2)))
    compared = Compared(
        integrated(reader.network, images, targets, references, reader.steps),
        {"zero (LRP)": explain(reader.network, images, "lrp-z", targets)},
    )
    names = [_first_name(everyone.classes, int(target)) for target in targets]
    answers = [f"output {target} ({name})" for target, name in zip(targets, names, strict=True)]
    about = _ABOUT.format(network=reader.name, answers=listed(answers), references=listed(list(references)))
    labels = [name.replace(" ", "\n") for name in names]
    made = compared_figure(compared, photographs, labels, about, side=_SIDE)
    return replace(made, title=f"{made.title}: {reader.name}", suffix=reader.suffix)


def _references(reader: Reader, mean: Float[np.ndarray, " 3"]) -> dict[str, Images]:
    colours = {"mean colour": mean, **{name: np.full(3, grey, np.float32) for name, grey in _GREYS.items()}}
    shape = reader.network.input_shape
    return {name: reader.encode(np.broadcast_to(colours[name], shape)) for name in reader.references}


def _first_name(classes: tuple[str, ...] | None, target: int) -> str:
    return classes[target].split(",")[0] if classes else "?"
