"""Scores: numbers that compare two raw maps of the same image, h_1 and h_2, image by image.

Every score is symmetric in the two maps. Maps are compared as they are: scaling them or taking absolute values would
hide what is measured. A map of zeros explains nothing, so a pair with one has a category of its own, `zero_maps`, and
no score of such a pair is ever the best one:

- "one" of the two is zero: `relative_l2` is 2, its worst value, `largest_difference` is what it is; the rest is NaN;
- "both" are zero: every score is NaN.

A method may overflow on some images: a map with NaN or infinite values is no explanation either. Such a pair is an
error, or, where the others are still wanted, kept apart: not `finite`, and every score NaN.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Literal

import numpy as np
from jaxtyping import Bool, Float, Shaped

from ..arrays import Flags, Maps, PerImage, is_finite
from ..errors import ImageError

if TYPE_CHECKING:
    import pandas as pd

TOP_SHARE = 0.1
"""The share of a map's values that `top_k_overlap` calls the largest."""

WINDOW = 7
"""The side of SSIM's window in pixels; less where a map is smaller."""

_VALUES_AT_ONCE = 1 << 20  # bounds the float64 copies and ranks to some tens of megabytes


SCORES = ("relative_l2", "cosine", "spearman", "ssim", "top_k_overlap", "largest_difference")
"""The numbers that compare two maps, by their fields in `Scores`."""


@dataclass(frozen=True, eq=False)
class Scores:
    """How far two maps differ: float64 arrays with one number per image, NaN where a score has no meaning.

    Parameters
    ----------
    relative_l2
        |h_1 - h_2| / ((|h_1| + |h_2|) / 2), in [0, 2]: 0 for equal maps, 2 for opposite ones, symmetric.
    cosine
        h_1 . h_2 / (|h_1| |h_2|), in [-1, 1].
    spearman
        The correlation of the values' ranks, in [-1, 1]; tied values share their average rank. NaN where all values
        of a map are equal.
    ssim
        Mean structural similarity, in [-1, 1], of the maps summed over their channels; the data range is that of both
        maps together. NaN for maps that are no pictures ([h, w] or [h, w, c] from 3 x 3 pixels), and where every sum
        in both has one value.
    top_k_overlap
        The share that the two sets of positions with the k largest |values| have in common, in [0, 1]; k is 10 % of the
        values, rounded up. All values tied with the k-th belong to the set, zeros never do; a set that is larger or
        smaller for it is compared with the larger of the two: |A and B| / max(|A|, |B|).
    largest_difference
        max |h_1 - h_2|, in the maps' own units.
    zero_maps
        "neither", "one" or "both" of the maps are zero everywhere.
    finite
        Whether all values of both maps are finite numbers.
    """

    relative_l2: PerImage
    cosine: PerImage
    spearman: PerImage
    ssim: PerImage
    top_k_overlap: PerImage
    largest_difference: PerImage
    zero_maps: Shaped[np.ndarray, " n"]
    finite: Flags

    def __repr__(self) -> str:
        middle = self.summary()
        shown = ", ".join(f"{name} {middle[name]:.2g}" for name in ("relative_l2", "cosine", "spearman", "ssim"))
        return f"<Scores of {len(self)} images, medians: {shown}>"

    def __len__(self) -> int:
        return len(self.relative_l2)

    def as_rows(self) -> list[dict[str, int | float | str]]:
        """One row per image, ready for a table: its index in the batch, each score, and what is no explanation."""
        columns = {field.name: getattr(self, field.name).tolist() for field in fields(self)}
        return [{"image": index, **{name: columns[name][index] for name in columns}} for index in range(len(self))]

    def frame(self) -> "pd.DataFrame":
        """A pandas frame with one row per image, each score a column."""
        import pandas as pd

        return pd.DataFrame(self.as_rows(), columns=["image", *(field.name for field in fields(self))]).set_index(
            "image"
        )

    def _repr_html_(self) -> str:
        return str(self.frame().to_html())

    def summary(self) -> dict[str, int | float]:
        """Medians over the images where a score has a value (else NaN), and how many images are what."""
        medians = {field.name: _median(getattr(self, field.name)) for field in fields(self)[:-2]}
        zeros = {f"zero_maps_{kind}": int(np.sum(self.zero_maps == kind)) for kind in ("one", "both")}
        return {"images": len(self), **medians, **zeros, "not_finite": int(np.sum(~self.finite))}


