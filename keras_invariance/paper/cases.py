"""What the paper's experiment compares: methods with their reference or patterns.

A case is asked of a network and its twin: is this explanation the same for both? What the paper says of it stands in
`catalogue`.
"""

from dataclasses import dataclass, field, replace
from typing import Literal

Reference = Literal["", "zero", "black", "data set's black", "unshifted black", "transformed", "mean image"]
Estimator = Literal["", "published", "positive", "linear"]
Fit = Literal["", "refitted", "carried over"]
Answer = Literal["", "invariant", "sensitive"]
ShiftKind = Literal["constant", "checkerboard", "targeted", "targeted far", "targeted at another", "other weights"]
"""What sets pairs apart. A targeted shift is aimed at each image, "far" goes beyond the paper's bound, and one "at
another" was aimed at another image than the one that is explained; "other weights" compute the same function.
"""

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


@dataclass(frozen=True)
class Case:
    """One explanation as it is asked of both networks.

    Parameters
    ----------
    method
        The method's name in the catalogue.
    reference
        For integrated gradients. "black" is the least value of each image, after the shift; "data set's black" the
        least value of all images, after the shift; "unshifted black" the least value of network 1's images, for
        both networks. "transformed" is network 1's zero moved by the shift, "mean image" is each data set's own.
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

    @property
    def unseeded(self) -> "Case":
        """The same question, whatever noise it is asked with."""
        return replace(self, options=tuple(option for option in self.options if option[0] != "seed"))


GRADIENT, GUIDED, TIMES_INPUT, LRP = map(Case, ("gradient", "guided-backprop", "gradient-times-input", "lrp-z"))
STEPS = 32
"""How many steps integrated gradients take; whether two networks agree does not hang on it."""
IG_ZERO, IG_BLACK, IG_DATA_BLACK, IG_UNSHIFTED_BLACK, IG_TRANSFORMED, IG_MEAN = (
    Case("integrated-gradients", reference, options=(("steps", STEPS),))
    for reference in ("zero", "black", "data set's black", "unshifted black", "transformed", "mean image")
)


def plain_cases(seed: int) -> tuple[Case, ...]:
    """Every explanation without patterns, in the order of the table; `seed` draws SmoothGrad's noise."""
    smoothed = [smoothed_case(base, seed) for base in ("gradient", "gradient-times-input")]
    rectified, relevance = [GUIDED, Case("deconvnet")], [LRP, Case("lrp-z", options=(("bias", "ignore"),))]
    references = [IG_ZERO, IG_BLACK, IG_DATA_BLACK, IG_UNSHIFTED_BLACK, IG_TRANSFORMED, IG_MEAN]
    rules = ("lrp-epsilon", "lrp-gamma", "lrp-alpha1-beta0", "lrp-alpha2-beta1", "lrp-w-square", "lrp-flat")
    last = map(Case, (*rules, "deep-taylor"))
    return (GRADIENT, *rectified, smoothed[0], TIMES_INPUT, smoothed[1], *references, *relevance, *last)


def smoothed_case(base: str, seed: int) -> Case:
    """A case of SmoothGrad around another method."""
    return Case("smoothgrad", options=(("base", base), ("samples", 16), ("seed", seed)))


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
