"""An audit's folder: the plan, one file of findings per shard, the confirmations, and the merged results.

    audit.json            the plan, and where and by which command it was begun
    shards/*.parquet      a row per image and question, in float32; each appears whole or not at all
    confirmed.json        what became of some images in float64
    findings.parquet      all shards' rows with their kind
    summary.csv           a row per question
    report.html, *.png    the report and its pictures

Every file takes its name in one step, so that a run killed at any moment leaves whole files only.
"""

import json
import os
import platform
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import reduce
from operator import and_
from pathlib import Path
from shutil import rmtree
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from jaxtyping import UInt8

from ..confirmation import KINDS, Kinds
from ..errors import AuditError
from ..report.files import SCRATCH, refused, result_folder, write_result
from ..scores import Scores
from .plan import Plan, check_same, no_plan, plan_from
from .questions import Question

SCORES = ("relative_l2", "cosine", "spearman", "ssim", "top_k_overlap", "largest_difference")
TWIN = ("twin_float32", "twin_float64", "twin_tolerance_float32", "twin_tolerance_float64")
ASKED = ("shift", "method", "reference", "estimator", "fit")
SCHEMA = pa.schema(
    [
        ("image", pa.int64()),
        ("target", pa.int32()),
        *((name, pa.string()) for name in ASKED),
        *((name, pa.float64()) for name in SCORES),
        ("zero_maps", pa.string()),
        ("finite", pa.bool_()),
        ("gate_flips", pa.int64()),
        *((name, pa.float64()) for name in TWIN),
    ]
)
FOUND = SCHEMA.append(pa.field("kind", pa.string())).append(pa.field("float64_relative_l2", pa.float64()))

Exact: TypeAlias = Mapping[int, float]
"""Image -> its relative L2 in float64, NaN where there is none: both maps are zero there, or one is not finite."""

Codes: TypeAlias = UInt8[np.ndarray, " n"]
"""Kinds by their place in `confirmation.KINDS`: a byte per image and question is all that grows with an audit."""


@dataclass(frozen=True)
class Folder:
    """The folder of one audit.

    Attributes
    ----------
    path
        Where it is.
    """

    path: Path

    @classmethod
    def begun(cls, path: Path, plan: Plan, command: Mapping[str, Any] | None = None) -> "Folder":
        """The folder with its plan in it; one that was begun with the same plan is gone on with.

        Parameters
        ----------
        path
            The folder.
        plan
            What is asked.
        command
            What the command line was told, so that it can go on with the folder alone.

        Raises
        ------
        AuditError
            The folder holds another audit, or other things.
        OutputError
            It cannot be written.
        """
        folder = cls(result_folder(path))
        if (path / "audit.json").exists():
            check_same(folder.plan, plan, str(path))
        elif any(one for one in path.iterdir() if not one.name.startswith(".")):
            raise AuditError(f"{path}, a folder with other things in it", "an empty or a new one", "Choose another.")
        else:
            begun = {"command": command, "working_folder": str(Path.cwd()), "machine": _machine()}
            folder.write("audit.json", _json({"plan": asdict(plan), "begun": begun}))
        result_folder(path / "shards")
        return folder

    @property
    def plan(self) -> Plan:
        """The plan that the folder was begun with; raises an `AuditError` where there is none."""
        return plan_from(self._part("plan"), str(self.path / "audit.json"))

    @property
    def begun_by(self) -> Mapping[str, Any]:
        """The command that began the audit (None from Python), the folder that it ran in, and the machine."""
        begun = self._part("begun")
        if not isinstance(begun, dict):
            raise no_plan(str(self.path / "audit.json"))
        return begun

    def _part(self, name: str) -> object:
        path = self.path / "audit.json"
        try:
            return json.loads(path.read_text("utf-8"))[name]
        except OSError as error:
            raise AuditError(f"{self.path} without a readable audit.json", "an audit's folder", "Check it.") from error
        except (ValueError, TypeError, LookupError, RecursionError) as error:
            raise no_plan(str(path)) from error

    def has(self, shard: range) -> bool:
        """Whether a shard is done."""
        return self._shard(shard).exists()

    def write_shard(self, shard: range, rows: Sequence[Mapping[str, Any]]) -> None:
        """Write a shard's rows."""
        self._write_table(self._shard(shard), [pa.Table.from_pylist(list(rows), SCHEMA)], SCHEMA)

    def column(self, plan: Plan, question: Question) -> pa.Table:
        """All rows of one question, in the images' order; nothing else is held in memory."""
        parts = [pc.field(name) == getattr(question, name) for name in ASKED]
        matching = reduce(and_, parts)
        tables = [_read(self._shard(shard), matching) for shard in plan.shards]
        return pa.concat_tables(tables)

    def merge(self, plan: Plan, kinds: Mapping[Question, Codes], exact: Mapping[Question, Exact]) -> None:
        """Write `findings.parquet`, a shard at a time."""
        tables = (_with_kinds(_read(self._shard(shard)), kinds, exact) for shard in plan.shards)
        self._write_table(self.path / "findings.parquet", tables, FOUND)

    @property
    def confirmed(self) -> dict[str, dict[str, float | None]]:
        """What was confirmed so far: question -> image -> relative L2 in float64, None where both maps are zero."""
        path = self.path / "confirmed.json"
        if not path.exists():
            return {}
        try:
            read = json.loads(path.read_text("utf-8"))
            return {str(name): {str(int(at)): _distance(d) for at, d in of.items()} for name, of in read.items()}
        except (ValueError, TypeError, AttributeError, RecursionError) as error:
            raise AuditError(f"{path}, which is damaged", "what the audit wrote", "Delete it.") from error

    def write_confirmed(self, known: Mapping[str, Mapping[str, float | None]]) -> None:
        """Write what was confirmed so far."""
        self.write("confirmed.json", _json(known))

    def write(self, name: str, content: str | bytes) -> None:
        """Write a file whole or not at all; raises an `OutputError` where the system refuses."""
        write_result(self.path / name, content)

    def tidy(self) -> None:
        """Take away what killed runs left half written; for a folder that is finished, where nobody writes."""
        for part in self.path.rglob(".*.part"):
            part.unlink(missing_ok=True)
        for left in self.path.glob(f"{SCRATCH}*"):
            rmtree(left, ignore_errors=True)

    def _shard(self, shard: range) -> Path:
        return self.path / "shards" / f"{shard.start:08d}.parquet"

    def _write_table(self, path: Path, tables: Iterator[pa.Table] | Sequence[pa.Table], schema: pa.Schema) -> None:
        part = path.with_name(f".{path.name}.{os.getpid()}.part")
        try:
            with pq.ParquetWriter(part, schema, write_page_checksum=True) as writer:
                for table in tables:
                    writer.write_table(table)
            part.replace(path)
        except OSError as error:
            raise refused(path, error) from error
        finally:
            part.unlink(missing_ok=True)


