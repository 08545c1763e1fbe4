"""A test of explanations: questions, what one shard computes, how shards merge, how a verdict is read, a section.

A new test is one file with such a class, one line in `catalogue`, and its oracle. The engine (`runs`) gives out its
shards, writes them as they come, and resumes where it was stopped.
"""

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from ..runs import Executor, Progress, RunFolder, Sharded, written


@dataclass(frozen=True)
class Section:
    """What a test adds to a page: HTML, with its pictures inside, and the same pictures as PNG, by name."""

    html: str
    pictures: Mapping[str, bytes] = field(default_factory=dict)


class ExplanationTest(Sharded, Protocol):
    """A test of explanations."""

    @property
    def plan(self) -> Mapping[str, Any]:
        """All that decides its numbers, as plain values."""
        ...

    @property
    def questions(self) -> Sequence[Any]:
        """What is asked: explanations, each under some condition."""
        ...

    def prepared(self) -> Iterator[Progress]:
        """Make what all shards need, such as fitted patterns."""
        ...

    def merged(self, folder: RunFolder) -> Generator[Progress, None, Any]:
        """All shards of a folder together, with whatever has to be looked at again."""
        ...

    def verdicts(self, merged: Any) -> Sequence[Any]:
        """The results, one for each question or more."""
        ...

    def section(self, folder: RunFolder, results: Sequence[Any]) -> Section:
        """The part of the page that tells them."""
        ...


def judged(
    tests: Sequence[ExplanationTest], folder: RunFolder, executor: Executor | None = None
) -> Generator[Progress, None, list[Sequence[Any]]]:
    """Run tests in one folder to their results: the missing shards of all, then what is read from them."""
    for test in tests:
        yield from test.prepared()
        yield from written(test, folder, executor)
    found = []
    for test in tests:
        merged = yield from test.merged(folder)
        found.append(test.verdicts(merged))
    return found
