"""Sentences about measured rows: what the page says is put together here from numbers, nothing is written down."""

from collections.abc import Iterable, Mapping, Sequence

from .rows import Row
from .visibility import BLACKS, CAT_SHOWS, Seen
from .words import difference, listed, number, sentence


def verdict_sentences(rows: Sequence[Row]) -> list[str]:
    """What was measured, verdict by verdict, with the relative difference of the maps."""
    sentences = []
    same = [row for row in rows if row.verdict == "invariant"]
    if same:
        sentences.append(f"The same maps for both networks{_up_to(same)}: {listed(_names(same))}.")
    apart = [row for row in rows if row.verdict == "sensitive"]
    if apart:
        each = [f"{row.case.name} {number(difference(row))}" for row in apart]
        sentences.append(f"Different maps, by a median relative difference of: {listed(each)}.")
    rest = sorted({row.verdict for row in rows} - {"invariant", "sensitive"})
    return sentences + [f"{sentence(verdict)}: {listed(_names(_with(rows, verdict)))}." for verdict in rest]


def estimator_sentences(rows: Sequence[Row]) -> list[str]:
    """For each way to fit patterns, where both pattern methods are invariant and where not."""
    patterned = [row for row in rows if row.case.estimator and row.kind != "targeted far"]
    return [
        _way(variant, [row for row in patterned if row.case.variant == variant])
        for variant in dict.fromkeys(row.case.variant for row in patterned)
    ]


def _way(variant: str, rows: Sequence[Row]) -> str:
    found: dict[tuple[str, str], set[str]] = {}
    for row in rows:
        found.setdefault((row.network, row.shift), set()).add(row.verdict)
    places: dict[str, list[str]] = {}
    for (network, shift), verdicts in found.items():
        places.setdefault(" or ".join(sorted(verdicts)), []).append(f"{network} under the {shift}")
    if len(places) == 1:
        return f"{sentence(variant)}: {next(iter(places))} for all {len(found)} networks and shifts."
    return f"{sentence(variant)}: {'; '.join(f'{verdict} for {listed(where)}' for verdict, where in places.items())}."


def remedy_sentences(rows: Sequence[Row]) -> list[str]:
    """Which sensitive explanations a normalisation of the data repairs, shift by shift, and which it does not."""
    before = {(row.network, row.shift, row.case): row for row in rows if not row.normalised}
    sentences = []
    for shift, kind in dict.fromkeys((row.shift, row.normalised) for row in rows if row.normalised):
        here = [row for row in rows if (row.normalised, row.shift) == (kind, shift)]
        ill = [row for row in here if before[row.network, row.shift, row.case].verdict == "sensitive"]
        mended, left = _with(ill, "invariant"), [row for row in ill if row.verdict != "invariant"]
        parts = [f"repairs {listed(_names(mended))}"] if mended else []
        if left:
            each = [f"{row.case.name} ({row.verdict}, {number(difference(row))})" for row in left]
            parts.append(f"does not repair {listed(each)}")
        told = " but ".join(parts) or "has nothing to repair"
        sentences.append(f"{sentence(shift)}: subtracting the {kind} {told}.")
    return sentences


def equality_sentences(equal: Iterable[tuple[str, str, float]]) -> list[str]:
    """Methods whose maps are each other's, for both networks."""
    return [
        sentence(f"{one} and {two} give the same maps{f', up to {number(by)}' if by else ', to the last bit'}.")
        for one, two, by in equal
    ]


def cat_sentences(within: str, likeness: Mapping[str, tuple[float, float]]) -> list[str]:
    """Where the cat shows: method -> correlation of the drawing with network 1's map and with network 2's.

    `within` says how far the shift went.
    """
    shown = [(name, pair) for name, pair in likeness.items() if pair[1] >= CAT_SHOWS]
    hidden = [(name, pair) for name, pair in likeness.items() if pair[1] < CAT_SHOWS]
    sentences = []
    if shown:
        each = [f"{name} ({number(second)}; network 1: {number(first)})" for name, (first, second) in shown]
        sentences.append(f"{sentence(within)}, the cat shows in network 2's {listed(each)}.")
    if hidden:
        each = [f"{name} ({number(second)})" for name, (_, second) in hidden]
        sentences.append(f"{sentence(within)}, it does not show in {listed(each)}.")
    return sentences


def reading_sentences(seen: Seen) -> list[str]:
    """In which readings of black the cat shows in integrated gradients, and in which it does not."""
    told = {words: seen[case][1] for case, words in BLACKS.items() if case in seen}
    if not told:
        return []
    each = [f"{words} {number(value)}" for words, value in told.items()]
    shown = [words for words, value in told.items() if value >= CAT_SHOWS]
    which = f"the cat shows with black {listed(shown)}" if shown else "the cat shows in no reading"
    return [f"Integrated gradients from black, by reading: {'; '.join(each)}. So {which}."]


def reference_sentences(cosines: Mapping[tuple[str, str], float]) -> list[str]:
    """How far maps of one network drift apart when only the reference changes: pair of names -> mean cosine."""
    least, most = min(cosines, key=lambda pair: cosines[pair]), max(cosines, key=lambda pair: cosines[pair])
    ends = [f"{number(cosines[pair])} ({listed(pair)})" for pair in (least, most)]
    return [f"Mean cosine similarity of the maps of an image: from {ends[0]} to {ends[1]}."]


def _up_to(rows: Sequence[Row]) -> str:
    median, worst = (max(row.scores.get(name, 0.0) for row in rows) for name in ("relative_l2", "worst_relative_l2"))
    if not worst:
        return ", to the last bit"
    return f" (relative difference {number(median)} at the median, {number(worst)} at most)"


def _names(rows: Iterable[Row]) -> list[str]:
    return list(dict.fromkeys(row.case.name for row in rows))


def _with(rows: Iterable[Row], verdict: str) -> list[Row]:
    return [row for row in rows if row.verdict == verdict]
