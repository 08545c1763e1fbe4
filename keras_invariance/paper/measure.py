"""Measuring: a case asked of a pair, or of several pairs with one image each, as one row of the table."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..arrays import Images, PerImage, Targets
from ..comparison.confirmation import violation_interval
from ..comparison.scores import SCORES
from ..comparison.verdicts import Finding, judge
from .cases import Case
from .catalogue import said_of
from .rows import Row
from .sides import Pair, PatternSource


def measured(pair: Pair, case: Case, originals: Images, targets: Targets, patterns: PatternSource) -> Row:
    """A case judged on all images of one pair."""
    return merged(pair, case, [_finding(pair, case, originals, targets, patterns)])


def measured_apart(
    pairs: Sequence[Pair], case: Case, originals: Images, targets: Targets, patterns: PatternSource
) -> Row:
    """A case judged on pairs of which each has a shift of its own, and one of the images."""
    findings = [
        _finding(pair, case, originals[place : place + 1], targets[place : place + 1], patterns)
        for place, pair in enumerate(pairs)
    ]
    return merged(pairs[0], case, findings)


def merged(pair: Pair, case: Case, findings: Sequence[Finding]) -> Row:
    """One row from findings: sensitive if one is, invariant if all are, otherwise the first other verdict."""
    verdicts = [finding.verdict for finding in findings]
    others = [verdict for verdict in verdicts if verdict != "invariant"]
    verdict = "sensitive" if "sensitive" in others else others[0] if others else "invariant"
    decisive = findings[verdicts.index(verdict)]
    row = Row(
        network=pair.name,
        shift=pair.shift,
        case=case,
        claim="",
        verdict=verdict,
        images=sum(finding.images for finding in findings),
        violations=sum(finding.violations for finding in findings),
        interval=violation_interval(np.concatenate([finding.kinds for finding in findings])),
        scores=_scores(findings),
        reason=decisive.reason,
        normalised=pair.normalised,
        kind=pair.kind,
    )
    return replace(row, claim=said_of(row))


def _finding(pair: Pair, case: Case, originals: Images, targets: Targets, patterns: PatternSource) -> Finding:
    options, twin_options = pair.options(case, patterns)
    return judge(
        pair.first.network,
        pair.second.network,
        pair.images(originals)[0],
        pair.difference,
        case.method,
        targets=targets,
        options=options,
        twin_options=twin_options,
    )


def _scores(findings: Sequence[Finding]) -> dict[str, float]:
    """Medians over all images in float32, the largest difference of the maps, and that of the float64 maps."""
    medians = {
        name: _median(np.concatenate([getattr(finding.scores, name) for finding in findings])) for name in SCORES
    }
    worst = np.concatenate([finding.scores.relative_l2 for finding in findings])
    exact = np.concatenate([finding.confirmed_scores.relative_l2 for finding in findings])
    return {**medians, "worst_relative_l2": _largest(worst), "float64_relative_l2": _largest(exact)}


def _median(values: PerImage) -> float:
    known = values[~np.isnan(values)]
    return float(np.median(known)) if known.size else float("nan")


def _largest(values: PerImage) -> float:
    known = values[~np.isnan(values)]
    return float(known.max()) if known.size else float("nan")
