"""Sentences about measured rows: what the page says is put together here from numbers, nothing is written down."""

from collections.abc import Iterable, Mapping, Sequence
from math import floor, isnan, log10

from .rows import Row

CAT_SHOWS = 0.5
"""The correlation of a map with the drawing from which the cat is said to show."""

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(value: float) -> str:
    """A number with two significant digits, very small and very large ones as a power of ten."""
    if isnan(value):
        return "no value"
    if value == 0:
        return "0"
    exponent = floor(log10(abs(value)))
    if -3 <= exponent <= 3:
        return f"{value:.{max(0, 1 - exponent)}f}"
    mantissa = round(value / 10.0**exponent)
    if abs(mantissa) == 10:
        mantissa, exponent = mantissa // 10, exponent + 1
    return f"{mantissa} \N{MULTIPLICATION SIGN} 10{str(exponent).translate(_SUPERSCRIPTS)}"


def listed(words: Sequence[str]) -> str:
    """Words as a list in a sentence: "a, b and c"."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else "none"


def counted(count: int, noun: str) -> str:
    """A count and its noun: "1 claim", "3 claims"."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def difference(row: Row) -> float:
    """How far the two maps of an image are apart: the median relative L2."""
    return row.scores.get("relative_l2", float("nan"))


def verdict_sentences(rows: Sequence[Row]) -> list[str]:
    """What was measured, verdict by verdict, with the relative difference of the maps."""
    sentences = []
    same = [row for row in rows if row.verdict == "invariant"]
    if same:
        largest = number(max(difference(row) for row in same))
        sentences.append(
            f"The same map for both networks: {listed(_names(same))} (median relative difference at most {largest})."
        )
    apart = [row for row in rows if row.verdict == "sensitive"]
    if apart:
        each = [f"{row.case.name} ({number(difference(row))})" for row in apart]
        sentences.append(f"Different maps, with the median relative difference: {listed(each)}.")
    rest = sorted({row.verdict for row in rows} - {"invariant", "sensitive"})
    return sentences + [f"{verdict.capitalize()}: {listed(_names(_with(rows, verdict)))}." for verdict in rest]


def claim_sentences(rows: Sequence[Row]) -> list[str]:
    """How the paper's claims about these rows fare, and each one that does not hold."""
    claimed = [row for row in rows if row.claim]
    if not claimed:
        return []
    held = sum(row.holds == "holds" for row in claimed)
    if held == len(claimed):
        whole = "The paper's claim holds" if held == 1 else f"All {held} of the paper's claims here hold"
        return [f"{whole}."]
    sentences = [f"Of the paper's {counted(len(claimed), 'claim')} here, {held} hold{'s' if held == 1 else ''}."]
    for row in claimed:
        if row.holds == "fails":
            sentences.append(
                f"{row.case.name}, {row.shift}: claimed {row.claim}, measured {row.verdict} "
                f"(median relative difference {number(difference(row))}, {row.violations} of {row.images} images)."
            )
        elif row.holds == "open":
            sentences.append(f"{row.case.name}, {row.shift}: claimed {row.claim}, measured {row.verdict}.")
    return sentences


def headline(rows: Sequence[Row]) -> str:
    """The outcome in one sentence, and where it differs from the paper."""
    claimed = [row for row in rows if row.claim]
    held = [row for row in claimed if row.holds == "holds"]
    failed = [row for row in claimed if row.holds == "fails"]
    left = len(claimed) - len(held) - len(failed)
    text = f"{len(held)} of {counted(len(claimed), 'claim')} of the paper hold"
    if failed:
        culprits = list(dict.fromkeys(f"{row.case.title} ({row.case.variant or row.shift})" for row in failed))
        text += f", {len(failed)} {'does' if len(failed) == 1 else 'do'} not: {listed(culprits)}"
    return text + (f"; {left} remain{'s' if left == 1 else ''} undecided." if left else ".")


