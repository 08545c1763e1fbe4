"""Tables that set rows side by side: patterns by how they were fitted, verdicts before and after a remedy."""

from collections.abc import Sequence
from dataclasses import dataclass

from .cases import Case
from .rows import Row
from .subjects import MLP


@dataclass(frozen=True)
class Line:
    """A line of a table: its two headings, and the rows in each of its cells."""

    title: str
    variant: str
    cells: tuple[tuple[Row, ...], ...]


@dataclass(frozen=True)
class Table:
    """Columns in groups, (group, (column, ...)), and lines.

    A cell may hold several rows, or none where nothing was measured.
    """

    groups: tuple[tuple[str, tuple[str, ...]], ...]
    lines: tuple[Line, ...]


def pattern_table(rows: Sequence[Row]) -> Table:
    """How patterns were fitted, down; network and shift, across; PatternNet and PatternAttribution in each cell."""
    patterned = [row for row in rows if row.case.estimator and not row.normalised and row.kind != "targeted far"]
    networks = dict.fromkeys(row.network for row in patterned)
    shifts = {network: _shifts([row for row in patterned if row.network == network]) for network in networks}
    places = [(network, shift) for network, found in shifts.items() for shift in found]
    cases = dict.fromkeys((row.case.estimator, row.case.fit, row.case.centre, row.case.variant) for row in patterned)
    lines = []
    for estimator, *_, variant in cases:
        here = [row for row in patterned if row.case.variant == variant]
        cells = tuple(tuple(row for row in here if (row.network, row.shift) == place) for place in places)
        lines.append(Line(estimator, variant.partition(", ")[2], cells))
    return Table(tuple((network, tuple(found)) for network, found in shifts.items()), tuple(lines))


def remedy_table(rows: Sequence[Row]) -> Table:
    """Cases, down; shifts as they are and after each normalisation, across."""
    treated = [row for row in rows if row.normalised]
    places = {
        shift: ("", *dict.fromkeys(row.normalised for row in treated if row.shift == shift))
        for shift in _shifts(treated)
    }
    cases = dict.fromkeys(row.case for row in treated)
    cells = [(shift, kind) for shift, kinds in places.items() for kind in kinds]
    lines = [
        Line(case.title, case.variant, tuple(_cell(rows, case, shift, kind) for shift, kind in cells)) for case in cases
    ]
    groups = ((shift, tuple(f"less the {kind}" if kind else "as it is" for kind in places[shift])) for shift in places)
    return Table(tuple(groups), tuple(lines))


def _cell(rows: Sequence[Row], case: Case, shift: str, normalised: str) -> tuple[Row, ...]:
    wanted = (MLP, case, shift, normalised)
    return tuple(row for row in rows if (row.network, row.case, row.shift, row.normalised) == wanted)


def _shifts(rows: Sequence[Row]) -> list[str]:
    return list(dict.fromkeys(row.shift for row in rows))
