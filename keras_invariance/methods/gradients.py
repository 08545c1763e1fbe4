"""Gradient, gradient times input, guided backprop and DeconvNet."""

from ..rules.deconvnet import DECONVNET
from ..rules.gradient import GRADIENT
from ..rules.guided import GUIDED_BACKPROP
from .request import Request
from .single_pass import SinglePass


def gradient(request: Request) -> SinglePass:
    """df/dx (Simonyan et al., 2014)."""
    return SinglePass.of(request, GRADIENT)


def gradient_times_input(request: Request) -> SinglePass:
    """x * df/dx (Shrikumar et al., 2016)."""
    return SinglePass.of(request, GRADIENT, times_input=True)


def guided_backprop(request: Request) -> SinglePass:
    """The gradient with negative signals stopped at every activation (Springenberg et al., 2015)."""
    return SinglePass.of(request, GUIDED_BACKPROP)


def deconvnet(request: Request) -> SinglePass:
    """Signals rectified in the backward pass, whatever the activations were (Zeiler & Fergus, 2014)."""
    return SinglePass.of(request, DECONVNET)