def scores_of(table: pa.Table) -> Scores:
    """The scores of a question's rows."""
    columns = {name: table.column(name).to_numpy() for name in SCORES}
    zero_maps = np.array(table.column("zero_maps").to_pylist(), dtype="<U7")
    return Scores(**columns, zero_maps=zero_maps, finite=table.column("finite").to_numpy())


def codes_of(kinds: Kinds) -> Codes:
    """Kinds as codes. [n]."""
    return np.select([kinds == kind for kind in KINDS], np.arange(len(KINDS), dtype=np.uint8), np.uint8(255))


def key_of(question: Question) -> str:
    """A question as one text."""
    return json.dumps([getattr(question, name) for name in ASKED])


def _with_kinds(table: pa.Table, kinds: Mapping[Question, Codes], exact: Mapping[Question, Exact]) -> pa.Table:
    names, distances = [], []
    for row in table.select(["image", *ASKED]).to_pylist():
        question = Question(*(row[name] for name in ASKED))
        names.append(KINDS[kinds[question][row["image"]]])
        distances.append(exact[question].get(row["image"]))
    return table.append_column(FOUND.field("kind"), pa.array(names)).append_column(
        FOUND.field("float64_relative_l2"), pa.array(distances, pa.float64())
    )


def _read(path: Path, matching: pc.Expression | None = None) -> pa.Table:
    try:
        table = pq.read_table(path, filters=matching, page_checksum_verification=True)
        return table.select(SCHEMA.names).cast(SCHEMA)
    except (OSError, pa.ArrowException, KeyError) as error:
        raise AuditError(
            f"{path}, which is no shard of findings", "a file that an audit wrote", "Delete it: it is computed again."
        ) from error


def _distance(value: Any) -> float | None:
    return None if value is None else float(value)


def _machine() -> dict[str, str | int | None]:
    """What computes."""
    system = f"{platform.system()} {platform.release()}"
    return {"processor": _processor(), "cores": os.cpu_count(), "architecture": platform.machine(), "system": system}


def _processor() -> str:
    """The processor's own name where the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")


def _json(content: object) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