def estimator_sentences(rows: Sequence[Row]) -> list[str]:
    """For each network and shift, the verdict of every way to fit patterns."""
    patterned = [row for row in rows if row.case.estimator]
    sentences = []
    for place in dict.fromkeys((row.network, row.shift) for row in patterned):
        here = [row for row in patterned if (row.network, row.shift) == place]
        ways = dict.fromkeys(row.case.variant for row in here)
        same = [way for way in ways if {row.verdict for row in here if row.case.variant == way} == {"invariant"}]
        rest = [
            f"{way} ({_spread([row for row in here if row.case.variant == way])})" for way in ways if way not in same
        ]
        told = f"{place[0]}, {place[1]}: both methods are invariant with patterns {listed(same)}"
        sentences.append(told + (f"; not with patterns {listed(rest)}." if rest else "."))
    return sentences


def remedy_sentences(rows: Sequence[Row]) -> list[str]:
    """Which sensitive explanations a normalisation of the data repairs, shift by shift, and which it does not."""
    before = {(row.network, row.shift, row.case): row for row in rows if not row.normalised}
    sentences = []
    for kind, shift in dict.fromkeys((row.normalised, row.shift) for row in rows if row.normalised):
        here = [row for row in rows if (row.normalised, row.shift) == (kind, shift)]
        ill = [row for row in here if before[row.network, row.shift, row.case].verdict == "sensitive"]
        mended, left = _with(ill, "invariant"), [row for row in ill if row.verdict != "invariant"]
        parts = [f"repairs {listed(_names(mended))}"] if mended else []
        if left:
            each = [f"{row.case.name} ({row.verdict}, {number(difference(row))})" for row in left]
            parts.append(f"does not repair {listed(each)}")
        sentences.append(f"{shift}: subtracting the {kind} {' and '.join(parts) or 'has nothing to repair'}.")
    return sentences


def equality_sentences(equal: Iterable[tuple[str, str, float]]) -> list[str]:
    """Methods whose maps are each other's, for both networks."""
    return [f"{one} and {two} give the same maps (relative difference at most {number(by)})." for one, two, by in equal]


def cat_sentences(within: str, likeness: Mapping[str, tuple[float, float]]) -> list[str]:
    """Where the cat shows: method -> correlation of the drawing with network 1's map and with network 2's.

    `within` says how far the shift went.
    """
    shown = {name: pair for name, pair in likeness.items() if pair[1] >= CAT_SHOWS}
    hidden = {name: pair for name, pair in likeness.items() if pair[1] < CAT_SHOWS}
    sentences = []
    if shown:
        each = [f"{name} ({number(second)}; network 1: {number(first)})" for name, (first, second) in shown.items()]
        sentences.append(f"{within}, the cat shows in network 2's {listed(each)}.")
    if hidden:
        each = [f"{name} ({number(second)})" for name, (_, second) in hidden.items()]
        sentences.append(f"{within}, it does not show in {listed(each)}.")
    return sentences


def reference_sentences(cosines: Mapping[tuple[str, str], float]) -> list[str]:
    """How far maps of one network drift apart when only the reference changes: pair of names -> mean cosine."""
    least, most = min(cosines, key=lambda pair: cosines[pair]), max(cosines, key=lambda pair: cosines[pair])
    ends = [f"{number(cosines[pair])} ({listed(pair)})" for pair in (least, most)]
    return [f"Mean cosine similarity of the maps of an image: from {ends[0]} to {ends[1]}."]


def _names(rows: Iterable[Row]) -> list[str]:
    return list(dict.fromkeys(row.case.name for row in rows))


def _with(rows: Iterable[Row], verdict: str) -> list[Row]:
    return [row for row in rows if row.verdict == verdict]


def _spread(rows: Sequence[Row]) -> str:
    told = [f"{row.case.title} {row.verdict}, {number(difference(row))}" for row in rows]
    return "; ".join(told)
