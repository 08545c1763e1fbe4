"""Tests that ask each method by itself on the trained network: a shard is a method, and its file a list of results."""

import json
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Generic, TypeVar

from ..errors import OutputError
from ..network import Network
from ..network.replicas import on_device
from ..runs import Progress, RunFolder
from ..runs.folder import as_json
from .explanation_test import Section
from .request import StudyRequest

R = TypeVar("R")


@dataclass(frozen=True, eq=False)
class PerMethod(Generic[R]):
    """A test that asks one method after the other.

    Attributes
    ----------
    name
        The folder of its shards.
    request
        Of the study.
    network
        What is explained.
    methods
        What is asked.
    ask
        The results of some methods on a network, as they come.
    read
        A result from its plain values.
    tell
        The section of a page.
    """

    name: str
    request: StudyRequest
    network: Network
    methods: tuple[str, ...]
    ask: Callable[[StudyRequest, Network, Sequence[str]], Iterator[R]]
    read: Callable[[Mapping[str, Any]], R]
    tell: Callable[[Sequence[R]], Section]

    @property
    def plan(self) -> Mapping[str, Any]:
        """That of the study."""
        return self.request.plan

    @property
    def stage(self) -> str:
        """The name in words."""
        return self.name.replace("_", " ").capitalize()

    @property
    def questions(self) -> tuple[str, ...]:
        """The methods."""
        return self.methods

    @property
    def shards(self) -> list[str]:
        """A file for each method."""
        return [self._file(method) for method in self.methods]

    def prepared(self) -> Iterator[Progress]:
        """Nothing is needed but the network."""
        return iter(())

    def pieces(self, shards: Sequence[str]) -> Iterator[tuple[str, str]]:
        """The method of each shard."""
        return ((self._file(method), method) for method in self.methods if self._file(method) in shards)

    def computed(self, shard: str, piece: str) -> Generator[Progress, None, bytes]:  # noqa: ARG002
        """A method's results."""
        yield Progress(f"{self.stage}: {piece}", self.methods.index(piece), len(self.methods))
        return as_json([asdict(one) for one in self.ask(self.request, self.network, [piece])]).encode()  # type: ignore[call-overload]

    def on(self, device: str) -> "PerMethod[R]":
        """The same with the network on a device."""
        return replace(self, network=on_device(self.network, device))

    def merged(self, folder: RunFolder) -> Generator[Progress, None, list[R]]:
        """All methods' results."""
        yield Progress(self.stage, len(self.methods), len(self.methods))
        return [one for method in self.methods for one in self._results(folder, method)]

    def verdicts(self, merged: list[R]) -> list[R]:
        """The results themselves."""
        return merged

    def section(self, folder: RunFolder, results: Sequence[R]) -> Section:  # noqa: ARG002
        """What a page tells of them."""
        return self.tell(results)

    def _file(self, method: str) -> str:
        return f"{self.name}/{method.replace(':', '.')}.json"

    def _results(self, folder: RunFolder, method: str) -> list[R]:
        path = folder.path / self._file(method)
        try:
            return [self.read(one) for one in json.loads(path.read_text("utf-8"))]
        except (OSError, ValueError, TypeError, LookupError, RecursionError) as error:
            raise OutputError(
                f"{path}, which is damaged", "what a study wrote", "Delete it: it is computed again."
            ) from error
