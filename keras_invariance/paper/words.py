"""How numbers, lists and counts are written for a reader."""

from collections.abc import Sequence
from math import floor, isnan, log10

from .rows import Row

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
