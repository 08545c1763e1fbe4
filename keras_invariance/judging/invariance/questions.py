"""Questions: one explanation under one shift, and which of them a network and its data admit."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...encodings.targeted import targeted_shift
from ...errors import InvarianceError
from ...methods.catalogue import METHODS

if TYPE_CHECKING:
    from ...network import Network

REFERENCES = ("zero", "black", "transformed")
"""For methods with a reference, or a value that hides: "black" is each image's least value after the shift,
"transformed" 0 plus m."""

BACKGROUNDS = ("carried over", "transformed")
"""For methods with a background: the same images for network 1 and its twin, or moved by the shift for the twin."""

ESTIMATORS = ("published", "positive", "linear")
"""For the pattern methods: which mean of y the patterns are fitted with."""

FITS = ("carried over", "refitted")
"""For the pattern methods: whether the twin reads by network 1's patterns, or by its own, of the shifted data."""

NO_PATTERNS = (
    "The patterns that it reads by are fitted to training data, and none were named: say --patterns-data DATA, or "
    "patterns_data=... in Python."
)
NO_BACKGROUND = (
    "The images that it compares with are a choice, and none were named: say --option {method}.background=DATA, such "
    "as mnist/train[:32], or options={{'{method}.background': ...}} in Python."
)
NO_REFIT = (
    "Each image has a shift and a twin of its own, so that there is no shifted data set to fit a twin's patterns to; "
    "asked with patterns carried over only."
)


@dataclass(frozen=True)
class Question:
    """One explanation under one shift.

    Attributes
    ----------
    shift
        The shift's spelling.
    method
        The method's name.
    reference
        One of `REFERENCES` for methods with a reference, of `BACKGROUNDS` for those with a background, otherwise
        empty.
    estimator, fit
        One of `ESTIMATORS` and of `FITS` for the pattern methods, otherwise empty.
    """

    shift: str
    method: str
    reference: str = ""
    estimator: str = ""
    fit: str = ""

    @property
    def variant(self) -> str:
        """The reference, or the patterns, for a reader; empty where the method has neither."""
        return self.reference or ", ".join(part for part in (self.estimator, self.fit) if part)

    @property
    def name(self) -> str:
        """The explanation for a reader."""
        return f"{self.method} ({self.variant})" if self.variant else self.method


def questions(
    shifts: Sequence[str], methods: Sequence[str], estimators: Sequence[str], not_run: Mapping[str, str]
) -> tuple[Question, ...]:
    """What is asked of the methods that can be run, shift by shift."""
    asked = [method for method in methods if method not in not_run]
    return tuple(
        Question(shift, method, *variant)
        for shift in shifts
        for method in asked
        for variant in _variants(shift, method, estimators)
    )


def needs_patterns(method: str) -> bool:
    """Whether a method reads by fitted patterns."""
    return "patterns" in METHODS[method].options and METHODS[method].function is None


def needs_background(method: str) -> bool:
    """Whether a method compares with the images of a background."""
    return "background" in METHODS[method].options


def reasons(
    network: "Network", methods: Sequence[str], options: Mapping[str, Mapping[str, Any]], *, patterns: bool
) -> dict[str, str]:
    """Method -> why it cannot be asked of the network; without those that can.

    Parameters
    ----------
    network
        Network 1.
    methods
        What is wanted.
    options
        Method -> its options.
    patterns
        Whether there are data to fit patterns to.
    """
    found = {}
    for method in methods:
        if needs_patterns(method) and not patterns:
            found[method] = NO_PATTERNS
        elif needs_background(method) and "background" not in options[method]:
            found[method] = NO_BACKGROUND.format(method=method)
        elif reason := _why_not(network, method, options[method]):
            found[method] = reason
    return found


def _variants(shift: str, method: str, estimators: Sequence[str]) -> Iterator[tuple[str, ...]]:
    if needs_patterns(method):
        fits = FITS[:1] if targeted_shift(shift) else FITS
        yield from (("", estimator, fit) for estimator in estimators for fit in fits)
    elif METHODS[method].reference:
        yield from ((reference,) for reference in REFERENCES)
    elif needs_background(method):
        yield from ((background,) for background in BACKGROUNDS)
    else:
        yield ()


def _why_not(network: "Network", method: str, options: Mapping[str, Any]) -> str:
    """Why a method cannot be asked of the network; empty where it can."""
    from ...methods import analyzer
    from ...patterns import weight_patterns

    try:
        told = {**options, "patterns": weight_patterns(network)} if needs_patterns(method) else options
        analyzer(network, method, **told)
    except InvarianceError as error:
        return str(error)
    return ""
