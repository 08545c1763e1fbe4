"""Findings as a pandas frame."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import pandas as pd


class Told(Protocol):
    """What can be told in one row of plain values: a `Finding`, or a `Result` of an audit."""

    def as_row(self) -> Mapping[str, Any]:
        """The row."""
        ...


def frame(findings: Iterable[Told]) -> "pd.DataFrame":
    """A pandas frame with a row for each finding of `judge`, or each result at the end of an audit."""
    import pandas as pd

    return pd.DataFrame([one.as_row() for one in findings])
