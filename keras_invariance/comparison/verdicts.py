"""Verdicts: whether a method explains a network and its twin alike, and every number that the answer rests on.

Two explanations of one function need not be equal to the last bit: the twin subtracts in its first layer what was
added to the image, and rounding differs. In float32 that moves the maps of an invariant method by a relative L2 of up
to 1e-6, and where the networks were not made from each other, so that ReLUs near zero flip, of up to 1e-2: as much as
a real but small sensitivity, so that no fixed tolerance tells the two apart. But rounding is a matter of precision and
sensitivity is not: some images are explained again in float64, where rounding falls by eight orders of magnitude and a
real difference stays (`confirmation`).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
from jaxtyping import Float, Int

from ..arrays import Images, Maps, PerImage, Targets, checked_images
from ..encodings.shifts import Shift, as_shift
from ..errors import ImageError
from ..methods import Explained
from .confirmation import EXACT, FITTED, Kinds, Limits, judged, kinds, spread, violation_interval
from .pairs import Options, Pair, TwinCheck, paired, twin_check
from .scores import Scores, compare
from .strangers import confirmed_maps
from .strangers import told as limits_told

if TYPE_CHECKING:
    import pandas as pd

    from ..network import Network

UNSHIFTED = "nothing was shifted: m is zero everywhere, so that both networks are the same, and so is every method"
"""Why there is no verdict where m = 0."""

SHOWN = 3
"""How many of the confirmed images a notebook shows the maps of."""

Verdict: TypeAlias = Literal["invariant", "sensitive", "inconclusive", "void", "failed"]


@dataclass(frozen=True, eq=False)
class Finding:
    """A verdict on one method, network, shift and set of images, with the numbers that led to it.

    Parameters
    ----------
    method, shift
        The method's name and the shift's spelling.
    verdict
        - "invariant": every confirmed difference was rounding;
        - "sensitive": a confirmed difference is real, in one image at least;
        - "inconclusive": float64 neither removes nor keeps the differences, or no image has two maps to compare: both
          are zero, or one is not finite;
        - "void": the twin is none for this shift, or nothing was shifted, so that no maps were compared;
        - "failed", in audits: somebody else's function raised an error, or gave no maps.
    reason
        The verdict's ground in one line.
    targets
        The explained logits, network 1's for both networks. [n]
    twin
        How far the two networks agree.
    kinds
        For each image whether its maps are "same", "different" or "unclear"; or no evidence, both "zero", or one "not
        finite". [n]
    scores
        float32 scores of all images; without a row where the verdict is void.
    confirmed
        The indices of the images explained again in float64. [c]
    confirmed_scores
        Their float64 scores. [c]
    limits
        What counts as rounding among those; more than usual where each network has patterns of its own.
    maps
        Both networks' maps of the confirmed images, computed in float64 and rounded to float32: those that the verdict
        is about. [c, *input_shape] each; None where it is void.
    """

    method: str
    shift: str
    verdict: Verdict
    reason: str
    targets: Targets
    twin: TwinCheck
    kinds: Kinds
    scores: Scores
    confirmed: Int[np.ndarray, " c"]
    confirmed_scores: Scores
    limits: Limits = EXACT
    maps: tuple[Maps, Maps] | None = None

    def __repr__(self) -> str:
        low, high = self.interval
        return (
            f"<Finding: {self.method}, {self.shift}: {self.verdict}, {self.violations} of {self.images} images differ, "
            f"rate between {low:.2g} and {high:.2g}>"
        )

    @property
    def images(self) -> int:
        """How many images the verdict rests on: all with two maps to compare; none where it is void."""
        return 0 if self.verdict == "void" else judged(self.kinds)

    @property
    def violations(self) -> int:
        """How many images are explained differently."""
        return int(np.sum(self.kinds == "different"))

    @property
    def interval(self) -> tuple[float, float]:
        """Clopper-Pearson bounds of the rate of violations; each by itself holds with 95 % confidence."""
        return violation_interval(self.kinds)

    def _repr_html_(self) -> str:
        from ..reports.kinds import kind_of
        from ..reports.plot import plot
        from ..reports.tables import html_picture, html_table

        told = html_table(
            ("explanation", "shift", "verdict", "why"), [(self.method, self.shift, self.verdict, self.reason)]
        )
        told += self.frame().to_html()
        if self.maps is None or not len(self.confirmed) or not kind_of(self.maps[0].shape[1:]):
            return told
        maps = {f"network {number}": maps[:SHOWN] for number, maps in enumerate(self.maps, start=1)}
        labels = [f"image {place}" for place in self.confirmed[:SHOWN]]
        return told + html_picture(plot(maps, labels=labels), "Both networks' maps of some images")

    def frame(self) -> "pd.DataFrame":
        """A pandas frame with one row per image: the target, what its difference is, all scores, and float64's."""
        table = self.scores.frame()
        if len(table):
            exact = np.full(len(table), np.nan)
            exact[self.confirmed] = self.confirmed_scores.relative_l2
            table.insert(0, "target", self.targets)
            table.insert(1, "kind", self.kinds)
            table["float64_relative_l2"] = exact
        return table

    def as_row(self) -> dict[str, str | int | float]:
        """The finding as one flat row of plain values for a table; scores are medians over the images."""
        return {
            **{name: getattr(self, name) for name in ("method", "shift", "verdict", "reason", "images", "violations")},
            "unclear": int(np.sum(self.kinds == "unclear")),
            "rate_low": self.interval[0],
            "rate_high": self.interval[1],
            **{f"twin_{name}": value for name, value in vars(self.twin).items()},
            **{name: value for name, value in self.scores.summary().items() if name != "images"},
            "worst_relative_l2": _largest(self.scores.relative_l2),
            "confirmed_images": len(self.confirmed),
            "confirmed_float32": _largest(self.scores.relative_l2[self.confirmed]),
            "confirmed_float64": _largest(self.confirmed_scores.relative_l2),
            "rounding_limit": self.limits.rounding,
        }


