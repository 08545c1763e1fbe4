"""Pairs: a network with its twin and both inputs, the maps that a method gives of them, and whether the twin is one.

Where the two largest inputs of a max pool tie, or a ReLU's is exactly zero, a derivative is whatever rounding picks. A
black background makes such ties everywhere. A twin that was made from its network takes the network's decisions over
(`network.execution.agreement`). One that was loaded or built by itself cannot: it breaks ties as it rounds, in float64
too. Its float64 images are dithered by the same noise for both networks: a millionth of the brightest pixel, a billion
times the rounding there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
from jaxtyping import Float, Int

from ..arrays import Images, Maps, Targets, checked_images
from ..encodings.shifts import Shift, as_shift
from ..methods import Explained, Method, analyzer
from ..methods.catalogue import known_method
from .confirmation import evenly
from .scores import Scores, compare

if TYPE_CHECKING:
    from ..network import Network

FloatType: TypeAlias = Literal["float32", "float64"]
Options: TypeAlias = Mapping[str, Any]

DITHER = 2.0**-20
"""The largest noise that is added to a float64 image, as a share of the largest |pixel| of all."""

COARSE_DITHER = 2.0**-10
"""The same for an explainer that computes in float32, sixteen thousand times the rounding there."""


@dataclass(frozen=True)
class TwinCheck:
    """How far a network and its twin agree: max |f1(x) - f2(x + m)| / max |f1(x)|, and what rounding explains of it.

    Half of a number's digits are given to rounding, sqrt(eps): 3e-4 in float32, 1.5e-8 in float64. Sums over thousands
    of terms lose two or three of float32's seven digits; a twin with a wrong bias is wrong in the first two. x + m is
    rounded at its own size, so a shift r > 1 times as large as the images has r times that tolerance.
    """

    float32: float
    float64: float
    tolerance_float32: float
    tolerance_float64: float

    @property
    def holds(self) -> bool:
        """Whether the twin is one; NaN is never within a tolerance."""
        return self.float32 <= self.tolerance_float32 and self.float64 <= self.tolerance_float64


@dataclass(frozen=True, eq=False)
class Pair:
    """A network with its twin, both inputs in float64, where x2 = x1 + m to its rounding, and what is explained."""

    networks: tuple["Network", "Network"]
    images: tuple[Float[np.ndarray, "n *input"], Float[np.ndarray, "n *input"]]
    method: str | Method
    options: tuple[Options, Options]
    targets: Targets

    def __repr__(self) -> str:
        names = " and ".join(repr(network.name) for network in self.networks)
        return f"<Pair {names}: {self.name}, {len(self.targets)} images>"

    @property
    def name(self) -> str:
        """The method's."""
        return self.method.name if isinstance(self.method, Method) else self.method

    @property
    def foreign(self) -> bool:
        """Whether somebody else's function explains."""
        return known_method(self.method).function is not None

    @property
    def related(self) -> bool:
        """Whether the twin takes network 1's decisions over: it was made from it, and the method is this package's."""
        return self.networks[1].place is not None and not self.foreign

    def logits(self, dtype: FloatType) -> list[Float[np.ndarray, "n k"]]:
        """Both networks' logits of their own inputs."""
        pairs = zip(self.networks, self.images, strict=True)
        return [network.astype(dtype)(images.astype(dtype)) for network, images in pairs]

    def maps(self, dtype: FloatType, keys: Int[np.ndarray, " n"] | None = None) -> tuple[Maps, Maps]:
        """Both networks' raw maps, computed in this type; the twin takes network 1's decisions over.

        `keys` are for methods that draw noise: images with the same key meet the same.
        """
        return self.maps_of(0, dtype, keys), self.maps_of(1, dtype, keys)

    def maps_of(self, side: Literal[0, 1], dtype: FloatType, keys: Int[np.ndarray, " n"] | None = None) -> Maps:
        """The raw maps of network 1, side 0, which no shift changes, or of network 2, side 1."""
        drawn: dict[str, Any] = (
            {} if keys is None or "seed" not in known_method(self.method).options else {"keys": keys}
        )
        network, x = self.networks[side], self.images[side]
        explaining = analyzer(network, self.method, dtype=dtype, **self.options[side])
        return explaining(x.astype(dtype), self.targets, **drawn, **self._unshifted(network, dtype))

    def _unshifted(self, network: "Network", dtype: FloatType) -> dict[str, Any]:
        """For members of a family: the images as the network that they are twins of reads them.

        Network 1 may be a twin itself, of data that were centred.
        """
        if network.place is None:
            return {}
        place = self.networks[0].place
        return {"unshifted": (self.images[0] - (0.0 if place is None else place.m)).astype(dtype)}

    def scores(self, dtype: FloatType) -> Scores:
        """The scores of both networks' maps; where one is not finite, the image is apart."""
        return compare(*self.maps(dtype), not_finite="apart")

    def told(self, **options: Any) -> "Pair":
        """The same with some options set for both networks."""
        first, second = self.options
        return replace(self, options=({**first, **options}, {**second, **options}))

    def part(self, indices: Int[np.ndarray, " c"]) -> "Pair":
        """The same for some of the images."""
        images = self.images[0][indices], self.images[1][indices]
        return replace(self, images=images, targets=self.targets[indices])

    def confirming(self, dither: float = DITHER) -> "Pair":
        """What is computed in float64: the same, or where a twin decides by itself, dithered images.

        Both inputs get the same noise, [0, 1) * dither * max |x1|, equal for all images.
        """
        if self.related:
            return self
        noise = np.random.Generator(np.random.PCG64(0)).random(self.images[0].shape[1:])
        noise *= dither * (np.abs(self.images[0]).max() or 1.0)
        return replace(self, images=(self.images[0] + noise, self.images[1] + noise))


