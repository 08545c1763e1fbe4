"""Findings: a row per image and question, in shards of neighbouring images, and merged with what became of each.

shards/*.parquet      float32 scores, each file the rows of some images
confirmed.json        what became of some images in float64
findings.parquet      all shards' rows with their kind
"""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from io import BytesIO
from operator import and_
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from jaxtyping import UInt8

from ...comparison.confirmation import KINDS, Kinds
from ...comparison.scores import SCORES, Scores
from ...errors import AuditError
from ...reports.files import refused
from ...runs import RunFolder
from ...runs.folder import as_json
from .failures import failures_in, with_failures
from .plan import Plan
from .questions import Question

TWIN = ("twin_float32", "twin_float64", "twin_tolerance_float32", "twin_tolerance_float64")
SHARDS = "shards"
QUESTION = ("shift", "method", "reference", "estimator", "fit")
SCHEMA = pa.schema(
    [
        ("image", pa.int64()),
        ("target", pa.int32()),
        *((name, pa.string()) for name in QUESTION),
        *((name, pa.float64()) for name in SCORES),
        ("zero_maps", pa.string()),
        ("finite", pa.bool_()),
        ("gate_flips", pa.int64()),
        *((name, pa.float64()) for name in TWIN),
    ]
)
FOUND = SCHEMA.append(pa.field("kind", pa.string())).append(pa.field("float64_relative_l2", pa.float64()))
CONFIRMED = "confirmed.json"
SINGLE = "confirmed_in_float32.json"
"""Questions to an explainer that computes in float32 only."""

Rows: TypeAlias = Sequence[Mapping[str, Any]]
Exact: TypeAlias = Mapping[int, float]
"""Image -> its relative L2 in float64, NaN where there is none: both maps are zero there, or one is not finite."""

Codes: TypeAlias = UInt8[np.ndarray, " n"]
"""Kinds by their place in `confirmation.KINDS`: a byte per image and question is all that grows with an audit."""

Confirmed: TypeAlias = dict[str, dict[str, float | None]]
"""Question -> image -> relative L2 in float64, None where there is none."""


def shard_name(images: range) -> str:
    """The file of some neighbouring images' rows, below the folder."""
    return f"{SHARDS}/{images.start:08d}.parquet"


def as_parquet(rows: Rows) -> bytes:
    """Rows as the content of a shard's file."""
    content = BytesIO()
    table = with_failures(pa.Table.from_pylist(list(rows), SCHEMA), rows, QUESTION)
    pq.write_table(table, content, write_page_checksum=True)
    return content.getvalue()


@dataclass(frozen=True)
class Findings:
    """What an audit's folder holds of its plan's questions."""

    folder: RunFolder
    plan: Plan

    def column(self, question: Question) -> pa.Table:
        """All rows of one question, in the images' order; nothing else is held in memory."""
        matching = reduce(and_, [pc.field(name) == getattr(question, name) for name in QUESTION])
        return pa.concat_tables([self._read(shard, matching) for shard in self.plan.shards])

    @property
    def failures(self) -> Mapping[Question, str]:
        """Questions that somebody else's explainer did not answer -> what it said first."""
        found: dict[Question, str] = {}
        for shard in self.plan.shards if self.plan.explainers else ():
            path = self.folder.path / shard_name(shard)
            try:
                found = {**failures_in(pq.read_schema(path)), **found}
            except (OSError, pa.ArrowException, ValueError, TypeError) as error:
                raise _no_shard(path) from error
        return found

    @property
    def single(self) -> tuple[Question, ...]:
        """The questions that were confirmed in float32."""
        path = self.folder.path / SINGLE
        if not path.exists():
            return ()
        try:
            return tuple(Question(*one) for one in json.loads(path.read_text("utf-8")))
        except (ValueError, TypeError, RecursionError) as error:
            raise AuditError(
                f"{path}, which is damaged", "what the audit wrote", "Delete it, and confirmed.json."
            ) from error

    def write_single(self, questions: Sequence[Question]) -> None:
        """Write which questions were confirmed in float32."""
        asked = dict.fromkeys(questions)
        self.folder.write(SINGLE, as_json([[getattr(one, name) for name in QUESTION] for one in asked]))

    def merge(self, kinds: Mapping[Question, Codes], exact: Mapping[Question, Exact]) -> None:
        """Write `findings.parquet`, a shard at a time."""
        path = self.folder.path / "findings.parquet"
        part = path.with_name(f".{path.name}.{os.getpid()}.part")
        try:
            with pq.ParquetWriter(part, FOUND, write_page_checksum=True) as writer:
                for shard in self.plan.shards:
                    writer.write_table(_with_kinds(self._read(shard), kinds, exact))
            part.replace(path)
        except OSError as error:
            raise refused(path, error) from error
        finally:
            part.unlink(missing_ok=True)

    @property
    def confirmed(self) -> Confirmed:
        """What was confirmed so far."""
        path = self.folder.path / CONFIRMED
        if not path.exists():
            return {}
        try:
            read = json.loads(path.read_text("utf-8"))
            return {str(name): {str(int(at)): _distance(d) for at, d in of.items()} for name, of in read.items()}
        except (ValueError, TypeError, AttributeError, RecursionError) as error:
            raise AuditError(f"{path}, which is damaged", "what the audit wrote", "Delete it.") from error

    def write_confirmed(self, known: Confirmed) -> None:
        """Write what was confirmed so far."""
        self.folder.write(CONFIRMED, as_json(known))

    def _read(self, shard: range, matching: pc.Expression | None = None) -> pa.Table:
        path = self.folder.path / shard_name(shard)
        try:
            # In this thread alone: the scanner behind `pq.read_table` once waited without end for threads of its own.
            with pq.ParquetFile(path, page_checksum_verification=True, pre_buffer=False) as file:
                table = file.read(use_threads=False)
            found = table.select(SCHEMA.names).cast(SCHEMA)
            return found if matching is None else found.filter(matching)
        except (OSError, pa.ArrowException, KeyError, ValueError) as error:
            raise _no_shard(path) from error


def _no_shard(path: Path) -> AuditError:
    return AuditError(
        f"{path}, which is no shard of findings", "a file that an audit wrote", "Delete it: it is computed again."
    )


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
    return json.dumps([getattr(question, name) for name in QUESTION])


def _with_kinds(table: pa.Table, kinds: Mapping[Question, Codes], exact: Mapping[Question, Exact]) -> pa.Table:
    names, distances = [], []
    for row in table.select(["image", *QUESTION]).to_pylist():
        question = Question(*(row[name] for name in QUESTION))
        names.append(KINDS[kinds[question][row["image"]]])
        distances.append(exact[question].get(row["image"]))
    return table.append_column(FOUND.field("kind"), pa.array(names)).append_column(
        FOUND.field("float64_relative_l2"), pa.array(distances, pa.float64())
    )


def _distance(value: Any) -> float | None:
    return None if value is None else float(value)
