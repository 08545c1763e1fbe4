"""Sentences about measured rows: what the page says is put together here from numbers, nothing is written down."""

from collections.abc import Iterable, Mapping, Sequence
from math import floor, isnan, log10

from .rows import Row

CAT_SHOWS = 0.5
"""The correlation of a map with the drawing from which the cat is said to show."""

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_TIMES, _MINUS = "\N{MULTIPLICATION SIGN}", "\N{MINUS SIGN}"


def number(value: float) -> str:
    """A number with two significant digits, very small and very large ones as a power of ten; a dash for no value."""
    if isnan(value):
        return "\N{EN DASH}"
    if value == 0:
        return "0"
    rounded = float(f"{value:.1e}")
    exponent = floor(log10(abs(rounded)))
    if -3 <= exponent <= 3:
        return f"{rounded:.{max(0, 1 - exponent)}f}".replace("-", _MINUS)
    mantissa = round(value / 10.0**exponent)
    if abs(mantissa) == 10:
        mantissa, exponent = mantissa // 10, exponent + 1
    return f"{mantissa}\u00a0{_TIMES}\u00a010{str(exponent).translate(_SUPERSCRIPTS)}".replace("-", _MINUS)


def listed(words: Sequence[str]) -> str:
    """Words as a list in a sentence: "a, b and c"; semicolons part words that have commas themselves."""
    comma = "; " if any("," in word for word in words) else ", "
    return words[0] if len(words) == 1 else f"{comma.join(words[:-1])} and {words[-1]}" if words else "none"


def sentence(words: str) -> str:
    """Words with a capital letter in front."""
    return words[:1].upper() + words[1:]


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
        sentences.append(f"The same maps for both networks{_up_to(same)}: {listed(_names(same))}.")
    apart = [row for row in rows if row.verdict == "sensitive"]
    if apart:
        each = [f"{row.case.name} {number(difference(row))}" for row in apart]
        sentences.append(f"Different maps, by a median relative difference of: {listed(each)}.")
    rest = sorted({row.verdict for row in rows} - {"invariant", "sensitive"})
    return sentences + [f"{sentence(verdict)}: {listed(_names(_with(rows, verdict)))}." for verdict in rest]


def claim_sentences(rows: Sequence[Row]) -> list[str]:
    """How the paper's claims about these rows fare, and each one that does not hold."""
    claimed = [row for row in rows if row.claim]
    if not claimed:
        return []
    held = sum(row.holds == "holds" for row in claimed)
    if held == len(claimed):
        return ["The paper's claim holds." if held == 1 else f"All {held} of the paper's claims here hold."]
    sentences = [f"Of the paper's {counted(len(claimed), 'claim')} here, {held} hold{'s' if held == 1 else ''}."]
    for row in claimed:
        if row.holds in ("fails", "open"):
            said = f"{row.case.name}, {row.shift}: claimed {row.claim}, measured {row.verdict}"
            evidence = (
                f" (median relative difference {number(difference(row))}, {row.violations} of {row.images} images)"
            )
            sentences.append(sentence(said) + (evidence if row.holds == "fails" else "") + ".")
    return sentences


def headlines(rows: Sequence[Row]) -> list[str]:
    """The outcome for each network in a sentence, and where it differs from the paper."""
    return [_headline(network, [row for row in rows if row.network == network]) for network in _networks(rows)]


def _headline(network: str, rows: Sequence[Row]) -> str:
    claimed = [row for row in rows if row.claim]
    held = [row for row in claimed if row.holds == "holds"]
    failed = [row for row in claimed if row.holds == "fails"]
    text = f"{network}: {len(held)} of {counted(len(claimed), 'measurement')} agree with the paper"
    if failed:
        text += f", {len(failed)} {'does' if len(failed) == 1 else 'do'} not: {'; '.join(_culprits(failed))}"
    left = len(claimed) - len(held) - len(failed)
    return f"{text}; {left} undecided." if left else f"{text}."


def _culprits(rows: Sequence[Row]) -> list[str]:
    """Methods that fail in the same way, joined: "PatternNet and PatternAttribution with published patterns"."""
    ways = dict.fromkeys((row.case.variant, row.case.estimator) for row in rows)
    told = []
    for variant, estimator in ways:
        here = [row for row in rows if row.case.variant == variant]
        shifts = listed(list(dict.fromkeys(f"the {row.shift}" for row in here)))
        how = variant.partition(", ")[2]
        with_what = f" with {estimator} patterns ({how})" if estimator else f" ({variant})" if variant else ""
        told.append(f"{listed(list(dict.fromkeys(row.case.title for row in here)))}{with_what} under {shifts}")
    return told


def estimator_sentences(rows: Sequence[Row]) -> list[str]:
    """For each way to fit patterns, where both pattern methods are invariant and where not."""
    patterned = [row for row in rows if row.case.estimator]
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
        sentences.append(f"{within}, the cat shows in network 2's {listed(each)}.")
    if hidden:
        each = [f"{name} ({number(second)})" for name, (_, second) in hidden]
        sentences.append(f"{within}, it does not show in {listed(each)}.")
    return sentences


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


def _networks(rows: Iterable[Row]) -> list[str]:
    return list(dict.fromkeys(row.network for row in rows if row.claim))


def _names(rows: Iterable[Row]) -> list[str]:
    return list(dict.fromkeys(row.case.name for row in rows))


def _with(rows: Iterable[Row], verdict: str) -> list[Row]:
    return [row for row in rows if row.verdict == verdict]
