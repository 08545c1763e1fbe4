"""What the paper's experiment compares: methods with their reference or patterns, and what the paper claims of each.

A case is asked of a network and its twin: is this explanation the same for both? The paper's claims are for a constant
vector added to every image.
"""

from dataclasses import dataclass, field
from typing import Literal

Reference = Literal["", "zero", "black", "transformed", "mean image"]
Estimator = Literal["", "published", "positive", "linear"]
Fit = Literal["", "refitted", "carried over"]
Claim = Literal["", "invariant", "sensitive"]
ShiftKind = Literal["constant", "checkerboard", "targeted"]

TITLES = {
    "gradient": "gradient",
    "gradient-times-input": "gradient \N{MULTIPLICATION SIGN} input",
    "guided-backprop": "guided backprop",
    "deconvnet": "deconvnet",
    "smoothgrad": "SmoothGrad",
    "integrated-gradients": "integrated gradients",
    "lrp-z": "LRP",
    "lrp-epsilon": "LRP-epsilon",
    "lrp-gamma": "LRP-gamma",
    "lrp-alpha1-beta0": "LRP-alpha1-beta0",
    "lrp-alpha2-beta1": "LRP-alpha2-beta1",
    "lrp-w-square": "LRP-w-square",
    "lrp-flat": "LRP-flat",
    "deep-taylor": "deep Taylor",
    "pattern-net": "PatternNet",
    "pattern-attribution": "PatternAttribution",
}
"""A method's name -> how it is written for a reader."""

_PATTERN_METHODS = ("pattern-net", "pattern-attribution")
_CLAIMED_INVARIANT = {"gradient", "guided-backprop", *_PATTERN_METHODS}
_CLAIMED_SENSITIVE = {"gradient-times-input", "lrp-z"}


@dataclass(frozen=True)
class Case:
    """One explanation as it is asked of both networks.

    Parameters
    ----------
    method
        The method's name in the catalogue.
    reference
        For integrated gradients. "transformed" is network 1's zero moved by the shift, "mean image" is each data
        set's own; "black" is the least value of each image, after the shift.
    estimator
        For the pattern methods: which mean of y the patterns are fitted with.
    fit
        "refitted" on network 2 and its shifted data, or "carried over" from network 1.
    centre
        "image": the patterns are fitted with the mean image subtracted.
    options
        Further options of the method, name and value.
    """

    method: str
    reference: Reference = ""
    estimator: Estimator = ""
    fit: Fit = ""
    centre: Literal["neuron", "image"] = "neuron"
    options: tuple[tuple[str, str | int | float], ...] = field(default=())

    @property
    def title(self) -> str:
        """The method for a reader, with an option that sets it apart."""
        base = dict(self.options).get("base")
        bias = ", bias ignored" if dict(self.options).get("bias") == "ignore" else ""
        return TITLES[self.method] + (f" of {TITLES[str(base)]}" if base else "") + bias

    @property
    def variant(self) -> str:
        """The reference, or the patterns, for a reader; empty where a method has neither."""
        if self.reference:
            return f"{self.reference} reference"
        if not self.estimator:
            return ""
        return f"{self.estimator}, {self.fit}" + (", centred" if self.centre == "image" else "")

    @property
    def name(self) -> str:
        """Title and variant in one line."""
        return f"{self.title} ({self.variant})" if self.variant else self.title

    def claim(self, kind: ShiftKind) -> Claim:
        """What the paper says of this explanation under such a shift; empty where it says nothing.

        Source: Kindermans, Hooker et al. (2017). The paper says of SmoothGrad that it inherits its base's answer.
        """
        base = str(dict(self.options).get("base", self.method))
        if "bias" in dict(self.options) or self.centre == "image":
            return ""
        if base in _CLAIMED_INVARIANT:
            return "invariant"
        if base in _CLAIMED_SENSITIVE or self.reference == "zero":
            return "sensitive"
        if self.reference == "black":
            return "invariant" if kind == "constant" else "sensitive"
        return ""


GRADIENT, GUIDED, TIMES_INPUT, LRP = map(Case, ("gradient", "guided-backprop", "gradient-times-input", "lrp-z"))
STEPS = 32
"""How many steps integrated gradients take; whether two networks agree does not hang on it."""
IG_ZERO, IG_BLACK, IG_TRANSFORMED, IG_MEAN = (
    Case("integrated-gradients", reference, options=(("steps", STEPS),))
    for reference in ("zero", "black", "transformed", "mean image")
)


def plain_cases(seed: int) -> tuple[Case, ...]:
    """Every explanation without patterns, in the order of the table; `seed` draws SmoothGrad's noise."""
    smoothed = [
        Case("smoothgrad", options=(("base", base), ("samples", 16), ("seed", seed)))
        for base in ("gradient", "gradient-times-input")
    ]
    rectified, relevance = [GUIDED, Case("deconvnet")], [LRP, Case("lrp-z", options=(("bias", "ignore"),))]
    references = [IG_ZERO, IG_BLACK, IG_TRANSFORMED, IG_MEAN]
    rules = ("lrp-epsilon", "lrp-gamma", "lrp-alpha1-beta0", "lrp-alpha2-beta1", "lrp-w-square", "lrp-flat")
    last = map(Case, (*rules, "deep-taylor"))
    return (GRADIENT, *rectified, smoothed[0], TIMES_INPUT, smoothed[1], *references, *relevance, *last)


def pattern_case(method: str, estimator: Estimator, fit: Fit, centre: Literal["neuron", "image"] = "neuron") -> Case:
    """A case of PatternNet or PatternAttribution."""
    return Case(method, estimator=estimator, fit=fit, centre=centre)


def pattern_cases(centres: tuple[Literal["neuron", "image"], ...] = ("neuron",)) -> tuple[Case, ...]:
    """Both pattern methods with each estimator, carried over and refitted."""
    estimators: tuple[Estimator, ...] = ("published", "positive", "linear")
    fits: tuple[Fit, ...] = ("carried over", "refitted")
    return tuple(
        pattern_case(method, estimator, fit, centre)
        for method in _PATTERN_METHODS
        for centre in centres
        for estimator in estimators
        for fit in (fits if centre == "neuron" else ("refitted",))
    )
