"""What the commands print: tables on stdout, progress on stderr."""

import json
import math
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Annotated, Any, TypeAlias

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

WIDTH = 200  # columns of a table in a file or a pipe
NAME_WIDTH = 24  # first cells up to this length are not broken in narrow terminals

Json: TypeAlias = Annotated[
    bool, typer.Option("--json", help="Print JSON on stdout in the place of tables, and nothing else there.")
]


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


def print_json(values: Any) -> None:
    """Print plain values as JSON; numbers that are not finite become null."""
    typer.echo(json.dumps(_plain(values), indent=2, ensure_ascii=False))


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if hasattr(value, "tolist"):  # NumPy's arrays and numbers
        return _plain(value.tolist())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if value is None or isinstance(value, bool | int | str) else str(value)


@contextmanager
def progress_bar(description: str) -> Iterator[Callable[..., None]]:
    """A bar on stderr; yields `advance(done, total)`, and `advance(done, total, name)` to rename what is under way."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(description, total=None)

        def advance(done: int, total: int, name: str = description) -> None:
            progress.update(task, completed=done, total=total, description=name)

        yield advance


@dataclass(frozen=True, eq=False)
class Stages:
    """A bar for each stage of a run, with the time it took and the time that is left of it, and lines above them."""

    bars: Progress
    _tasks: dict[str, TaskID] = field(default_factory=dict)

    def advance(self, name: str, done: int, total: int) -> None:
        """Show how far a stage is."""
        if name not in self._tasks:
            self._tasks[name] = self.bars.add_task(name, total=total)
        self.bars.update(self._tasks[name], completed=done, total=total)

    def tell(self, line: str) -> None:
        """Print a line."""
        self.bars.console.print(Text(line))


@contextmanager
def stage_bars() -> Iterator[Stages]:
    """Bars on stderr for the stages of a run."""
    columns = ("{task.description}", BarColumn(), "{task.percentage:>3.0f} %", TimeElapsedColumn(), "left")
    shown = [TextColumn(one) if isinstance(one, str) else one for one in columns]
    with Progress(*shown, TimeRemainingColumn(), console=Console(stderr=True)) as bars:
        yield Stages(bars)
