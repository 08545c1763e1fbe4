"""The composites of the literature: epsilon for dense layers, a sign rule for convolutions, a rule for the first.

Source: Lapuschkin et al., 2017; Montavon et al., 2019; Kohlbrenner et al., 2020. The numbers are the defaults of
zennit 0.5 (Anders et al., 2021), with whose maps these agree.
"""

from ..rules.alpha_beta import alpha_beta
from ..rules.box import box
from ..rules.epsilon import epsilon
from ..rules.flat import flat
from ..rules.gamma import gamma
from ..rules.lrp_step import LayerRule
from ..rules.z_plus import z_plus
from .composite import composed
from .pixel_bounds import pixel_bounds
from .request import Request
from .single_pass import SinglePass

EPSILON = 1e-6
"""In the denominators of dense layers, and the guard of all others."""
GAMMA = 0.25


def epsilon_plus(request: Request) -> SinglePass:
    """Dense layers by epsilon, convolutions by z+ (Lapuschkin et al., 2017)."""
    return _composed(request, z_plus(guard=EPSILON))


def epsilon_plus_flat(request: Request) -> SinglePass:
    """The same with the flat rule at the first layer (Kohlbrenner et al., 2020)."""
    return _composed(request, z_plus(guard=EPSILON), flat)


def epsilon_gamma_box(request: Request) -> SinglePass:
    """Dense layers by epsilon, convolutions by gamma, the first layer by the box (Montavon et al., 2019)."""
    return _composed(request, gamma(GAMMA, guard=EPSILON), box(*pixel_bounds(request), guard=EPSILON))


def epsilon_alpha2_beta1(request: Request) -> SinglePass:
    """Dense layers by epsilon, convolutions by alpha = 2, beta = 1 (Lapuschkin et al., 2017)."""
    return _composed(request, alpha_beta(2.0, 1.0, guard=EPSILON))


def epsilon_alpha2_beta1_flat(request: Request) -> SinglePass:
    """The same with the flat rule at the first layer (Kohlbrenner et al., 2020)."""
    return _composed(request, alpha_beta(2.0, 1.0, guard=EPSILON), flat)


def _composed(request: Request, convolution: LayerRule, first: LayerRule | None = None) -> SinglePass:
    table = {"dense": epsilon(EPSILON), "convolution": convolution}
    return composed(request, table if first is None else {**table, "first": first}, EPSILON)
