"""An experiment: one network explained again and again while its layers are randomised.

Letters: m a shift.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, TypeAlias

import numpy as np
from jaxtyping import Float

from ...arrays import Images, Maps, PerImage, Targets
from ...network import Network
from ...twins.shifted import shifted_twin
from ..checks import analyzer_of
from ..similarity import MEASURES, similarities
from .copies import Copy, copy_of
from .layers import Layer, Parameters
from .orders import Order, Step, grouped, steps
from .parameters import parameters_of

Side: TypeAlias = Literal["network", "twin"]
Asked: TypeAlias = tuple[str, Side]
"""A method, and whose maps."""

CONTROL: Literal["control"] = "control"
CONTROL_LAYER = "uniform-random map"


@dataclass(frozen=True, eq=False)
class Finding:
    """How far a method's maps resemble those of the trained network once some layers are random.

    Attributes
    ----------
    method
        The method's name.
    side
        "network", or "twin" for the same under a shift.
    order, step, layer
        Which layers are random: the first `step` of an order, `layer` the last of them; for the order "independent"
        that layer alone. For the order "control" a map of uniform-random numbers takes the maps' place.
    seed
        Which draw it is.
    similarities
        Each of `similarity.MEASURES`, one number per image.
    """

    method: str
    side: Side
    order: Order | Literal["control"]
    step: int
    layer: str
    seed: int
    similarities: Mapping[str, PerImage]


@dataclass(frozen=True, eq=False)
class Experiment:
    """What is randomised and explained.

    Attributes
    ----------
    network
        The trained network. It is never changed.
    images, targets
        What is explained, [n, *input_shape] and [n]; the targets are the trained network's throughout.
    methods
        Names of `ki.METHODS`.
    options
        "METHOD.OPTION" -> value.
    orders
        Which of `ORDERS`.
    groups
        In how many groups neighbouring layers are randomised together; None for each by itself.
    shift
        m, where the twin is tested too, else None.
    """

    network: Network
    images: Images
    targets: Targets
    methods: tuple[str, ...]
    options: Mapping[str, Any]
    orders: tuple[Order, ...]
    groups: int | None
    shift: Float[np.ndarray, "*input"] | None

    @cached_property
    def layers(self) -> tuple[Layer, ...]:
        """The layers, or groups of them, that are randomised, from the image up."""
        return grouped(self._parameters.layers, self.groups)

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """All steps of all orders."""
        return tuple(step for order in self.orders for step in steps(order, self.layers))

    @property
    def asked(self) -> list[Asked]:
        """Every method on the network, and on the twin where there is a shift."""
        sides: tuple[Side, ...] = ("network",) if self.shift is None else ("network", "twin")
        return [(method, side) for method in self.methods for side in sides]

    @property
    def places(self) -> list[tuple[Asked, Order | Literal["control"], int, str]]:
        """What each finding of a seed is about, in their order."""
        control = [(asked, CONTROL, 0, CONTROL_LAYER) for asked in self.asked]
        return [
            *control,
            *((asked, one.order, one.number, one.layer.name) for one in self.steps for asked in self.asked),
        ]

    def findings(self, seed: int) -> Iterator[Finding]:
        """All findings of one seed, the control first."""
        for (asked, order, step, layer), found in zip(self.places, self._similarities(seed), strict=True):
            yield Finding(*asked, order, step, layer, seed, found)

    def read(self, seed: int, similarities: Float[np.ndarray, "f m n"]) -> Iterator[Finding]:
        """The findings of one seed from their numbers: for each of `places` and each of `MEASURES`, every image's."""
        for (asked, order, step, layer), rows in zip(self.places, similarities, strict=True):
            yield Finding(*asked, order, step, layer, seed, dict(zip(MEASURES, rows, strict=True)))

    def maps(self, seed: int, randomised: frozenset[Layer]) -> Mapping[Asked, Maps]:
        """Every method's maps on each side once some layers are drawn anew."""
        drawn = self._parameters.draw(seed) if randomised else {}
        return self._explained(_of(randomised, drawn))

    def _similarities(self, seed: int) -> Iterator[Mapping[str, PerImage]]:
        for trained in self._trained.values():
            yield similarities(trained, random_maps(seed, trained.shape))
        drawn = self._parameters.draw(seed)
        known: dict[frozenset[Layer], list[Mapping[str, PerImage]]] = {}  # orders meet in the same networks
        for step in self.steps:
            if step.randomised not in known:
                maps = self._explained(_of(step.randomised, drawn))
                known[step.randomised] = [similarities(self._trained[asked], maps[asked]) for asked in self.asked]
            yield from known[step.randomised]

    @cached_property
    def _parameters(self) -> Parameters:
        return parameters_of(self.network)

    @cached_property
    def _copy(self) -> Copy:
        return copy_of(self.network)

    @cached_property
    def _trained(self) -> Mapping[Asked, Maps]:
        return self._explained({})

    def _explained(self, numbers: Mapping[Any, np.ndarray]) -> Mapping[Asked, Maps]:
        """Every method's maps on each side, with some numbers in the place of the trained ones.

        The twin is that of the network with these numbers: it computes the same function of the shifted images.
        """
        self._copy.put(numbers)
        sides: dict[Side, tuple[Network, Images]] = {"network": (self._copy.network, self.images)}
        if self.shift is not None:
            twin = shifted_twin(self._copy.network, self.shift)
            moved = (self.images.astype(np.float64) + self.shift).astype(np.float32)
            sides = {"network": (self._copy.network.beside(twin), self.images), "twin": (twin, moved)}
        found = {}
        for method, side in self.asked:
            network, images = sides[side]
            before: dict[str, Any] = {"unshifted": self.images} if side == "twin" else {}
            found[method, side] = analyzer_of(network, method, self.options)(images, self.targets, **before)
        return found


def random_maps(seed: int, shape: tuple[int, ...]) -> Maps:
    """Uniform-random numbers in [-1, 1]: the map of a method that knows nothing."""
    return np.random.default_rng(np.random.SeedSequence([seed, 2**31])).uniform(-1.0, 1.0, shape)


def _of(layers: frozenset[Layer], drawn: Mapping[Any, np.ndarray]) -> Mapping[Any, np.ndarray]:
    return {value: drawn[value] for layer in layers for value in layer.values}
