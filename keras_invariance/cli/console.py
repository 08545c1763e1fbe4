"""What the commands print to: tables and results on stdout, progress on stderr."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn


def output() -> Console:
    """Where results go; made anew at each use, so that a redirected stdout is honoured."""
    return Console(highlight=False)


@contextmanager
def progress_bar(description: str) -> Iterator[Callable[..., None]]:
    """A bar on stderr; yields `advance(done, total)`, and `advance(done, total, name)` to rename what is under way."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(description, total=None)

        def advance(done: int, total: int, name: str = description) -> None:
            progress.update(task, completed=done, total=total, description=name)

        yield advance
