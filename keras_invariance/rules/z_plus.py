"""The z+ rule: relevance to what speaks for a neuron alone, the rule of Deep Taylor decomposition inside a network.

r_x = x+ w+^T s + x- w-^T s, s = r / (L(x+; w+) + L(x-; w-)). It is the alpha-beta rule with alpha = 1 and beta = 0.

Source: Montavon et al. (2017), equation 9; Bach et al. (2015), equation 60.
"""

from .alpha_beta import alpha_beta
from .lrp_step import LayerRule


def z_plus(*, absorb: bool = True, guard: float = 0.0) -> LayerRule:
    """The rule, the positive part of the bias among the denominators (`absorb`) or not; `guard` is added to them."""
    return alpha_beta(1.0, 0.0, absorb=absorb, guard=guard)
