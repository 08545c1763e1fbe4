"""What the claims of both sections are written with: the paper's methods, and how a case is asked several ways."""

from .cases import IG_ZERO, LRP, TIMES_INPUT, Answer, Case, Estimator, ShiftKind, pattern_case, pattern_cases
from .claims import Verdict

ATTRIBUTIONS = (TIMES_INPUT, IG_ZERO, LRP)
CENTRED = tuple(case for case in pattern_cases(("image",)) if case.estimator == "published")
"""The printed formula with the mean image subtracted."""
PRINTED_NET = pattern_case("pattern-net", "published", "carried over")


def each(cases: tuple[Case, ...], kind: ShiftKind, expected: Answer, normalised: str = "") -> tuple[Verdict, ...]:
    """The same question about several cases."""
    return tuple(Verdict(case, kind, expected, normalised) for case in cases)


def fitted(method: str, kind: ShiftKind, but: Case) -> tuple[Verdict, ...]:
    """Every way to fit a method's patterns that is measured, but the one that decides."""
    ways = (*pattern_cases(), *CENTRED)
    return each(tuple(case for case in ways if case.method == method and case != but), kind, "invariant")


def refitted(method: str, estimator: Estimator) -> Case:
    """Patterns of an estimator, fitted anew for network 2."""
    return pattern_case(method, estimator, "refitted")


PRINTED_MEAN = (
    "Shifting the data by m adds m (E+[y] \N{MINUS SIGN} E[y]) to the numerator that is printed for neurons "
    "followed by a ReLU, because it takes the mean of y over all samples; with the mean over the active samples "
    "the term is zero."
)
CARRIED_OVER = "patterns fitted once, for network 1, and given to both networks"
