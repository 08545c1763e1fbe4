"""The methods of this package under their names, in the order users see.

This module imports no TensorFlow; a method's builder is named here and imported when it is used.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from .explainers import REQUIRED
from .row import Method

_BATCHED: Mapping[str, Any] = {"batch_size": None}
_BIASED: Mapping[str, Any] = {"bias": "absorb", "batch_size": None}
_NOISE: Mapping[str, Any] = {"samples": 64, "sigma": 0.1, "seed": 0, "base": "gradient", "batch_size": None}

_CLASS_ACTIVATION: Mapping[str, Any] = {"layer": None, "signed": False, "batch_size": None}

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
        {"steps": 64, "tolerance": 1e-2, "reference": "zero", "batch_size": None}, law="attribution",
    ),
    Method(
        "deeplift", "reference", "1", "Shrikumar et al., 2017",
        "The distance from a reference times difference out over difference in, operation by operation.",
        "deeplift:deeplift", {"reference": "zero", "batch_size": None}, law="attribution",
    ),
    Method(
        "deep-shap", "reference", "1", "Lundberg & Lee, 2017",
        "The mean of DeepLIFT's maps over a background of images.",
        "deep_shap:deep_shap", {"background": REQUIRED, "batch_size": None}, law="attribution",
    ),
    Method(
        "expected-gradients", "reference", "1", "Erion et al., 2021",
        "Integrated gradients averaged over a background, at images and places on the way that are drawn.",
        "expected_gradients:expected_gradients",
        {"background": REQUIRED, "samples": 64, "seed": 0, "batch_size": None}, law="attribution",
    ),
    Method(
        "blur-integrated-gradients", "gradient", "1", "Xu et al., 2020",
        "The gradient summed on the way from the blurred picture to the picture.",
        "blur:blur_integrated_gradients", {"steps": 64, "blur": 10.0, "batch_size": None}, law="attribution",
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
    Method(
        "grad-cam", "class activation", "1", "Selvaraju et al., 2017",
        "A spatial layer's channels, each weighted by the mean of its gradient.",
        "class_activation:grad_cam", _CLASS_ACTIVATION, invariant=True, law="picture",
    ),
    Method(
        "grad-cam++", "class activation", "1", "Chattopadhay et al., 2018",
        "A spatial layer's channels, each weighted by what counts of its positive gradient.",
        "class_activation:grad_cam_plus_plus", _CLASS_ACTIVATION, invariant=True, law="picture",
    ),
    Method(
        "hires-cam", "class activation", "1", "Draelos & Carin, 2020",
        "A spatial layer's outputs times their gradient, summed over channels.",
        "class_activation:hires_cam", _CLASS_ACTIVATION, invariant=True, law="picture",
    ),
    Method(
        "layer-cam", "class activation", "1", "Jiang et al., 2021",
        "A spatial layer's outputs times their positive gradient, summed over channels.",
        "class_activation:layer_cam", _CLASS_ACTIVATION, invariant=True, law="picture",
    ),
    Method(
        "xgrad-cam", "class activation", "1", "Fu et al., 2020",
        "A spatial layer's channels, each weighted by its gradient's mean where it is active.",
        "class_activation:xgrad_cam", _CLASS_ACTIVATION, invariant=True, law="picture",
    ),
    Method(
        "score-cam", "class activation", "1", "Wang et al., 2020",
        "A spatial layer's channels, each weighted by the logit of the image masked by it: slow, a pass for each.",
        "score_cam:score_cam", _CLASS_ACTIVATION, invariant=False, law="picture", slow=True,
    ),
    Method(
        "guided-grad-cam", "class activation", "1", "Selvaraju et al., 2017",
        "Guided backprop times the Grad-CAM map.",
        "guided_grad_cam:guided_grad_cam", _CLASS_ACTIVATION, invariant=True, law="sensitivity",
    ),
    Method(
        "full-gradient", "gradient", "1", "Srinivas & Fleuret, 2019",
        "The gradient times the image, and every bias times its gradient, which add up to the logit.",
        "full_gradient:full_gradient", _BATCHED, invariant=False, law="attribution",
    ),
    Method(
        "occlusion", "black box", "", "Zeiler & Fergus, 2014",
        "How much the logit falls when a window is blanked, the mean over windows: slow, a pass for each.",
        "occlusion:occlusion",
        {"window": None, "stride": None, "value": "zero", "batch_size": None}, law="attribution", slow=True,
    ),
    Method(
        "rise", "black box", "", "Petsiuk et al., 2018",
        "Random smooth masks, each weighted by the logit of what it shows: slow, a pass for each.",
        "rise:rise",
        {"masks": 1000, "cell": None, "seed": 0, "value": "zero", "batch_size": None}, law="attribution", slow=True,
    ),
    Method(
        "lime", "black box", "", "Ribeiro et al., 2016",
        "A linear model of the logit, fitted to segments shown and hidden at random: slow, a pass for each sample.",
        "lime:lime",
        {
            "segments": "slic", "count": 50, "samples": 512, "seed": 0, "value": "zero", "width": 0.25, "ridge": 1.0,
            "batch_size": None,
        }, law="attribution", slow=True,
    ),
    Method(
        "kernel-shap", "black box", "", "Lundberg & Lee, 2017",
        "The Shapley values of segments, by regression over coalitions of them: slow, a pass for each sample.",
        "kernel_shap:kernel_shap",
        {"segments": "slic", "count": 50, "samples": 512, "seed": 0, "value": "zero", "batch_size": None},
        law="attribution", slow=True,
    ),
)  # fmt: skip

BUILT_IN: Mapping[str, Method] = MappingProxyType({method.name: method for method in _ROWS})
"""The methods of this package."""

QUICK: tuple[str, ...] = tuple(method.name for method in _ROWS if not method.slow)
"""The names of the methods that are asked where none is named."""
