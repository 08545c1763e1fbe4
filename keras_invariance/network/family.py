"""Families: a network and all its twins, run by the same traced functions.

Letters: x an image, m a shift, A the affine path from the image to the output of a first linear operation.

Twins of one network differ in what they subtract behind its first linear operations, and in nothing else. So these
offsets are variables of one graph, and a member of the family puts its own there before it runs. Tracing a function
takes 0.1 to 10 s, putting offsets there a millisecond: a shift can follow a slider, and each image of an audit can have
a shift of its own. Maps are the same to rounding as those of a graph with the offsets written into it.
"""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from threading import RLock
from typing import Any, TypeAlias

import numpy as np
import tensorflow as tf
from jaxtyping import Float

from ..errors import ModelError
from .graph import Value
from .structure.affine import values_function
from .structure.cuts import cut_values, subtracted

Offsets: TypeAlias = Mapping[Value, np.ndarray]
"""A(m) - A(0) at each cut, float64: [channels], or [1, ...] where it differs by position."""


class Family:
    """What all twins of one network share.

    Parameters
    ----------
    root
        The network (`network.Network`) that is no twin itself.
    """

    def __init__(self, root: Any) -> None:
        self.root = root
        self.cuts = cut_values(root.graph, root.units)
        self._values = values_function(root.graph, tuple(self.cuts))
        self._shared: dict[tuple[tuple[int, ...], ...], SharedNetwork] = {}

    def offsets(self, m: Float[np.ndarray, "*input"]) -> Offsets:
        """What the twin for a shift m subtracts at each cut."""
        pairs = zip(self._values(m), self._values(np.zeros_like(m)), strict=True)  # A(0) moves while a network trains
        return {cut: _compact(cut, moved - still) for cut, (moved, still) in zip(self.cuts, pairs, strict=True)}

    def shared(self, offsets: Offsets) -> "SharedNetwork":
        """The shared network with offsets of these shapes: two at most for each cut, per channel and per pixel."""
        shapes = tuple(offsets[cut].shape for cut in self.cuts)
        if shapes not in self._shared:
            variables = {cut: tf.Variable(np.zeros(offsets[cut].shape), dtype=tf.float64) for cut in self.cuts}
            graph = subtracted(self.root.graph, variables, self.cuts)
            self._shared[shapes] = SharedNetwork(self.root.with_graph(graph), variables)
        return self._shared[shapes]

    def networks(self) -> list[Any]:
        """The networks (`network.Network`) that run for all members, in each type that was asked for."""
        return [one for shared in self._shared.values() for one in shared.network.retyped()]


class SharedNetwork:
    """One network that is run for all members of a family, their offsets as variables.

    Parameters
    ----------
    network
        The network (`network.Network`) whose functions are traced; what it computes depends on whose turn it is.
    variables
        The offset at each cut.
    """

    def __init__(self, network: Any, variables: Mapping[Value, tf.Variable]) -> None:
        self.network = network
        self._variables = variables
        self._lock = RLock()
        self._turns: list[Offsets] = []
        self._there: Offsets | None = None

    @contextmanager
    def turn(self, offsets: Offsets) -> Iterator[None]:
        """One member's offsets in their places until the end of the block; other threads wait."""
        with self._lock:
            self._turns.append(offsets)
            self._put(offsets)
            try:
                yield
            finally:
                self._turns.pop()
                if self._turns:
                    self._put(self._turns[-1])

    def _put(self, offsets: Offsets) -> None:
        if self._there is not offsets:
            for cut, variable in self._variables.items():
                variable.assign(offsets[cut])
            self._there = offsets


@dataclass(frozen=True, eq=False)
class Place:
    """A network's place in a family.

    Attributes
    ----------
    family
        What it shares with all twins of its root.
    shared
        Whose functions it runs.
    offsets
        What it subtracts itself.
    m
        The shift that this undoes, float64; zeros for the network itself.
    is_twin
        Whether it is a twin, and not the network itself.
    """

    family: Family
    shared: SharedNetwork
    offsets: Offsets
    m: Float[np.ndarray, "*input"]
    is_twin: bool = True

    def __repr__(self) -> str:
        return f"<Place in the family of {self.family.root.name!r}>"

    def network(self, dtype: str) -> Any:
        """The network whose functions run, in this type."""
        return self.shared.network.astype(dtype)

    def turn(self) -> AbstractContextManager[None]:
        """The shared functions compute this member until the end of the block."""
        return self.shared.turn(self.offsets)


def place_of(family: Family, offsets: Offsets, m: Float[np.ndarray, "*input"]) -> Place:
    """The place of the twin with these offsets, which undo the shift m."""
    return Place(family, family.shared(offsets), offsets, m)


def summed(first: Offsets, second: Offsets) -> Offsets:
    """What a twin's twin subtracts: A is affine, so that its offsets add up."""
    return {cut: _compact(cut, np.asarray(offset + second[cut])) for cut, offset in first.items()}


def _compact(cut: Value, difference: np.ndarray) -> np.ndarray:
    """A(m) - A(0): [channels] where it is the same at all positions, else with a batch axis of 1."""
    rows = difference.reshape(-1, difference.shape[-1])
    size = np.abs(rows).max(initial=0.0)
    if np.ptp(rows, axis=0).max(initial=0.0) <= 1e-12 * size:
        return rows.mean(axis=0)
    if difference.shape[0] != 1:
        raise ModelError(
            f"layer {cut.node!r}, whose batch axis mixes images and positions",
            "a first linear operation that keeps one row per image",
            "Use a shift that is the same in every pixel, or wrap the model differently.",
        )
    return difference
