"""A family's analyzers, bound to one member: a network and its twins are explained by the same traced functions."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from jaxtyping import Float, Shaped

from ..network import Network
from .catalogue import Method
from .request import Analyzer, Origin, Request, analyzer_line


@dataclass(frozen=True, eq=False)
class MemberAnalyzer:
    """A shared analyzer that puts a member's offsets in their places before it runs.

    Attributes
    ----------
    shared
        The family's analyzer.
    network
        The member that is explained.
    method
        What made the analyzer: a row of the catalogue, or one of your own.
    """

    shared: Analyzer
    network: Network
    method: Method

    def __repr__(self) -> str:
        return analyzer_line(self.request)

    @property
    def request(self) -> Request:
        """What was asked of the member."""
        network = self.network.astype(self.shared.request.network.dtype)
        return replace(self.shared.request, network=network, units=self.network.units)

    def __call__(
        self,
        images: Shaped[np.ndarray, "n ..."],
        targets: Any = None,
        *,
        unshifted: Shaped[np.ndarray, "n ..."] | None = None,
        **further: Any,
    ) -> Float[np.ndarray, "n ..."]:
        """Raw maps of images, in the images' shape.

        A twin takes network 1's decisions over from the images `unshifted`, as network 1 reads them; where they are not
        given, from the images less its own shift, which rounds once more.
        """
        return self._in_turn(self.shared)(images, targets, origin=self._origin(images, unshifted), **further)

    def _origin(
        self, images: Shaped[np.ndarray, "n ..."], unshifted: Shaped[np.ndarray, "n ..."] | None
    ) -> Origin | None:
        """Where the images come from; None for network 1 itself."""
        place = self.network.place
        if place is None or not place.m.any():
            return None
        before = np.asarray(images, np.float64) - place.m if unshifted is None else unshifted
        return Origin(before, place.m)

    def __getattr__(self, name: str) -> Any:
        """What else the shared analyzer can do, done for this member."""
        found = getattr(self.shared, name)
        return self._in_turn(found) if callable(found) else found

    def _in_turn(self, function: Callable[..., Any]) -> Callable[..., Any]:
        place = self.network.place
        if place is None:
            raise TypeError(f"{self.network.name} has no place in a family")

        def run(*given: Any, **further: Any) -> Any:
            with place.turn():
                return function(*given, **further)

        return run
