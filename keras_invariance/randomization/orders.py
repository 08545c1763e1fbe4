"""In which order layers are randomised."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from .parameters import Layer

Order: TypeAlias = Literal["top-down", "bottom-up", "independent"]
ORDERS: tuple[Order, ...] = ("top-down", "bottom-up", "independent")
"""From the logits on, from the image on, and each layer by itself."""


@dataclass(frozen=True)
class Step:
    """One randomised network.

    Attributes
    ----------
    order
        The order that it belongs to.
    number
        From 1: the trained network is no step.
    layer
        The layer that came last.
    randomised
        All layers that are drawn anew.
    """

    order: Order
    number: int
    layer: Layer
    randomised: frozenset[Layer]


def steps(order: Order, layers: Sequence[Layer]) -> list[Step]:
    """The steps of an order; layers come from the image up."""
    ordered = list(layers) if order == "bottom-up" else list(reversed(layers))
    return [
        Step(order, at, layer, frozenset({layer} if order == "independent" else ordered[:at]))
        for at, layer in enumerate(ordered, start=1)
    ]
