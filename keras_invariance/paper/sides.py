"""Pairs: a network and its twin with both inputs, and what each of them is told for a case.

All images, shifts and means lie on a grid of 2^-12: their sums are exact in float32, so that two encodings of one image
differ by the shift to the last bit and no verdict is about rounding of the data.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
from jaxtyping import Float

from ..arrays import Image, Images, Maps, Targets
from ..comparison.pairs import explain_pair
from ..twins import shifted_twin
from .cases import Case, ShiftKind

if TYPE_CHECKING:
    from ..network import Network
    from ..patterns import Patterns

GRID = 2.0**-12

Normaliser = Literal["pixel mean", "mean image"]
NORMALISERS: tuple[Normaliser, ...] = ("pixel mean", "mean image")
PatternSource = Callable[["Pair", Case, Literal[1, 2]], "Patterns"]
"""Where a pair's patterns come from: those of a case that network 1 or network 2 is to use."""


@dataclass(frozen=True, eq=False)
class Side:
    """One network of a pair and the encoding that it reads.

    Parameters
    ----------
    network
        The network.
    offset
        What was added to an original image to get this network's, in the shape of one image.
    mean
        The mean image of the whole data set in this encoding.
    darkest
        The least value of each pixel over the whole data set in this encoding.
    """

    network: "Network"
    offset: Image
    mean: Image
    darkest: Image

    def moved(self, network: "Network", shift: Image) -> "Side":
        """The same data in another encoding, and the network that reads it."""
        return Side(network, self.offset + shift, self.mean + shift, self.darkest + shift)

    def normalised(self, by: Normaliser) -> "Side":
        """The same function of z = x - mean: the data set's mean is taken from the images and put into the biases."""
        mean = np.broadcast_to(on_grid(self.mean.mean()), self.mean.shape) if by == "pixel mean" else self.mean
        return self.moved(shifted_twin(self.network, -mean), -mean)

    @property
    def black(self) -> Image:
        """The least value of the whole data set, in every pixel."""
        return np.full_like(self.darkest, self.darkest.min())


@dataclass(frozen=True, eq=False)
class Pair:
    """Network 1 and network 2 under one shift.

    Parameters
    ----------
    name
        The network's name for a reader.
    shift
        The shift for a reader.
    kind
        What the paper's claims depend on.
    first, second
        The two sides.
    normalised
        What both sides subtract from their data, if anything.
    """

    name: str
    shift: str
    kind: ShiftKind
    first: Side
    second: Side
    normalised: Normaliser | Literal[""] = field(default="")

    @property
    def sides(self) -> tuple[Side, Side]:
        """Both sides."""
        return self.first, self.second

    @property
    def difference(self) -> Image:
        """What network 2's input has more than network 1's."""
        return np.asarray(self.second.offset - self.first.offset)

    def images(self, originals: Images) -> tuple[Images, Images]:
        """Both networks' inputs for original images."""
        return originals + self.first.offset, originals + self.second.offset

    def options(self, case: Case, patterns: PatternSource) -> tuple[dict[str, object], dict[str, object]]:
        """The method's options for network 1 and for network 2."""
        shared: dict[str, object] = dict(case.options)
        if case.estimator:
            own: Literal[1, 2] = 1 if case.fit == "carried over" else 2
            return {**shared, "patterns": patterns(self, case, 1)}, {**shared, "patterns": patterns(self, case, own)}
        if case.reference in ("zero", "black"):
            shared["reference"] = case.reference
        first, second = self._references.get(case.reference, (None, None))
        if first is None:
            return shared, dict(shared)
        return {**shared, "reference": first}, {**shared, "reference": second}

    @property
    def _references(self) -> Mapping[str, tuple[object, object]]:
        """References that are not the same word for both networks."""
        first, second = self.sides
        return {
            "data set's black": (first.black, second.black),
            "unshifted black": (first.black, first.black),
            "transformed": ("zero", self.difference),
            "mean image": (first.mean, second.mean),
        }

    def maps(self, case: Case, originals: Images, targets: Targets, patterns: PatternSource) -> tuple[Maps, Maps]:
        """Both networks' maps of original images."""
        x, _ = self.images(originals)
        first, second = self.options(case, patterns)
        networks = self.first.network, self.second.network
        return explain_pair(
            *networks, x, self.difference, case.method, targets=targets, options=first, twin_options=second
        )

    def normalise(self, by: Normaliser) -> "Pair":
        """Both networks with their own data set's mean taken away before attribution."""
        return replace(self, first=self.first.normalised(by), second=self.second.normalised(by), normalised=by)


def shifted_pair(first: Side, shift: Image, name: str, words: str, kind: ShiftKind) -> Pair:
    """A network with its twin for a shift that all images share; the mean image moves with it."""
    twin = shifted_twin(first.network, shift)
    return Pair(name, words, kind, first, first.moved(twin, shift))


def own_shift_pairs(
    first: Side, shifts: Sequence[Image], mean_shift: Image, name: str, words: str, kind: ShiftKind = "targeted"
) -> list[Pair]:
    """A pair for each image with a shift of its own; the data set's mean image moves by the shifts' mean only."""
    shared = [shifted_pair(first, shift, name, words, kind) for shift in shifts]
    return [replace(pair, second=replace(pair.second, mean=first.mean + mean_shift)) for pair in shared]


def on_grid(values: Float[np.ndarray, "..."] | float) -> Float[np.ndarray, "..."]:
    """The nearest multiples of 2^-12, float32: sums of a few such numbers are exact."""
    return np.asarray(np.rint(np.asarray(values, np.float64) / GRID) * GRID, np.float32)