def judge(  # noqa: PLR0913 - who is compared, on what, and how it is explained
    network: "Network",
    twin: "Network",
    images: Images,
    shift: "Shift | Float[np.ndarray, '...']",
    method: Explained,
    *,
    targets: Targets | int | None = None,
    options: Options | None = None,
    twin_options: Options | None = None,
) -> Finding:
    """Judge whether a method explains f1 at x and f2 at x + m alike.

    1. The twin is checked, on all images in float32 and on some in float64 (`TwinCheck`); if it is none, the verdict is
       void. So it is where m is zero everywhere and both networks are the same: every method agrees with itself.
    2. Both networks' maps are compared in float32 on all images, network 1's targets for both.
    3. Some images are explained again in float64, evenly spread from the largest difference to the smallest.
       A difference that falls by seven orders of magnitude, or to 1e-10, was rounding; one that does not fall by one
       order is real; the images between are sorted by what became of the confirmed ones (`confirmation.kinds`).

    SmoothGrad and its kin add the same noise to both images, so that they are judged like their base.

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
        Those that differ for network 2: its own patterns, a moved reference, its own bounds. Numbers in them should
        be float64, and made from `shift.values(...)`, which rounds an array to float32 once: a reference m or a bound
        1 + m that was rounded otherwise is another one, and the method seems sensitive to it.

    Raises
    ------
    ImageError, ShiftError, MethodError
        For images, targets, a shift or options that do not fit, and for no images at all.

    Source: Kindermans, Hooker et al. (2017).
    """
    if not len(checked_images(images, network.input_shape)):
        raise ImageError(
            f"images of shape {images.shape}", "at least one image", "Give the images to judge the method on."
        )
    shift = as_shift(shift)
    pair = paired(network, twin, images, shift, method, targets=targets, options=options, twin_options=twin_options)
    m = np.asarray(shift.values(network.input_shape), np.float64)
    check = twin_check(pair, m)
    if not check.holds:
        return _void(pair, shift, check, _no_twin(check))
    return (
        _finding(pair, shift, check) if m.any() or not _alike(network, twin) else _void(pair, shift, check, UNSHIFTED)
    )


def _alike(network: "Network", twin: "Network") -> bool:
    """Whether a network whose data are as they came is compared with itself.

    Two networks that were loaded by themselves may compute one function in two ways, which can be judged without a
    shift; so can data that were centred, where m = 0 is what centring is for.
    """
    if network.place is not None and network.place.is_twin:
        return False
    return twin.place is not None or network is twin or network.fingerprint == twin.fingerprint


