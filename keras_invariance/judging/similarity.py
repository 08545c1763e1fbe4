"""Similarities of two maps of the same image, as one sees them: none depends on how large the maps' values are."""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from jaxtyping import Float

from ..arrays import Maps, PerImage
from ..comparison.scores import compare, finite_pairs

MEASURES: Mapping[str, str] = MappingProxyType(
    {
        "spearman": "Rank correlation of the values, in [-1, 1].",
        "absolute_spearman": "Rank correlation of the absolute values, in [-1, 1].",
        "ssim": "Structural similarity of the maps, each divided by its largest absolute value, in [-1, 1].",
        "hog": "Correlation of the histograms of oriented gradients, in [-1, 1].",
    }
)
TITLES: Mapping[str, str] = {
    "spearman": "Spearman",
    "absolute_spearman": "Spearman of |values|",
    "ssim": "SSIM",
    "hog": "HOG",
}
CELLS = 7  # along each side of a map; four pixels of a digit
DIRECTIONS = 8


def similarities(trained: Maps, maps: Maps) -> Mapping[str, PerImage]:
    """Each of `MEASURES` for every image; 1 for equal maps, NaN where it has no meaning.

    It has none for a map of zeros, of one value, or with a value that is no finite number: on a random network, rules
    that divide may overflow. Maps that are no pictures ([h, w] or [h, w, c]) have neither SSIM nor histograms.

    Source: Adebayo et al. (2018), section 3; Dalal & Triggs (2005) for the histograms.
    """
    trained, maps, _ = finite_pairs(trained, maps)
    signed = compare(scaled(trained), scaled(maps))
    flat = [np.abs(side).reshape(len(side), -1) for side in (trained, maps)]
    return {
        "spearman": signed.spearman,
        "absolute_spearman": compare(*flat).spearman,
        "ssim": signed.ssim,
        "hog": _correlations(histograms(trained), histograms(maps)),
    }


def scaled(maps: Maps) -> Maps:
    """Each map divided by its largest absolute value; a map of zeros as it is."""
    peaks = np.abs(maps).reshape(len(maps), -1).max(axis=1, initial=0.0)
    return np.asarray(maps / np.where(peaks > 0, peaks, 1.0).reshape(-1, *[1] * (maps.ndim - 1)))


def histograms(maps: Maps) -> Float[np.ndarray, "n f"]:
    """The histograms of oriented gradients of each map, its channels summed; of no features where maps are no pictures.

    [n, f]: `DIRECTIONS` for each of at least `CELLS` x `CELLS` cells, normalised over 3 x 3 of them.
    """
    from skimage.feature import hog

    if maps.ndim not in (3, 4) or min(maps.shape[1:3], default=0) < CELLS or not len(maps):
        return np.zeros((len(maps), 0))
    pixels = [side // CELLS for side in maps.shape[1:3]]
    pictures = scaled(maps).astype(np.float64).reshape(*maps.shape[:3], -1).sum(axis=-1)
    return np.stack([hog(one, orientations=DIRECTIONS, pixels_per_cell=pixels) for one in pictures])


def _correlations(first: Float[np.ndarray, "n f"], second: Float[np.ndarray, "n f"]) -> PerImage:
    """Pearson's correlation row by row, NaN where a row has one value."""
    if not first.shape[1]:
        return np.full(len(first), np.nan)
    parts = [rows - rows.mean(axis=1, keepdims=True) for rows in (first, second)]
    norms = np.linalg.norm(parts[0], axis=1) * np.linalg.norm(parts[1], axis=1)
    products = np.einsum("nf,nf->n", *parts)
    return np.where(norms > 0, products / np.where(norms > 0, norms, 1.0), np.nan)