def compare(maps_1: Maps, maps_2: Maps, *, not_finite: Literal["refused", "apart"] = "refused") -> Scores:
    """Compare two batches of maps, [n, *input] each, image by image.

    Parameters
    ----------
    maps_1, maps_2
        Raw maps.
    not_finite
        What pairs with NaN or infinite values are: an error, or kept apart, with scores that are all NaN.

    Raises
    ------
    ImageError
        When the shapes differ, or a value is NaN or infinite and that is refused.
    """
    maps_1, maps_2, finite = _checked(maps_1, maps_2, refused=not_finite == "refused")
    ssim = np.array([_ssim(*pair) for pair in zip(maps_1, maps_2, strict=True)], dtype=np.float64)
    columns = [_flat_scores(*rows) for rows in _rows(maps_1, maps_2)]
    relative_l2, cosine, spearman, overlap, largest = np.concatenate([np.zeros((5, 0)), *columns], axis=1)
    zeros = _zero(maps_1).astype(int) + _zero(maps_2)
    flawed = zeros > 0
    return Scores(
        relative_l2=relative_l2,
        cosine=cosine,
        spearman=np.where(flawed, np.nan, spearman),
        ssim=np.where(flawed, np.nan, ssim),
        top_k_overlap=np.where(flawed, np.nan, overlap),
        largest_difference=np.where(zeros == 2, np.nan, largest),
        zero_maps=np.where(finite, np.array(["neither", "one", "both"])[zeros], "neither"),
        finite=finite,
    )


def finite_pairs(maps_1: Maps, maps_2: Maps) -> tuple[Maps, Maps, Flags]:
    """Two batches with zeros in the place of pairs of which a value is no finite number, and which pairs are finite."""
    finite = np.array([is_finite(one) and is_finite(other) for one, other in zip(maps_1, maps_2, strict=True)], bool)
    if not finite.all():
        kept = finite.reshape(-1, *[1] * (maps_1.ndim - 1))
        maps_1, maps_2 = np.where(kept, maps_1, 0), np.where(kept, maps_2, 0)
    return maps_1, maps_2, finite


def _checked(maps_1: Maps, maps_2: Maps, *, refused: bool) -> tuple[Maps, Maps, Flags]:
    """The maps, zeros in the place of pairs that are not finite, and which pairs are."""
    maps_1, maps_2 = np.asarray(maps_1), np.asarray(maps_2)
    if maps_1.shape != maps_2.shape or maps_1.ndim < 2:
        raise ImageError(
            f"maps of shapes {maps_1.shape} and {maps_2.shape}",
            "two batches of one shape, [n, *input]",
            "Explain the same images with both networks; a single map needs a batch axis: map[np.newaxis].",
        )
    for name, maps in (("first", maps_1), ("second", maps_2)):
        if maps.dtype.kind not in "fiu" or (refused and not is_finite(maps)):
            raise ImageError(
                f"{name} maps of dtype {maps.dtype} with a value that is no finite number",
                "finite real numbers",
                "Look for NaN in the images, for a method that overflows (float64 has more room), or leave these out.",
            )
    return finite_pairs(maps_1, maps_2)


