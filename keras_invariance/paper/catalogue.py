"""What the paper says, claim by claim, in its order; nothing here says what came out.

Sections are those of the text that could be read, the paper's submission to ICLR 2018; figures are called by what they
show, because their numbers differ between its editions.

Source: Kindermans, Hooker et al., "The (Un)reliability of saliency methods" (2017).
"""

from collections.abc import Mapping, Sequence

from .cases import Answer
from .claims import Claim, Question, Verdict, asked
from .rows import Row
from .section_3 import BESIDE, SECTION_3
from .section_4 import SECTION_4

CLAIMS: tuple[Claim, ...] = (*SECTION_3, *SECTION_4, *BESIDE)
"""Every sentence of sections 3 and 4 that says something of a method, a shift or a reference; definitions left out."""


_BEARING: Mapping[Question, Sequence[tuple[int, Verdict]]] = {
    evidence.question: [
        (number, each)
        for number, claim in enumerate(CLAIMS, 1)
        for each in (*claim.decided_by, *claim.below)
        if isinstance(each, Verdict) and each.question == evidence.question
    ]
    for claim in CLAIMS
    for evidence in (*claim.decided_by, *claim.below)
    if isinstance(evidence, Verdict)
}


def said_of(row: Row) -> Answer:
    """What the paper's claims say of a row's question; empty where they say nothing."""
    said = [evidence.expected for number, evidence in _BEARING.get(asked(row), ()) if CLAIMS[number - 1].counted]
    return said[0] if said else ""


def bearing(row: Row) -> list[int]:
    """The places in `CLAIMS`, from 1 on, of the claims that a row stands under."""
    return list(dict.fromkeys(number for number, _ in _BEARING.get(asked(row), ())))
