"""The table's rows."""

import csv
from io import StringIO

import pytest

from keras_invariance.paper.cases import IG_ZERO, pattern_case
from keras_invariance.paper.rows import csv_text


@pytest.mark.parametrize(
    ("claim", "verdict", "holds"),
    [
        ("invariant", "invariant", "holds"),
        ("invariant", "sensitive", "fails"),
        ("sensitive", "sensitive", "holds"),
        ("sensitive", "invariant", "fails"),
        ("invariant", "void", "open"),
        ("sensitive", "inconclusive", "open"),
        ("", "sensitive", ""),
    ],
)
def test_a_claim_holds_where_it_is_what_was_measured(row, claim, verdict, holds):
    assert row(claim=claim, verdict=verdict).holds == holds


def test_the_table_has_a_line_per_row_and_all_that_sets_rows_apart(row):
    patterned = row(pattern_case("pattern-net", "linear", "refitted", "image"), normalised="mean image")
    lines = list(csv.DictReader(StringIO(csv_text([row(IG_ZERO, "sensitive", 1.5).flat(), patterned.flat()]))))
    assert [line["method"] for line in lines] == ["integrated-gradients", "pattern-net"]
    assert lines[0] | {"reference": "zero", "verdict": "sensitive", "relative_l2": "1.5", "centre": ""} == lines[0]
    assert lines[1] | {"estimator": "linear", "patterns": "refitted", "centre": "image"} == lines[1]
    assert lines[1]["normalised"] == "mean image"


def test_no_rows_give_no_text():
    assert csv_text([]) == ""