def paired(  # noqa: PLR0913 - who is compared, on what, and how it is explained
    network: "Network",
    twin: "Network",
    images: Images,
    shift: "Shift | Float[np.ndarray, '...']",
    method: Explained,
    *,
    targets: Targets | int | None = None,
    options: Options | None = None,
    twin_options: Options | None = None,
) -> Pair:
    """The pair of a network at x and its twin at x + m, everything checked; arguments as for `explain_pair`."""
    method = method if isinstance(method, str) else known_method(method)
    x = checked_images(images, network.input_shape).astype(np.float64)
    m = np.asarray(as_shift(shift).values(network.input_shape), np.float64)
    both = dict(options or {}), {**(options or {}), **(twin_options or {})}
    return Pair((network.beside(twin), twin), (x, x + m), method, both, network.targets(x, targets))


def explain_pair(  # noqa: PLR0913 - who is compared, on what, and how it is explained
    network: "Network",
    twin: "Network",
    images: Images,
    shift: "Shift | Float[np.ndarray, '...']",
    method: Explained,
    *,
    targets: Targets | int | None = None,
    options: Options | None = None,
    twin_options: Options | None = None,
    dtype: FloatType = "float32",
) -> tuple[Maps, Maps]:
    """Maps of f1 at x and of f2 at x + m, as a verdict compares them.

    The images stay exact in both: `ki.explain(twin, images + m)` can only know them to the rounding of x + m. So where
    equal numbers tie, as under a max pool on a black background, the twin decides as network 1 does.

    Parameters
    ----------
    network, twin
        Network 1 and network 2.
    images
        Network 1's images, [n, *input_shape].
    shift
        m, as a shift or as an array that broadcasts to one image.
    method
        As for `ki.analyzer`: a name, a `Method` of your own, or a function (network, images, targets) -> maps.
    targets
        The explained logits, one for all or one per image; network 1's top logits by default.
    options
        The method's options for both networks.
    twin_options
        Those that differ for network 2: its own patterns, a moved reference, its own bounds.
    dtype
        "float32" or "float64".

    Raises
    ------
    ImageError, ShiftError, MethodError
        For images, targets, a shift or options that do not fit.
    """
    pair = paired(network, twin, images, shift, method, targets=targets, options=options, twin_options=twin_options)
    return pair.maps(dtype)


def twin_check(pair: Pair, m: Float[np.ndarray, "*input"]) -> TwinCheck:
    """How far a pair's networks agree: on all images in float32, on some in float64."""
    x = pair.images[0]
    some = evenly(len(x))
    size = np.abs(x).max()
    ratio = max(1.0, float(np.abs(m).max() / size)) if size else 1.0
    tolerances = (float(np.sqrt(np.finfo(dtype).eps)) * ratio for dtype in (np.float32, np.float64))
    return TwinCheck(_distance(*pair.logits("float32")), _distance(*pair.part(some).logits("float64")), *tolerances)


def _distance(logits_1: Float[np.ndarray, "n k"], logits_2: Float[np.ndarray, "n k"]) -> float:
    return float(np.abs(logits_1.astype(np.float64) - logits_2).max() / (np.abs(logits_1).max() or 1.0))
