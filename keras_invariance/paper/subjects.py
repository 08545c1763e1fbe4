"""What the experiment is made on: digits, the shipped networks, their shifts, and the patterns fitted for them."""

from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from ..arrays import Image, Images, Targets
from ..datasets import load
from ..encodings.cat import cat
from ..encodings.shifts import parse, targeted
from ..models import path
from ..network import load_network
from ..twins import shifted_twin
from .cases import Case, ShiftKind
from .sides import Pair, Side, on_grid, own_shift_pairs, shifted_pair
from .visibility import PAPER, Strength

if TYPE_CHECKING:
    import keras

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
_BOARD = "checkerboard:4:0.5+constant:0.5"


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
    _own_pairs: dict[Strength, list[Pair]] = field(default_factory=dict, repr=False)
    _patterns: dict[tuple[str, str, str], "Patterns"] = field(default_factory=dict, repr=False)

    @cached_property
    def originals(self) -> Images:
        """The first test images, before any shift."""
        return on_grid(load("mnist/test").take(max(self.images, SHOWN)).images)

    @cached_property
    def training(self) -> Images:
        """The training images that patterns are fitted on and means are taken of."""
        return on_grid(load("mnist/train").take(max(FITTED_ON.values())).images)

    def side(self, name: str) -> Side:
        """A shipped network with the digits as they are."""
        return self._sides[name]

    @cached_property
    def _sides(self) -> dict[str, Side]:
        mean = on_grid(self.training.mean(axis=0, dtype=np.float64))
        darkest: Image = self.training.min(axis=0)
        networks = {name: load_network(path(name)) for name in (MLP, CNN)}
        return {name: Side(network, np.zeros_like(mean), mean, darkest) for name, network in networks.items()}

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
            shift = parse(spec).values(self.originals.shape[1:])
            self._pairs[name, moved] = shifted_pair(self.side(name), shift, name, words, moved)
        return self._pairs[name, moved]

    @cached_property
    def board(self) -> Pair:
        """The paper's network and its twin under a checkerboard of 0 and 1."""
        board = parse(_BOARD).values(self.originals.shape[1:])
        return shifted_pair(self.side(MLP), board, MLP, "checkerboard of 0 and 1", "checkerboard")

    @cached_property
    def reweighted(self) -> Pair:
        """Network 1, and the constant shift's twin of a network that computes the same with other weights."""
        pair = self.pair(MLP, "constant")
        twin = shifted_twin(load_network(other_weights(path(MLP))), pair.difference)
        words = f"{pair.shift}, network 2 with other weights"
        second = replace(pair.second, network=twin)
        return replace(pair, second=second, kind="other weights", shift=words)

    def own_shifts(self, strength: Strength, images: Images) -> Images:
        """For each of the first test images, the shift that paints the cat into its explanation."""
        network, targets = self.side(MLP).network, self.targets(MLP)
        shifts = (
            targeted(network, image, cat(), target=int(target), clip=strength.clip, strength=strength.fill).values(
                image.shape
            )
            for image, target in zip(images, targets, strict=False)
        )
        return on_grid(np.stack(list(shifts)))

    def own_pairs(self, strength: Strength) -> list[Pair]:
        """A pair for each of the shown digits; the data set's mean moves by the mean of the shifts.

        Under the paper's bound, where the remedy is tried, that is the mean over all images, else over those shown.
        """
        if strength not in self._own_pairs:
            images = self.originals if strength == PAPER else self.originals[:SHOWN]
            shifts = self.own_shifts(strength, images)
            mean: Image = on_grid(shifts.mean(axis=0, dtype=np.float64))
            words = f"cat within \N{PLUS-MINUS SIGN}{strength.clip:g}, each image its own shift"
            kind: ShiftKind = "targeted" if strength == PAPER else "targeted far"
            self._own_pairs[strength] = own_shift_pairs(self.side(MLP), list(shifts[:SHOWN]), mean, MLP, words, kind)
        return self._own_pairs[strength]

    @property
    def at_another(self) -> tuple[Pair, Images, Targets]:
        """The pair whose shift is aimed at the first image, and the other images with their logits."""
        pair = replace(
            self.own_pairs(PAPER)[0],
            kind="targeted at another",
            shift=f"cat within \N{PLUS-MINUS SIGN}{PAPER.clip:g}, aimed at the first image",
        )
        return pair, self.originals[1:], self.targets(MLP)[1:]

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


def other_weights(file: Path) -> "keras.Model":
    """A dense network of the same function: the weights into each neuron of the first layer doubled, those out halved.

    Powers of two round nothing, and a ReLU lets a positive factor through: every output is the same to the last bit.
    """
    import keras

    model = keras.saving.load_model(file, compile=False)
    first, second = [layer for layer in model.layers if isinstance(layer, keras.layers.Dense)][:2]
    first.set_weights([2 * values for values in first.get_weights()])
    kernel, bias = second.get_weights()
    second.set_weights([kernel / 2, bias])
    return model