def _rows(maps_1: Maps, maps_2: Maps) -> Iterator[tuple[Float[np.ndarray, "m d"], Float[np.ndarray, "m d"]]]:
    """Both batches in portions, each map as a float64 row."""
    size = max(1, int(np.prod(maps_1.shape[1:])))
    portion = max(1, _VALUES_AT_ONCE // size)
    for start in range(0, len(maps_1), portion):
        stop = min(start + portion, len(maps_1))
        first, second = (maps[start:stop].reshape(stop - start, size).astype(np.float64) for maps in (maps_1, maps_2))
        yield first, second


def _flat_scores(first: Float[np.ndarray, "m d"], second: Float[np.ndarray, "m d"]) -> Float[np.ndarray, "5 m"]:
    from scipy.stats import rankdata

    middle = (first.shape[1] + 1) / 2
    ranks = [rankdata(rows, axis=1) - middle for rows in (first, second)]
    return np.stack(
        [
            _relative_l2(first, second),
            _cosine(first, second),
            _cosine(*ranks),
            _top_k_overlap(first, second),
            np.abs(first - second).max(axis=1),
        ]
    )


def _relative_l2(first: Float[np.ndarray, "m d"], second: Float[np.ndarray, "m d"]) -> PerImage:
    peak = np.maximum(_peak(first), _peak(second))  # squares of values beyond 1e154 would overflow
    first, second = _quotient(first, peak), _quotient(second, peak)
    norms = np.linalg.norm(first, axis=1) + np.linalg.norm(second, axis=1)
    return _quotient(2 * np.linalg.norm(first - second, axis=1), norms, where_zero=np.nan)


def _cosine(first: Float[np.ndarray, "m d"], second: Float[np.ndarray, "m d"]) -> PerImage:
    first, second = _quotient(first, _peak(first)), _quotient(second, _peak(second))
    norms = np.linalg.norm(first, axis=1) * np.linalg.norm(second, axis=1)
    cosines = _quotient(np.einsum("md,md->m", first, second), norms, where_zero=np.nan)
    return np.asarray(np.clip(cosines, -1.0, 1.0))


def _top_k_overlap(first: Float[np.ndarray, "m d"], second: Float[np.ndarray, "m d"]) -> PerImage:
    tops = [_top(np.abs(rows)) for rows in (first, second)]
    common = np.sum(tops[0] & tops[1], axis=1)
    return _quotient(common, np.maximum(*(top.sum(axis=1) for top in tops)), where_zero=np.nan)


def _top(magnitudes: Float[np.ndarray, "m d"]) -> Bool[np.ndarray, "m d"]:
    size = magnitudes.shape[1]
    place = size - int(np.ceil(TOP_SHARE * size))
    least = np.partition(magnitudes, place, axis=1)[:, place : place + 1]
    return (magnitudes >= least) & (magnitudes > 0)


def _ssim(map_1: Float[np.ndarray, "*input"], map_2: Float[np.ndarray, "*input"]) -> float:
    from skimage.metrics import structural_similarity

    if map_1.ndim not in (2, 3) or min(map_1.shape[:2]) < 3:
        return np.nan
    first, second = (np.asarray(map_, np.float64).reshape(*map_.shape[:2], -1).sum(axis=-1) for map_ in (map_1, map_2))
    data_range = max(first.max(), second.max()) - min(first.min(), second.min())
    if data_range == 0:
        return np.nan
    window = min(WINDOW, (min(first.shape) - 1) // 2 * 2 + 1)
    # Scaled to a range of 1: the squares of very small or very large values would vanish or overflow.
    found = structural_similarity(first / data_range, second / data_range, win_size=window, data_range=1.0)
    # Of a map that is nearly flat at a large value, local variances are rounding, which may leave the range.
    return float(np.clip(found, -1.0, 1.0))


def _peak(rows: Float[np.ndarray, "m d"]) -> Float[np.ndarray, "m 1"]:
    return np.asarray(np.abs(rows).max(axis=1, keepdims=True))


def _quotient(numerator: np.ndarray, denominator: np.ndarray, where_zero: float = 0.0) -> np.ndarray:
    result = np.full(np.broadcast_shapes(numerator.shape, denominator.shape), where_zero, dtype=np.float64)
    np.divide(numerator, denominator, out=result, where=denominator != 0)
    return result


def _zero(maps: Maps) -> Bool[np.ndarray, " n"]:
    return np.array([not map_.any() for map_ in maps], dtype=bool)


def _median(values: PerImage) -> float:
    known = values[~np.isnan(values)]
    return float(np.median(known)) if known.size else float("nan")
