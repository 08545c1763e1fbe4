"""Figure 1: one network, one image, and maps that differ only in the point that the image is compared with."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from ..arrays import Image, Images, Maps, Targets
from ..comparison.scores import compare
from ..methods import explain
from ..reports.grid import Column, Panel, grid_png
from .cases import STEPS
from .figures import Figure
from .quantities import TAYLOR_COSINE, WALKED_COSINE
from .sentences import reference_sentences
from .subjects import CNN, Subjects

if TYPE_CHECKING:
    from ..network import Network
    from ..patterns import Patterns

_TITLE = "The reference decides what is seen"
_ABOUT = (
    "One network and one output for each image; only the reference changes. Integrated gradients walk from the "
    "reference to the image. Deep Taylor decomposition looks at each neuron from a root: at zero it is LRP, along "
    "fitted patterns PatternAttribution."
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
            (f"{group} {first}", second): cosine
            for group, maps in groups
            for (first, second), cosine in cosines(maps).items()
        }

    @property
    def closest(self) -> dict[str, float]:
        """The cosine of the two closest references of each group."""
        groups = {WALKED_COSINE: self.integrated, TAYLOR_COSINE: self.taylor}
        return {name: max(cosines(maps).values()) for name, maps in groups.items()}

    def panels(self, images: Images) -> list[Panel]:
        """The figure's panels."""
        walked = [Column(name, maps) for name, maps in self.integrated.items()]
        rooted = [Panel(title, (Column(name, maps),)) for (title, name), maps in self._roots()]
        inputs = Panel("Input", (Column("x", images),), "images")
        return [inputs, Panel("Integrated gradients, reference", tuple(walked)), *rooted]

    def _roots(self) -> list[tuple[tuple[str, str], Maps]]:
        words = {"zero (LRP)": ("LRP", "zero root"), "patterns": ("Pattern attr.", "root: pattern")}
        return [(words[name], maps) for name, maps in self.taylor.items()]


def cosines(maps: Mapping[str, Maps]) -> dict[tuple[str, str], float]:
    """Mean cosine similarity of every two maps of an image."""
    return {
        (first, second): float(np.nanmean(compare(maps[first], maps[second]).cosine))
        for first, second in combinations(maps, 2)
    }


def digits_compared(subjects: Subjects, patterns: "Patterns") -> Compared:
    """Maps of the shown digits by the shipped convolutional network, reference by reference."""
    side, (images, targets) = subjects.side(CNN), subjects.shown(CNN)
    greys = {"black": 0.0, "grey": 0.5, "white": 1.0}
    references = {"mean digit": side.mean, **{name: np.full_like(side.mean, grey) for name, grey in greys.items()}}
    return Compared(
        integrated(side.network, images, targets, references, STEPS),
        {
            "zero (LRP)": explain(side.network, images, "lrp-z", targets),
            "patterns": explain(side.network, images, "pattern-attribution", targets, patterns=patterns),
        },
    )


def digits_figure(subjects: Subjects, compared: Compared) -> Figure:
    """Figure 1 on digits and the shipped convolutional network."""
    images, targets = subjects.shown(CNN)
    return compared_figure(compared, images, [str(target) for target in targets], _ABOUT)


def integrated(
    network: "Network", images: Images, targets: Targets, references: Mapping[str, Image], steps: int
) -> dict[str, Maps]:
    """Integrated gradients from each of several references."""
    return {
        name: explain(network, images, "integrated-gradients", targets, reference=reference, steps=steps)
        for name, reference in references.items()
    }


def compared_figure(compared: Compared, images: Images, labels: list[str], about: str, side: int = 112) -> Figure:
    """Figure 1 with its picture and what was measured."""
    picture = grid_png([compared.panels(images)], labels, _LEGEND, side)
    return Figure(1, _TITLE, about, tuple(reference_sentences(compared.cosines)), picture)
