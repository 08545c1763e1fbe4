"""Rules: what one kind of operation does to a signal in the backward pass. What a rule of your own is made of."""

from .alpha_beta import alpha_beta
from .backward import Backward, Rule, Rules, vjp
from .between_layers import lrp_rules
from .box import box
from .deconvnet import DECONVNET
from .epsilon import epsilon, epsilon_rules
from .flat import flat
from .forward import Forward, forward
from .gamma import gamma
from .gradient import GRADIENT
from .guided import GUIDED_BACKPROP
from .lrp_step import Column, LayerRule, Relevance, Step, layer_rule, share
from .pattern import pattern_rules
from .w_square import w_square
from .z_plus import z_plus

__all__ = [
    "DECONVNET",
    "GRADIENT",
    "GUIDED_BACKPROP",
    "Backward",
    "Column",
    "Forward",
    "LayerRule",
    "Relevance",
    "Rule",
    "Rules",
    "Step",
    "alpha_beta",
    "box",
    "epsilon",
    "epsilon_rules",
    "flat",
    "forward",
    "gamma",
    "layer_rule",
    "lrp_rules",
    "pattern_rules",
    "share",
    "vjp",
    "w_square",
    "z_plus",
]
