"""How the values of maps become places on the colormap: whose largest value is its end."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

Sharing: TypeAlias = Literal["pair", "map", "grid", "fixed"]


@dataclass(frozen=True)
class Scaling:
    """The range of the colormap, symmetric around zero.

    Attributes
    ----------
    sharing
        Which maps share a range: a method's pair (so that a shift stays visible), each by itself, all, or a number.
    percentile
        The share of |values| within the range, in per cent; the rest is shown as its ends.
    limit
        The end of the range where it is fixed.
    """

    sharing: Sharing = "pair"
    percentile: float = 100.0
    limit: float = 1.0
