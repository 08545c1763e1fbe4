"""Failures: questions that somebody else's explainer did not answer, kept in the shard with what it said."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from ...comparison.scores import SCORES
from .questions import Question

FAILURE = "failure"
"""The key of a row that tells what an explainer said in the place of maps."""
_METADATA = b"keras_invariance.failures"


def failed_row(said: str) -> dict[str, Any]:
    """The scores of an image for which there are no maps."""
    return {**dict.fromkeys(SCORES, float("nan")), "zero_maps": "neither", "finite": False, FAILURE: said}


def with_failures(table: pa.Table, rows: Sequence[Mapping[str, Any]], names: Sequence[str]) -> pa.Table:
    """A shard's table that also holds what was said, the first of each question."""
    found: dict[str, str] = {}
    for row in rows:
        if FAILURE in row:
            found.setdefault(json.dumps([row[name] for name in names]), row[FAILURE])
    if not found:
        return table
    return table.replace_schema_metadata({**(table.schema.metadata or {}), _METADATA: json.dumps(found)})


def failures_in(schema: pa.Schema) -> dict[Question, str]:
    """What a shard holds of it; raises a `ValueError` or `TypeError` where it is damaged."""
    content = (schema.metadata or {}).get(_METADATA)
    return (
        {} if content is None else {Question(*json.loads(key)): str(said) for key, said in json.loads(content).items()}
    )
