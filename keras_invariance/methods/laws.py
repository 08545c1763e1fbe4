"""Laws: how a map must follow when its network's input is encoded anew and the network with it.

An encoding x' = A x + m, with A invertible, has the twin f'(x') = f(A^-1 (x' - m)): the same function of the same
pictures. What "the same explanation" means there depends on what a map says. A shift is A = 1, where every law reads:
unchanged.
"""

from collections.abc import Mapping
from types import MappingProxyType

LAWS: Mapping[str, str] = MappingProxyType(
    {
        "sensitivity": "how much the logit changes with an input: divided by an input's scale",
        "squared sensitivity": "the square of a sensitivity: divided by the square of an input's scale",
        "signal": "a direction among inputs: multiplied by an input's scale, as the inputs are",
        "attribution": "each input's share of the logit: unchanged by scales",
        "picture": "where the evidence lies, one number for a place whatever its channels: unchanged",
    }
)
"""Law -> what a map under it says, and how it follows a scale of each input."""
