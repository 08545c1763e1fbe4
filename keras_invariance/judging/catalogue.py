"""The catalogue of tests of explanations. Adding one: its file, its line here, its oracle.

The folder of a study, its `randomization.json` and its page take the tests from here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, TypeAlias

from . import convergence, softmax_shift
from .explanation_test import ExplanationTest
from .invariance.findings import SHARDS
from .invariance.invariance import Invariance
from .randomization import randomization
from .randomization.randomization import Randomization
from .request import StudyRequest

Run: TypeAlias = Literal["audit", "study"]


@dataclass(frozen=True)
class Entry:
    """A test in the catalogue.

    Attributes
    ----------
    about
        What it asks, in a sentence.
    source
        Author, year.
    run
        What it is a part of: an "audit" goes over a whole data set, a "study" over images that memory holds.
    of
        The test, from what the run asks: (subject, data) for an audit, a `StudyRequest` for a study. None where it
        cannot be asked of that network and those methods.
    shards
        The folder of its shards.
    """

    about: str
    source: str
    run: Run
    of: Callable[..., ExplanationTest | None]
    shards: str


TESTS: Mapping[str, Entry] = MappingProxyType(
    {
        "invariance": Entry(
            "Does a map stay the same when all images are shifted and the network undoes the shift?",
            "Kindermans, Hooker et al. (2017)",
            "audit",
            Invariance,
            SHARDS,
        ),
        "randomization": Entry(
            "Does a map change when layers of the network are drawn again?",
            "Adebayo et al. (2018); Hedström et al. (2023)",
            "study",
            Randomization.of,
            randomization.SHARDS,
        ),
        "convergence": Entry(
            "Does what arrives at the image still depend on what was started with at the logits?",
            "Sixt, Granz & Landgraf (2020)",
            "study",
            convergence.convergence_test,
            convergence.NAME,
        ),
        "softmax_shift": Entry(
            "Does a map stay the same when one function is added to all logits, which the softmax ignores?",
            "Srinivas & Fleuret (2021)",
            "study",
            softmax_shift.softmax_shift_test,
            softmax_shift.NAME,
        ),
    }
)


def study_tests(request: StudyRequest) -> dict[str, ExplanationTest]:
    """The tests of a study that can be asked, by name, in the order of the catalogue."""
    found = {name: entry.of(request) for name, entry in TESTS.items() if entry.run == "study"}
    return {name: test for name, test in found.items() if test is not None}
