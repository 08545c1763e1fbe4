"""The folder of a run: its plan, one file per shard, and what is made of them.

    the record            the plan, and where and by which command the run was begun
    the shards            each appears whole or not at all
    tables and a page     written when all shards are there

Every file takes its name in one step, so that a run killed at any moment leaves whole files only. A run that is asked
for again with the same plan resumes with the first shard that has no file.
"""

import json
import os
import platform
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree
from typing import Any

from ..errors import InvarianceError
from ..reports.files import SCRATCH, result_folder, write_result
from ..versions import different

_SINGULAR = {"explainers": "explainer"}


@dataclass(frozen=True)
class Layout:
    """How the folders of one kind of run are laid out.

    Attributes
    ----------
    work
        The run's name with its article, for errors: "an audit".
    record
        The file that holds the plan.
    shards
        The folders that the shards lie in.
    error
        What is raised for a folder that is none of these.
    plan_of
        A plan that was read, as plain values; raises a `ValueError`, `TypeError` or `LookupError` where it is none.
    flat
        Whether the record is the plan itself, with nothing of where it was begun.
    """

    work: str
    record: str
    shards: tuple[str, ...]
    error: type[InvarianceError]
    plan_of: Callable[[Any], Mapping[str, Any]] = dict
    flat: bool = False


@dataclass(frozen=True)
class RunFolder:
    """The folder of one run."""

    path: Path
    layout: Layout

    @classmethod
    def begun(
        cls, path: Path, layout: Layout, plan: Mapping[str, Any], command: Mapping[str, Any] | None = None
    ) -> "RunFolder":
        """The folder with its plan in it; one that was begun with the same plan is resumed.

        Parameters
        ----------
        path
            The folder.
        layout
            Of its kind.
        plan
            What decides the numbers.
        command
            What the command line was told, so that it can resume the folder alone.

        Raises
        ------
        InvarianceError
            The layout's error: the folder holds another run, or other things.
        OutputError
            It cannot be written.
        """
        folder = cls(result_folder(path), layout)
        if (path / layout.record).exists():
            folder.check_same(plan)
        elif any(one for one in path.iterdir() if not one.name.startswith(".")):
            raise layout.error(f"{path}, a folder with other things in it", "an empty or a new one", "Choose another.")
        else:
            begun = {"command": command, "working_folder": str(Path.cwd()), "machine": machine()}
            folder.write(layout.record, as_json(plan if layout.flat else {"plan": plan, "begun": begun}))
        for name in layout.shards:
            result_folder(path / name)
        return folder

    @property
    def plan(self) -> Mapping[str, Any]:
        """The plan that the folder was begun with; raises the layout's error where there is none."""
        record = self._record()
        try:
            return self.layout.plan_of(record if self.layout.flat else record["plan"])
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            raise self._no_plan() from error

    @property
    def begun_by(self) -> Mapping[str, Any]:
        """The command that began the run (None from Python), the folder that it ran in, and the machine."""
        begun = self._record().get("begun")
        if not isinstance(begun, dict):
            raise self._no_plan()
        return begun

    def check_same(self, plan: Mapping[str, Any]) -> None:
        """Raise the layout's error, which names what differs, where the folder was begun with another plan."""
        before, now = (json.loads(as_json(one)) for one in (self.plan, plan))
        differing = [
            name for name in now if before.get(name) != now[name] and not _alike(name, before.get(name), now[name])
        ]
        if differing:
            name = differing[0]
            there, here = _differing(before.get(name), now[name])
            raise self.layout.error(
                f"{self.path}, {self.layout.work} with another {_SINGULAR.get(name, name).replace('_', ' ')}: {there} "
                f"there, {here} now",
                f"the plan that {self.layout.work} was begun with",
                "Ask for the same again to resume it, or choose another folder.",
            )

    def has(self, name: str) -> bool:
        """Whether a file is there."""
        return (self.path / name).exists()

    def write(self, name: str, content: str | bytes) -> None:
        """Write a file whole or not at all; raises an `OutputError` where the system refuses."""
        write_result(self.path / name, content)

    def tidy(self) -> None:
        """Take away what killed runs left half written; for a folder that is finished, where nobody writes."""
        for part in self.path.rglob(".*.part"):
            part.unlink(missing_ok=True)
        self.drop_scratch()

    def drop_scratch(self) -> None:
        """Take away the folders by which killed workers were handed what they needed."""
        for left in self.path.glob(f"{SCRATCH}*"):
            rmtree(left, ignore_errors=True)

    def _record(self) -> dict[str, Any]:
        path = self.path / self.layout.record
        try:
            read = json.loads(path.read_text("utf-8"))
        except OSError as error:
            raise self.layout.error(
                f"{self.path} without a readable {self.layout.record}", f"{self.layout.work}'s folder", "Check it."
            ) from error
        except (ValueError, RecursionError) as error:
            raise self._no_plan() from error
        if not isinstance(read, dict):
            raise self._no_plan()
        return read

    def _no_plan(self) -> InvarianceError:
        path, work = self.path / self.layout.record, self.layout.work
        return self.layout.error(
            f"{path}, which holds no plan", f"the {self.layout.record} of {work}", "Choose another folder."
        )


def as_json(content: object) -> str:
    """Text of plain values; NaN and infinity, which JSON does not know, are null."""
    return json.dumps(_plain(content), indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def machine() -> dict[str, str | int | None]:
    """What computes: processor, cores, architecture and system."""
    system = f"{platform.system()} {platform.release()}"
    return {"processor": _processor(), "cores": os.cpu_count(), "architecture": platform.machine(), "system": system}


def _plain(content: Any) -> Any:
    if isinstance(content, Mapping):
        return {str(key): _plain(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [_plain(value) for value in content]
    finite = not isinstance(content, float) or content - content == 0
    return content if finite else None


def _processor() -> str:
    """The processor's own name where the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")


def _alike(name: str, before: Any, now: Any) -> bool:
    """Whether two values of a plan give the same numbers: versions that differ where it does not count."""
    return name == "versions" and isinstance(before, dict) and not different(before, now)


def _differing(before: Any, now: Any) -> tuple[str, str]:
    """Two values of a plan in a few characters; of versions, those that differ."""
    if isinstance(before, dict) and isinstance(now, dict):
        shared = [key for key in before if before[key] == now.get(key)]
        before, now = ({key: value for key, value in one.items() if key not in shared} for one in (before, now))
        if len(before) == len(now) == 1 and list(before) == list(now):
            (name,) = before
            return f"{name} {before[name]}", f"{now[name]}"
    return _short(before), _short(now)


def _short(value: object) -> str:
    text = json.dumps(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
