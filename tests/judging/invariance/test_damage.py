"""Readers of an audit's files: whatever stands in them, an audit's error and nothing else comes of it."""

import json
import shutil

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keras_invariance.errors import AuditError, ExplainerError, PatternError
from keras_invariance.judging.invariance.findings import Findings
from keras_invariance.judging.invariance.invariance import LAYOUT
from keras_invariance.judging.invariance.plan import Plan, plan_from
from keras_invariance.patterns import load_patterns
from keras_invariance.runs import RunFolder
from tests.judging.invariance.conftest import IMAGES

JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def plan_of(out) -> Plan:
    return plan_from(RunFolder(out, LAYOUT).plan)


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_bytes_break_the_reader_of_plans(tmp_path_factory, content):
    folder = tmp_path_factory.mktemp("fuzz")
    (folder / "audit.json").write_bytes(content)
    with pytest.raises(AuditError):
        _ = RunFolder(folder, LAYOUT).plan


@given(st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_change_breaks_the_reader_of_plans(finished, tmp_path_factory, data):
    """Any value in any place of a plan: it is read as a plan, or refused; explainers are not taken on its word."""
    content = json.loads((finished[0] / "audit.json").read_text("utf-8"))
    place = data.draw(st.sampled_from([*content["plan"], "plan", "begun"]))
    (content["plan"] if place in content["plan"] else content)[place] = data.draw(JSON)
    folder = tmp_path_factory.mktemp("fuzz")
    (folder / "audit.json").write_text(json.dumps(content))
    try:
        assert isinstance(plan_from(RunFolder(folder, LAYOUT).plan), Plan)
        assert isinstance(RunFolder(folder, LAYOUT).begun_by, dict)
    except AuditError as error:
        assert "holds no plan" in str(error)  # noqa: PT017
    except ExplainerError as error:
        assert "not run on a file's word" in str(error)  # noqa: PT017


@given(JSON)
def test_no_content_breaks_the_reader_of_confirmations(tmp_path_factory, content):
    folder = tmp_path_factory.mktemp("fuzz")
    (folder / "confirmed.json").write_text(json.dumps(content))
    try:
        assert isinstance(Findings(RunFolder(folder, LAYOUT), None).confirmed, dict)
    except AuditError as error:
        assert "damaged" in str(error)  # noqa: PT017


@given(st.integers(0, 2**31), st.integers(0, 255), st.booleans())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_damage_breaks_the_reader_of_shards(finished, tmp_path_factory, place, byte, cut):
    """A shard with one byte changed or cut off at any place: read, or refused by name."""
    out, results = finished
    folder = tmp_path_factory.mktemp("fuzz")
    shutil.copytree(out / "shards", folder / "shards")
    shard = folder / "shards" / "00000000.parquet"
    content = bytearray(shard.read_bytes())
    place %= len(content)
    content[place] = byte
    shard.write_bytes(content[:place] if cut else content)
    plan = plan_of(out)
    try:
        assert Findings(RunFolder(folder, LAYOUT), plan).column(results[0].question).num_rows <= IMAGES
    except AuditError as error:
        assert "Delete it" in str(error)  # noqa: PT017
        assert "00000000" in str(error)  # noqa: PT017


def test_a_number_that_changed_is_noticed(finished, tmp_path):
    out, results = finished
    shutil.copytree(out / "shards", tmp_path / "shards")
    shard = tmp_path / "shards" / "00000000.parquet"
    content = bytearray(shard.read_bytes())
    column = pq.ParquetFile(shard).metadata.row_group(0).column(pq.read_schema(shard).get_field_index("relative_l2"))
    content[column.data_page_offset + column.total_compressed_size // 2] ^= 0x01  # in the middle of its numbers
    shard.write_bytes(content)
    with pytest.raises(AuditError, match="no shard of findings"):
        Findings(RunFolder(tmp_path, LAYOUT), plan_of(out)).column(results[0].question)


def test_a_table_with_other_columns_is_no_shard(finished, tmp_path):
    out, results = finished
    shutil.copytree(out / "shards", tmp_path / "shards")
    table = pq.read_table(out / "shards" / "00000000.parquet")
    pq.write_table(table.drop_columns(["gate_flips"]), tmp_path / "shards" / "00000000.parquet")
    with pytest.raises(AuditError, match="no shard of findings"):
        Findings(RunFolder(tmp_path, LAYOUT), plan_of(out)).column(results[0].question)


@given(st.binary(max_size=300), st.booleans())
def test_no_bytes_break_the_reader_of_patterns(tmp_path_factory, content, zipped):
    path = tmp_path_factory.mktemp("fuzz") / "patterns.npz"
    path.write_bytes((b"PK\x03\x04" if zipped else b"") + content)
    with pytest.raises(PatternError):
        load_patterns(path)
