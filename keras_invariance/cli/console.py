"""What the commands print: tables on stdout, progress on stderr."""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

WIDTH = 200  # columns of a table in a file or a pipe
NAME_WIDTH = 24  # first cells up to this length are not broken in narrow terminals


def print_table(headings: Sequence[str], rows: Iterable[Sequence[str]], title: str | None = None) -> None:
    """Print a table; what stands in its cells is never taken for markup."""
    cells = list(rows)
    table = Table(*headings, box=SIMPLE_HEAD, pad_edge=False)
    table.columns[0].no_wrap = max((len(row[0]) for row in cells), default=0) <= NAME_WIDTH
    for row in cells:
        table.add_row(*map(Text, row))
    console = Console(width=None if sys.stdout.isatty() else WIDTH)
    if title is not None:
        console.print(Text(title, style="bold"))
    console.print(table)


@contextmanager
def progress_bar(description: str) -> Iterator[Callable[..., None]]:
    """A bar on stderr; yields `advance(done, total)`, and `advance(done, total, name)` to rename what is under way."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(description, total=None)

        def advance(done: int, total: int, name: str = description) -> None:
            progress.update(task, completed=done, total=total, description=name)

        yield advance