def _no_twin(check: TwinCheck) -> str:
    return (
        f"the second network is no twin for this shift: its logits differ by {check.float32:.1e} in float32 and "
        f"{check.float64:.1e} in float64, rounding explains {check.tolerance_float32:.1e} and "
        f"{check.tolerance_float64:.1e}"
    )


def _void(pair: Pair, shift: Shift, check: TwinCheck, reason: str) -> Finding:
    unclear = np.full(len(pair.targets), "unclear")
    none, nothing = no_scores(), np.zeros(0, dtype=np.int64)
    return Finding(pair.name, shift.spec, "void", reason, pair.targets, check, unclear, none, nothing, none)


def _finding(pair: Pair, shift: Shift, check: TwinCheck) -> Finding:
    screen = pair.scores("float32")
    confirmed = spread(screen)
    maps, limits = confirmed_maps(pair.part(confirmed)) if len(confirmed) else ((no_maps(pair), no_maps(pair)), EXACT)
    exact = compare(*maps, not_finite="apart")
    limits = FITTED if fitted_apart(*pair.options) else limits
    found = kinds(screen, confirmed, exact.relative_l2, limits)
    verdict, reason = decision(found, screen.relative_l2, confirmed, exact.relative_l2)
    if limits is FITTED:
        told = f"up to {limits.rounding:.0e} is the rounding of the fit, more than {limits.real:.0e} is real"
        reason += f"; with patterns fitted apart, {told}"
    reason += limits_told(limits)
    shown = maps[0].astype(np.float32), maps[1].astype(np.float32)
    return Finding(
        pair.name, shift.spec, verdict, reason, pair.targets, check, found, screen, confirmed, exact, limits, shown
    )


def fitted_apart(options_1: Options, options_2: Options) -> bool:
    """Whether the networks have patterns of their own that are float32 numbers."""
    first, second = options_1.get("patterns"), options_2.get("patterns")
    if first is None or second is None:
        return False
    pairs = zip(first.arrays, second.arrays, strict=True)
    return any(one.dtype == np.float32 and not np.array_equal(one, other) for one, other in pairs)


def decision(
    found: Kinds, screened: PerImage, confirmed: Int[np.ndarray, " c"], exact: PerImage
) -> tuple[Verdict, str]:
    """The verdict on the kinds of all images, and its ground: d in float32 [n], in float64 of those confirmed [c]."""
    images, apart = judged(found), _apart(found)
    if not images:
        return "inconclusive", f"{apart}, which is no evidence"
    beside = f"; {apart}" if apart else ""
    known = found[confirmed]
    if (known == "different").any():
        worst = np.flatnonzero(known == "different")[0]
        moved = f"from {screened[confirmed[worst]]:.2g} in float32 to {exact[worst]:.2g} in float64"
        count = int(np.sum(found == "different"))
        where = f"image {confirmed[worst]}; {count} of {images} images differ"
        return "sensitive", f"the difference does not fall: it goes {moved} ({where}){beside}"
    falls = f"from {screened[confirmed].max():.1e} in float32 to {_largest(exact):.1e} in float64"
    if (known == "same").all():
        checked = f"in {len(confirmed)} of {images} images{beside}"
        if not np.any(screened[confirmed]) and not np.any(exact):
            return "invariant", f"there is no difference, in float64 neither {checked}"
        return "invariant", f"the difference is rounding: it goes {falls} {checked}"
    return "inconclusive", f"the difference is beyond rounding, yet not surely real: it goes {falls}{beside}"


def _apart(found: Kinds) -> str:
    """What is told of the images with nothing to compare."""
    zeros, infinite = int(np.sum(found == "zero")), int(np.sum(found == "not finite"))
    of_zeros = f"both maps are zero in {zeros} of {len(found)} images" if zeros else ""
    overflow = f"a map is not finite in {infinite} of {len(found)} images (float64 has more room)" if infinite else ""
    return "; ".join(part for part in (of_zeros, overflow) if part)


def no_maps(pair: Pair) -> Maps:
    """The maps of no images."""
    return np.zeros((0, *pair.images[0].shape[1:]))


def no_scores() -> Scores:
    """The scores of no images."""
    return compare(np.zeros((0, 1)), np.zeros((0, 1)))


def _largest(values: PerImage) -> float:
    known = values[~np.isnan(values)]
    return float(known.max()) if known.size else float("nan")
