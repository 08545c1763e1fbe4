"""Layer-wise relevance propagation and Deep Taylor decomposition."""

from ..rules.alpha_beta import alpha_beta
from ..rules.backward import Rule
from ..rules.between_layers import lrp_rules
from ..rules.box import box
from ..rules.epsilon import epsilon_rules
from ..rules.flat import flat
from ..rules.gamma import gamma
from ..rules.lrp_step import LayerRule, layer_rule
from ..rules.w_square import w_square
from ..rules.z_plus import z_plus
from .pixel_bounds import pixel_bounds
from .request import Request
from .single_pass import SinglePass


def lrp_z(request: Request) -> SinglePass:
    """x w / z (Bach et al., 2015, equation 56)."""
    return SinglePass.of(request, epsilon_rules(epsilon=0.0, absorb=request.absorb), times_input=True)


def lrp_epsilon(request: Request) -> SinglePass:
    """x w / (z + epsilon sign z) (Bach et al., 2015, equation 58); epsilon is absolute."""
    rules = epsilon_rules(epsilon=request.options["epsilon"], absorb=request.absorb)
    return SinglePass.of(request, rules, times_input=True)


def lrp_gamma(request: Request) -> SinglePass:
    """x (w + gamma w+) over their sum (Montavon et al., 2019)."""
    return _by_rule(request, gamma(request.options["gamma"], absorb=request.absorb))


def lrp_alpha1_beta0(request: Request) -> SinglePass:
    """What speaks for the neuron alone (Bach et al., 2015, equation 60)."""
    return _by_rule(request, alpha_beta(1.0, 0.0, absorb=request.absorb))


def lrp_alpha2_beta1(request: Request) -> SinglePass:
    """Twice what speaks for the neuron less what speaks against it (Bach et al., 2015, equation 60)."""
    return _by_rule(request, alpha_beta(2.0, 1.0, absorb=request.absorb))


def lrp_w_square(request: Request) -> SinglePass:
    """w^2 over their sum (Montavon et al., 2017)."""
    return _by_rule(request, w_square)


def lrp_flat(request: Request) -> SinglePass:
    """Evenly over the inputs (Lapuschkin et al., 2019)."""
    return _by_rule(request, flat)


def deep_taylor(request: Request) -> SinglePass:
    """The z+ rule without biases on every layer, from max(f, 0) (Montavon et al., 2017)."""
    rules = lrp_rules(layer_rule(z_plus(absorb=False)))
    return SinglePass.of(request, rules, seed="f+")


def deep_taylor_bounded(request: Request) -> SinglePass:
    """Deep Taylor with the z-box at the first layer: pixels lie in [low, high] of the network's own input."""
    low, high = pixel_bounds(request)
    inside = layer_rule(z_plus(absorb=False))
    boxed = layer_rule(box(low, high))
    return SinglePass.of(request, lrp_rules(_by_place(boxed, inside)), seed="f+")


def _by_rule(request: Request, rule: LayerRule) -> SinglePass:
    return SinglePass.of(request, lrp_rules(layer_rule(rule)), seed="f")


def _by_place(first: Rule, inside: Rule) -> Rule:
    """One rule for the layers that the image reaches through affine steps only, another for the rest."""
    return lambda replay, unit, inputs: (first if unit.layer and unit.layer.first else inside)(replay, unit, inputs)
