"""Tiny real Keras networks, by name, with what the oracle needs to follow them."""

from collections.abc import Callable, Mapping
from functools import cache

from .case import Case
from .composed import branched, gated, normed, rescaled, residual
from .convolutions import (
    channelwise,
    cnn,
    depthwise_network,
    dilated,
    mean_pooled,
    series,
    transposed_network,
    volume,
)
from .dense import leaky, mlp, smooth

__all__ = ["CASES", "Case", "case"]

CASES: Mapping[str, Callable[[], Case]] = {
    "mlp": mlp,
    "cnn": cnn,
    "dilated": dilated,
    "depthwise": depthwise_network,
    "transposed": transposed_network,
    "mean-pooled": mean_pooled,
    "leaky": leaky,
    "smooth": smooth,
    "normed": normed,
    "residual": residual,
    "rescaled": rescaled,
    "branched": branched,
    "gated": gated,
    "series": series,
    "volume": volume,
    "channelwise": channelwise,
}


@cache
def case(name: str) -> Case:
    """A case by name, built once."""
    return CASES[name]()
