"""Mechanisms: why an explanation survives a shift or does not, as the algebra has it before anything is measured.

The twin has network 1's weights, and behind the first bias its activations; its input is x + m.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from .cases import Answer

if TYPE_CHECKING:
    from ..judging.invariance import Question

Answers: TypeAlias = tuple[Answer, Answer, Answer]
"""Under a constant, under a shift that differs by pixel, and under one that is aimed at each image."""

ALWAYS: Answers = ("invariant", "invariant", "invariant")
NEVER: Answers = ("sensitive", "sensitive", "sensitive")
CONSTANT: Answers = ("invariant", "sensitive", "sensitive")
SHARED: Answers = ("invariant", "invariant", "sensitive")


@dataclass(frozen=True)
class Mechanism:
    """Why, in a sentence, and what follows from it under each kind of shift."""

    why: str
    answers: Answers


_WEIGHTS = Mechanism("Reads weights, and which units are active: both networks have the same.", ALWAYS)
_INPUT = Mechanism("Shares out, or multiplies by, the input, and the shift is in it.", NEVER)
_UNREAD = Mechanism("Its rule at the first layer does not read the input.", ALWAYS)
_BEHIND = Mechanism("Reads a layer behind the first bias, where both networks hold the same numbers.", ALWAYS)
_BOX = Mechanism(
    "The box of a pixel's values moves with the data; of a shift of each image's own only the bound is known.", SHARED
)
_BLUR = Mechanism("A blurred constant is that constant; blurred, a shift that differs by pixel is another.", CONSTANT)
_MASKS = Mechanism("Pixels are hidden by 0, which is another grey in the other encoding.", NEVER)

_OF_METHOD: Mapping[str, Mechanism] = {
    **dict.fromkeys(("gradient", "guided-backprop", "deconvnet", "guided-grad-cam"), _WEIGHTS),
    **dict.fromkeys(("smoothgrad", "smoothgrad-squared", "vargrad"), _WEIGHTS),
    **dict.fromkeys(("gradient-times-input", "full-gradient", "lrp-z", "lrp-epsilon", "lrp-gamma"), _INPUT),
    **dict.fromkeys(("lrp-alpha1-beta0", "lrp-alpha2-beta1", "lrp-epsilon-plus", "lrp-epsilon-alpha2-beta1"), _INPUT),
    **dict.fromkeys(("deep-taylor", "lrp-attention"), _INPUT),
    **dict.fromkeys(("lrp-w-square", "lrp-flat", "lrp-epsilon-plus-flat", "lrp-epsilon-alpha2-beta1-flat"), _UNREAD),
    **dict.fromkeys(("lrp-epsilon-gamma-box", "deep-taylor-bounded"), _BOX),
    **dict.fromkeys(("grad-cam", "grad-cam++", "hires-cam", "layer-cam", "xgrad-cam", "attention-rollout"), _BEHIND),
    "blur-integrated-gradients": _BLUR,
    "score-cam": _MASKS,
}

_SEGMENTS = Mechanism(
    "The hidden pixels move with the data; the segments are the same only where the shift has no edges.", CONSTANT
)
_OF_VARIANT: Mapping[str, Mechanism] = {
    "zero": Mechanism("0 is another picture in the other encoding.", NEVER),
    "black": Mechanism(
        "An image's least value moves with a constant, and not with a shift that differs by pixel.", CONSTANT
    ),
    "carried over": Mechanism("The same numbers are other pictures in the other encoding.", NEVER),
    "transformed": Mechanism("Moved with the data: the same pictures in both encodings.", ALWAYS),
}

_BY_SEGMENTS = ("lime", "kernel-shap")

_PATTERNS = Mechanism("The same directions, and behind the first bias the same activations.", ALWAYS)
_PRINTED = Mechanism("The formula as printed takes the mean of y over all samples, and m stays in it.", NEVER)
_CENTRED = Mechanism("Covariances take a constant out; what differs within a kernel's patches stays in them.", CONSTANT)


def mechanism(question: "Question") -> Mechanism | None:
    """Why a question's explanation survives or not; None for somebody else's method."""
    if question.fit:
        if question.fit == "carried over":
            return _PATTERNS
        return _PRINTED if question.estimator == "published" else _CENTRED
    if question.reference == "transformed" and question.method in _BY_SEGMENTS:
        return _SEGMENTS
    return _OF_VARIANT[question.reference] if question.reference else _OF_METHOD.get(question.method)
