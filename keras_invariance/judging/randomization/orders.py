"""In which order layers are randomised."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, TypeAlias

from .layers import Layer

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


def grouped(layers: Sequence[Layer], groups: int | None) -> tuple[Layer, ...]:
    """Neighbouring layers as one, so that there are at most so many; as they are for None."""
    count = min(groups or len(layers), len(layers))
    ends = [round(number * len(layers) / count) for number in range(count + 1)]
    return tuple(_together(layers[first:last]) for first, last in pairwise(ends))


def _together(layers: Sequence[Layer]) -> Layer:
    """Several layers as one, named after the first and the last."""
    first, last = layers[0], layers[-1]
    if first is last:
        return first
    drawn = "; ".join(f"{layer.name} ({layer.drawn})" for layer in layers)
    return Layer(f"{first.name} to {last.name}", tuple(value for layer in layers for value in layer.values), drawn)


def steps(order: Order, layers: Sequence[Layer]) -> list[Step]:
    """The steps of an order; layers come from the image up."""
    ordered = list(layers) if order == "bottom-up" else list(reversed(layers))
    return [
        Step(order, at, layer, frozenset({layer} if order == "independent" else ordered[:at]))
        for at, layer in enumerate(ordered, start=1)
    ]
