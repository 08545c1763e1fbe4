"""The figures: which panels each has, and its caption. What was measured is told by sentences made from rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from ..arrays import Images, Maps
from ..comparison.scores import compare
from ..reports.grid import Column, Panel, Tone, grid_png
from .cases import GRADIENT, GUIDED, IG_BLACK, IG_TRANSFORMED, IG_ZERO, LRP, TIMES_INPUT, Case, pattern_case
from .rows import Row

LEGEND = (
    "One scale for each digit and method, shared by both networks.\n"
    "White is 0; the 3 % largest values have the darkest colour."
)

SAME = 1e-4
"""Two methods' maps that are closer than this, in relative L2, are called the same."""

_BADGES: Mapping[str, tuple[str, Tone]] = {
    "invariant": ("\N{CHECK MARK} invariant", "good"),
    "sensitive": ("\N{BALLOT X} sensitive", "bad"),
}


@dataclass(frozen=True)
class Design:
    """A figure before it is measured.

    Parameters
    ----------
    number
        Its number; `figure_2.png` and so on.
    title, about
        What it is about, and how to read it. Nothing here says what came out.
    bands
        The cases in lines; the inputs stand before the first.
    """

    number: int
    title: str
    about: str
    bands: tuple[tuple[Case, ...], ...]

    @property
    def cases(self) -> tuple[Case, ...]:
        """All cases, line after line."""
        return tuple(case for band in self.bands for case in band)


@dataclass(frozen=True)
class Figure:
    """A figure with what was measured: the picture and its caption.

    Parameters
    ----------
    number, title, about
        As designed.
    sentences
        What was measured.
    png
        The picture's bytes.
    suffix
        Sets a second picture of the same number apart.
    """

    number: int
    title: str
    about: str
    sentences: tuple[str, ...]
    png: bytes
    suffix: str = ""

    @property
    def name(self) -> str:
        """How it is called: "Figure 2", and what sets it apart."""
        return f"Figure {self.number}{self.suffix.replace('_', ', ')}"

    @property
    def file(self) -> str:
        """The picture's file name."""
        return f"figure_{self.number}{self.suffix}.png"


def _patterned(method: str) -> tuple[Case, ...]:
    return (
        pattern_case(method, "published", "carried over"),
        pattern_case(method, "published", "refitted"),
        pattern_case(method, "positive", "refitted"),
        pattern_case(method, "linear", "refitted"),
    )


SIGNALS = Design(
    2,
    "Gradients and signals under a constant shift",
    "Network 1 reads digits in [0, 1], network 2 the same digits in [\N{MINUS SIGN}1, 0]. Each pair of columns is one "
    "method, each row one digit, explained for the logit that is written at its left. PatternNet stands there once "
    "with patterns carried over from network 1, and once for each way to fit them anew for network 2.",
    ((GRADIENT, GUIDED, *_patterned("pattern-net")[:1]), _patterned("pattern-net")[1:]),
)

ATTRIBUTIONS = Design(
    3,
    "Attributions under a constant shift",
    "The same two networks. Integrated gradients compare the digit with a reference: zero, or black, the least value "
    "of the image after its shift. LRP is the deep Taylor decomposition with its root at zero, PatternAttribution the "
    "one with roots along the fitted patterns.",
    ((TIMES_INPUT, IG_ZERO, IG_BLACK, LRP), _patterned("pattern-attribution")),
)

CHECKERBOARD = Design(
    4,
    "A shift that no single colour can follow: the checkerboard",
    "Network 2 reads digits to which a checkerboard of \N{PLUS-MINUS SIGN}1 in squares of 4 pixels is added. The black "
    "reference is one grey for all pixels. The transformed reference is network 1's zero, moved by the shift as the "
    "digits are.",
    ((GRADIENT, TIMES_INPUT, IG_ZERO, LRP), (IG_BLACK, IG_TRANSFORMED, *_patterned("pattern-attribution")[:3])),
)


def design_png(
    design: Design,
    inputs: Panel,
    maps: Mapping[Case, tuple[Maps, Maps]],
    rows: Mapping[Case, Row],
    labels: Sequence[str],
) -> bytes:
    """The figure's picture: the inputs, then every case with both networks' maps and the verdict below them."""
    bands = [[case_panel(case, maps[case], rows[case]) for case in band] for band in design.bands]
    return grid_png([[inputs, *bands[0]], *bands[1:]], labels, LEGEND)


def case_panel(case: Case, maps: tuple[Maps, Maps], row: Row, addition: str = "") -> Panel:
    """Both networks' maps under a method's title; the verdict, and what else is to be said, below."""
    badge, tone = _BADGES.get(row.verdict, (f"? {row.verdict}", "plain"))
    columns = (Column("network 1", maps[0]), Column("network 2", maps[1]))
    title = case.title[0].upper() + case.title[1:]
    return Panel(f"{title}\n{case.variant}" if case.variant else title, columns, "maps", f"{badge}{addition}", tone)


def input_panel(images: tuple[Images, Images], labels: tuple[str, str], title: str = "Input") -> Panel:
    """What the two networks read."""
    return Panel(title, (Column(labels[0], images[0]), Column(labels[1], images[1])), "images")


def equal_maps(maps: Mapping[Case, tuple[Maps, Maps]]) -> list[tuple[str, str, float]]:
    """Pairs of methods that give both networks the same maps as each other, and their largest relative difference."""
    found = []
    for (one, first), (two, second) in combinations(maps.items(), 2):
        largest = max(float(compare(*each).relative_l2.max()) for each in zip(first, second, strict=True))
        if largest < SAME:
            found.append((one.name, two.name, largest))
    return found
