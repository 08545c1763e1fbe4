"""Tables as text: CSV for files; HTML for notebooks, without scripts and colours of their own, in one string."""

from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from io import BytesIO
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def csv_of(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows with the same keys as CSV, every digit of a number kept; without rows, nothing."""
    import pandas as pd

    return pd.DataFrame(rows).to_csv(index=False, lineterminator="\n", na_rep="nan") if rows else ""


def html_table(headings: Sequence[str], rows: Iterable[Sequence[str]], caption: str = "") -> str:
    """A table; what stands in its cells is never taken for HTML."""
    head = _line("th", headings)
    body = "".join(_line("td", row) for row in rows)
    above = f"<caption style='text-align:left;caption-side:top'>{escape(caption)}</caption>" if caption else ""
    return f"<table>{above}<thead>{head}</thead><tbody>{body}</tbody></table>"


def html_picture(figure: "Figure", words: str) -> str:
    """A figure as a picture inside the page, with words for those who cannot see it."""
    content = BytesIO()
    figure.savefig(content, format="png", dpi=80)
    return f"<img alt='{escape(words)}' src='data:image/png;base64,{b64encode(content.getvalue()).decode()}'>"


def _line(cell: str, texts: Sequence[str]) -> str:
    return "<tr>" + "".join(f"<{cell} style='text-align:left'>{escape(text)}</{cell}>" for text in texts) + "</tr>"
