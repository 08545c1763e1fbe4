"""Every method under its name, in the order users see: what it is, where it comes from, and what it can be told.

This module imports no TensorFlow; a method's builder is named here and imported when it is used.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pkgutil import resolve_name
from types import MappingProxyType
from typing import Any, Literal, TypeAlias

from ..errors import MethodError

Seed: TypeAlias = Literal["1", "f", "f+"]
REQUIRED = "required"
"""Stands in the place of a default where there is none."""


@dataclass(frozen=True, eq=False)
class Method:
    """A method: a row of the catalogue, or one of your own, which stands wherever a name may stand.

    Attributes
    ----------
    name
        As users spell it.
    family
        The kind of method, a heading.
    seed
        What starts the backward pass: 1, the logit f, or its positive part f+.
    source
        Author and year.
    about
        What it computes, in one sentence.
    builder
        The function that makes an analyzer of a `request.Request`, or where it is, "module:name".
    options
        Each option it takes with its default; `REQUIRED` where it must be given.
    invariant
        Whether theory says that it gives the same map for a network and its twin; None where that depends on options.
    law
        How its maps must follow another encoding of the input, one of `laws.LAWS`; None if it was not said. Averages
        of another method's maps follow the law of that method, and its square.
    """

    name: str
    family: str
    seed: Seed
    source: str
    about: str
    builder: str | Callable[[Any], Any]
    options: Mapping[str, Any] = field(default_factory=dict)
    invariant: bool | None = None
    law: str | None = None

    def build(self) -> Any:
        """The function that makes an analyzer."""
        return resolve_name(f"{__package__}.{self.builder}") if isinstance(self.builder, str) else self.builder


_BATCHED: Mapping[str, Any] = {"batch_size": None}
_BIASED: Mapping[str, Any] = {"bias": "absorb", "batch_size": None}
_NOISE: Mapping[str, Any] = {"samples": 64, "sigma": 0.1, "seed": 0, "base": "gradient", "batch_size": None}

_ROWS = (
    Method(
        "gradient", "gradient", "1", "Simonyan et al., 2014",
        "How much the logit changes with each pixel.",
        "gradients:gradient", _BATCHED, invariant=True, law="sensitivity",
    ),
    Method(
        "gradient-times-input", "gradient", "1", "Shrikumar et al., 2016",
        "The gradient times the image.",
        "gradients:gradient_times_input", _BATCHED, invariant=False, law="attribution",
    ),
    Method(
        "smoothgrad", "smoothed", "1", "Smilkov et al., 2017",
        "The mean of a base method's maps around the image.",
        "smoothgrad:smoothgrad", _NOISE, law="sensitivity",
    ),
    Method(
        "smoothgrad-squared", "smoothed", "1", "Hooker et al., 2019",
        "The mean of a base method's squared maps around the image.",
        "smoothgrad:smoothgrad_squared", _NOISE, law="squared sensitivity",
    ),
    Method(
        "vargrad", "smoothed", "1", "Adebayo et al., 2018",
        "The variance of a base method's maps around the image.",
        "smoothgrad:vargrad", _NOISE, law="squared sensitivity",
    ),
    Method(
        "integrated-gradients", "gradient", "1", "Sundararajan et al., 2017",
        "The distance from a reference times the mean gradient on the way from it.",
        "integrated_gradients:integrated_gradients",
        {"steps": 64, "reference": "zero", "batch_size": None}, law="attribution",
    ),
    Method(
        "guided-backprop", "rectified", "1", "Springenberg et al., 2015",
        "The gradient, negative signals stopped at every activation.",
        "gradients:guided_backprop", _BATCHED, invariant=True, law="sensitivity",
    ),
    Method(
        "deconvnet", "rectified", "1", "Zeiler & Fergus, 2014",
        "Signals rectified in the backward pass, whatever the activations were.",
        "gradients:deconvnet", _BATCHED, invariant=True, law="sensitivity",
    ),
    Method(
        "lrp-z", "relevance", "f", "Bach et al., 2015",
        "Each neuron's relevance split over x w / z.",
        "lrp:lrp_z", _BIASED, invariant=False, law="attribution",
    ),
    Method(
        "lrp-epsilon", "relevance", "f", "Bach et al., 2015",
        "Each neuron's relevance split over x w / (z + epsilon sign z).", "lrp:lrp_epsilon",
        {"epsilon": 1e-3, **_BIASED}, invariant=False, law="attribution",
    ),
    Method(
        "lrp-gamma", "relevance", "f", "Montavon et al., 2019",
        "Split over x (w + gamma w+), which favours what speaks for the neuron.", "lrp:lrp_gamma",
        {"gamma": 0.25, **_BIASED}, invariant=False, law="attribution",
    ),
    Method(
        "lrp-alpha1-beta0", "relevance", "f", "Bach et al., 2015",
        "Split over what speaks for the neuron alone.",
        "lrp:lrp_alpha1_beta0", _BIASED, invariant=False, law="attribution",
    ),
    Method(
        "lrp-alpha2-beta1", "relevance", "f", "Bach et al., 2015",
        "Twice what speaks for the neuron, less what speaks against it.",
        "lrp:lrp_alpha2_beta1", _BIASED, invariant=False, law="attribution",
    ),
    Method(
        "lrp-w-square", "relevance", "f", "Montavon et al., 2017",
        "Split over the squared weights, whatever the input is.",
        "lrp:lrp_w_square", _BATCHED, law="attribution",
    ),
    Method(
        "lrp-flat", "relevance", "f", "Lapuschkin et al., 2019",
        "Split evenly over the inputs, whatever they and the weights are.",
        "lrp:lrp_flat", _BATCHED, law="attribution",
    ),
    Method(
        "lrp-epsilon-plus", "relevance", "f", "Lapuschkin et al., 2017",
        "Dense layers by epsilon, convolutions over what speaks for the neuron alone.",
        "composites:epsilon_plus", _BATCHED, invariant=False, law="attribution",
    ),
    Method(
        "lrp-epsilon-plus-flat", "relevance", "f", "Kohlbrenner et al., 2020",
        "Dense layers by epsilon, convolutions over what speaks for the neuron alone, the first layer evenly.",
        "composites:epsilon_plus_flat", _BATCHED, law="attribution",
    ),
    Method(
        "lrp-epsilon-gamma-box", "relevance", "f", "Montavon et al., 2019",
        "Dense layers by epsilon, convolutions by gamma, the first layer by the box of a pixel's values.",
        "composites:epsilon_gamma_box",
        {"low": REQUIRED, "high": REQUIRED, "batch_size": None}, law="attribution",
    ),
    Method(
        "lrp-epsilon-alpha2-beta1", "relevance", "f", "Lapuschkin et al., 2017",
        "Dense layers by epsilon, convolutions by alpha2-beta1.",
        "composites:epsilon_alpha2_beta1", _BATCHED, invariant=False, law="attribution",
    ),
    Method(
        "lrp-epsilon-alpha2-beta1-flat", "relevance", "f", "Kohlbrenner et al., 2020",
        "Dense layers by epsilon, convolutions by alpha2-beta1, the first layer evenly.",
        "composites:epsilon_alpha2_beta1_flat", _BATCHED, law="attribution",
    ),
    Method(
        "lrp-attention", "relevance", "f", "Achtibat et al., 2024",
        "Softmax by its slope, products half to each factor, normalisations passed, linear layers by epsilon.",
        "attention:lrp_attention", {"epsilon": 1e-6, "batch_size": None}, invariant=False, law="attribution",
    ),
    Method(
        "deep-taylor", "relevance", "f+", "Montavon et al., 2017",
        "The z+ rule on every layer, without biases.",
        "lrp:deep_taylor", _BATCHED, invariant=False, law="attribution",
    ),
    Method(
        "deep-taylor-bounded", "relevance", "f+", "Montavon et al., 2017",
        "The z+ rule, and at the first layer the box of the values that a pixel can take.",
        "lrp:deep_taylor_bounded",
        {"low": REQUIRED, "high": REQUIRED, "batch_size": None}, law="attribution",
    ),
    Method(
        "pattern-net", "patterns", "f", "Kindermans et al., 2018",
        "The signal that excites the logit, along fitted directions.", "patterns:pattern_net",
        {"patterns": REQUIRED, "batch_size": None}, law="signal",
    ),
    Method(
        "pattern-attribution", "patterns", "f", "Kindermans et al., 2018",
        "How much each pixel's signal contributes to the logit.", "patterns:pattern_attribution",
        {"patterns": REQUIRED, "batch_size": None}, law="attribution",
    ),
    Method(
        "attention-rollout", "attention", "1", "Abnar & Zuidema, 2020",
        "How much the last tokens attend to each place of the input, through all layers.",
        "attention_rollout:attention_rollout", _BATCHED, invariant=True, law="picture",
    ),
)  # fmt: skip

METHODS: Mapping[str, Method] = MappingProxyType({method.name: method for method in _ROWS})


def known_method(method: str | Method) -> Method:
    """A method by its name, or itself; a `MethodError` lists the names where there is none."""
    if isinstance(method, Method):
        return method
    if method not in METHODS:
        raise MethodError(f"the method {method!r}", f"one of {', '.join(METHODS)}", "Check the spelling.")
    return METHODS[method]
