"""Figure 1: one network, one image, and maps that differ only in the point that the image is compared with."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from os import environ
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from jaxtyping import UInt8

import keras_invariance as ki

from ..arrays import Image, Images, Maps, Targets
from ..report.grid import Column, Panel, grid_png
from ..scores import compare
from .cases import STEPS
from .figures import Figure
from .sentences import reference_sentences
from .subjects import CNN, Subjects

if TYPE_CHECKING:
    from ..network import Network
    from ..patterns import Patterns

_VGG16_FILE = "vgg16_weights_tf_dim_ordering_tf_kernels.h5"
_VGG16_STEPS = 16
_PHOTOS = ("chelsea", "coffee")
_BLUE_GREEN_RED_MEAN = (103.939, 116.779, 123.68)  # what VGG16's encoding subtracts, channel by channel
_TITLE = "The reference decides what is seen"
_ABOUT = (
    "One network and one output for each image; only the reference changes. Integrated gradients walk from the "
    "reference to the image. Deep Taylor decomposition looks at each neuron from a root: at zero it is LRP{patterns}."
)
_LEGEND = "One scale for each image and group of columns.\nWhite is 0; the 3 % largest values have the darkest colour."


@dataclass(frozen=True)
class Compared:
    """Maps by reference, in the two groups of the figure."""

    integrated: Mapping[str, Maps]
    taylor: Mapping[str, Maps]

    @property
    def cosines(self) -> dict[tuple[str, str], float]:
        """Mean cosine similarity of every two maps of a group."""
        groups = (("integrated gradients from", self.integrated), ("deep Taylor at", self.taylor))
        return {
            (f"{group} {first}", second): float(np.nanmean(compare(maps[first], maps[second]).cosine))
            for group, maps in groups
            for first, second in combinations(maps, 2)
        }

    def panels(self, images: Images) -> list[Panel]:
        """The figure's panels."""
        walked = [Column(name, maps) for name, maps in self.integrated.items()]
        rooted = [Panel(title, (Column(name, maps),)) for (title, name), maps in self._roots()]
        inputs = Panel("Input", (Column("x", images),), "images")
        return [inputs, Panel("Integrated gradients, reference", tuple(walked)), *rooted]

    def _roots(self) -> list[tuple[tuple[str, str], Maps]]:
        words = {"zero (LRP)": ("LRP", "zero root"), "patterns": ("Pattern attr.", "root: pattern")}
        return [(words[name], maps) for name, maps in self.taylor.items()]


def digits_figure(subjects: Subjects, patterns: "Patterns") -> Figure:
    """Figure 1 on digits and the shipped convolutional network."""
    side, (images, targets) = subjects.side(CNN), subjects.shown(CNN)
    greys = {"black": 0.0, "grey": 0.5, "white": 1.0}
    references = {"mean digit": side.mean, **{name: np.full_like(side.mean, grey) for name, grey in greys.items()}}
    compared = Compared(
        _integrated(side.network, images, targets, references, STEPS),
        {
            "zero (LRP)": ki.explain(side.network, images, "lrp-z", targets),
            "patterns": ki.explain(side.network, images, "pattern-attribution", targets, patterns=patterns),
        },
    )
    words = _ABOUT.format(patterns=", along fitted patterns PatternAttribution")
    return _figure(compared, images, [str(target) for target in targets], words)


def vgg16_weights() -> Path | None:
    """VGG16's ImageNet weights where Keras keeps them, if they are on this machine; nothing is downloaded."""
    home = Path(environ["KERAS_HOME"]) if "KERAS_HOME" in environ else Path.home() / ".keras"
    weights = home / "models" / _VGG16_FILE
    return weights if weights.is_file() else None


def vgg16(weights: Path) -> "Network":
    """VGG16 with weights from a file of Keras's."""
    import keras

    return ki.load_network(keras.applications.VGG16(weights=str(weights)))


def photos_figure(network: "Network") -> Figure:
    """Figure 1 on two photographs and a network that reads them in VGG16's encoding."""
    from skimage import data
    from skimage.transform import resize

    photos = np.stack([resize(_square(getattr(data, name)()), (224, 224)) for name in _PHOTOS]).astype(np.float32)
    encoded = photos[..., ::-1] * 255 - np.asarray(_BLUE_GREEN_RED_MEAN, np.float32)
    targets = network.targets(encoded)
    black = np.broadcast_to(-np.asarray(_BLUE_GREEN_RED_MEAN, np.float32), encoded.shape[1:])
    references = {"mean colour": np.zeros_like(black), "black": black}
    compared = Compared(
        _integrated(network, encoded, targets, references, _VGG16_STEPS),
        {"zero (LRP)": ki.explain(network, encoded, "lrp-z", targets)},
    )
    made = _figure(compared, photos, [str(target) for target in targets], _ABOUT.format(patterns=""), side=224)
    return replace(made, title=f"{made.title}: photographs and {network.name}", suffix="_vgg16")


def _integrated(
    network: "Network", images: Images, targets: Targets, references: Mapping[str, Image], steps: int
) -> dict[str, Maps]:
    return {
        name: ki.explain(network, images, "integrated-gradients", targets, reference=reference, steps=steps)
        for name, reference in references.items()
    }


def _figure(compared: Compared, images: Images, labels: list[str], about: str, side: int = 112) -> Figure:
    picture = grid_png([compared.panels(images)], labels, _LEGEND, side)
    return Figure(1, _TITLE, about, tuple(reference_sentences(compared.cosines)), picture)


def _square(photo: UInt8[np.ndarray, "h w 3"]) -> UInt8[np.ndarray, "s s 3"]:
    side = min(photo.shape[:2])
    top, left = ((size - side) // 2 for size in photo.shape[:2])
    return photo[top : top + side, left : left + side]
