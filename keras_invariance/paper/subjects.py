"""What the experiment is made on: digits, the shipped networks, their shifts, and the patterns fitted for them."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np

import keras_invariance as ki

from ..arrays import Image, Images, Targets
from ..models import path
from .cases import Case
from .cat import cat
from .pairs import Pair, Side, on_grid, own_shift_pairs, shifted_pair

if TYPE_CHECKING:
    from ..patterns import Patterns

MLP, CNN = "mnist_mlp", "mnist_cnn"
SHOWN = 5
FITTED_ON = {MLP: 3_000, CNN: 1_000}
"""How many training images the patterns of a network are fitted on: in float64, so that refitting adds no rounding."""

Moved = Literal["constant", "checkerboard"]
Together = tuple[Literal["published", "positive", "linear"], ...]
"""Estimators that come from one pass over the data."""
_SHIFTS: dict[Moved, tuple[str, str]] = {
    "constant": ("constant:-1", "constant shift of \N{MINUS SIGN}1"),
    "checkerboard": ("checkerboard:4", "checkerboard of \N{PLUS-MINUS SIGN}1"),
}
BOUND = 0.3
CLIPS = {BOUND: 3.0, 1.0: 1.0}
"""How far the targeted attack may move a pixel (the paper's bound, and as far as pixels reach) -> its strength."""


@dataclass(frozen=True, eq=False)
class Subjects:
    """Digits, networks and pairs; each is made when it is first asked for.

    Parameters
    ----------
    images
        How many test images a verdict rests on.
    """

    images: int
    _pairs: dict[tuple[str, Moved], Pair] = field(default_factory=dict, repr=False)
    _own_pairs: dict[float, list[Pair]] = field(default_factory=dict, repr=False)
    _patterns: dict[tuple[str, str, str], "Patterns"] = field(default_factory=dict, repr=False)

    @cached_property
    def originals(self) -> Images:
        """The first test images, before any shift."""
        return on_grid(ki.datasets.load("mnist/test").take(max(self.images, SHOWN)).images)

    @cached_property
    def training(self) -> Images:
        """The training images that patterns are fitted on and means are taken of."""
        return on_grid(ki.datasets.load("mnist/train").take(max(FITTED_ON.values())).images)

    def side(self, name: str) -> Side:
        """A shipped network with the digits as they are."""
        return self._sides[name]

    @cached_property
    def _sides(self) -> dict[str, Side]:
        mean = on_grid(self.training.mean(axis=0, dtype=np.float64))
        return {name: Side(ki.load_network(path(name)), np.zeros_like(mean), mean) for name in (MLP, CNN)}

    @cached_property
    def _targets(self) -> dict[str, Targets]:
        return {name: side.network.targets(self.originals) for name, side in self._sides.items()}

    def judged(self, name: str) -> tuple[Images, Targets]:
        """The images that a verdict rests on, and the explained logits."""
        return self.originals[: self.images], self.targets(name)[: self.images]

    def shown(self, name: str) -> tuple[Images, Targets]:
        """The images of the figures, and the explained logits."""
        return self.originals[:SHOWN], self.targets(name)[:SHOWN]

    def targets(self, name: str) -> Targets:
        """The explained logits: those of network 1's answers."""
        return self._targets[name]

    def pair(self, name: str, moved: Moved) -> Pair:
        """A shipped network and its twin."""
        if (name, moved) not in self._pairs:
            spec, words = _SHIFTS[moved]
            shift = ki.shifts.parse(spec).values(self.originals.shape[1:])
            self._pairs[name, moved] = shifted_pair(self.side(name), shift, name, words, moved)
        return self._pairs[name, moved]

    def own_shifts(self, clip: float) -> Images:
        """For each test image, the shift within `clip` that paints the cat into its explanation."""
        network, targets = self.side(MLP).network, self.targets(MLP)
        shifts = (
            ki.shifts.targeted(network, image, cat(), target=int(target), clip=clip, strength=CLIPS[clip]).values(
                image.shape
            )
            for image, target in zip(self.originals, targets, strict=True)
        )
        return on_grid(np.stack(list(shifts)))

    def own_pairs(self, clip: float) -> list[Pair]:
        """A pair for each of the shown digits; the data set's mean moves by the mean of all images' shifts."""
        if clip not in self._own_pairs:
            shifts = self.own_shifts(clip)
            mean: Image = on_grid(shifts.mean(axis=0, dtype=np.float64))
            words = f"a cat within \N{PLUS-MINUS SIGN}{clip:g}, each image its own shift"
            self._own_pairs[clip] = own_shift_pairs(self.side(MLP), list(shifts[:SHOWN]), mean, MLP, words)
        return self._own_pairs[clip]

    def patterns(self, pair: Pair, case: Case, number: Literal[1, 2]) -> "Patterns":
        """The patterns that a case gives to network 1 or 2, fitted once on that network's own data."""
        from ..patterns import fit_estimators

        side = pair.sides[number - 1]
        key = (side.network.fingerprint, case.estimator, case.centre)
        if key not in self._patterns:
            data = self.training[: FITTED_ON[pair.name]] + side.offset
            network = side.network.astype("float64")
            together: Together = ("linear",) if case.estimator == "linear" else ("published", "positive")
            fitted = fit_estimators(network, data, together, centre=case.centre)
            self._patterns.update({(key[0], name, key[2]): patterns for name, patterns in fitted.items()})
        return self._patterns[key]
