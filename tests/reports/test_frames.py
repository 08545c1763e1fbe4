"""Scores and findings as pandas frames."""

import numpy as np
import pytest

import keras_invariance as ki
from keras_invariance.comparison.verdicts import judge


@pytest.fixture(scope="module")
def finding():
    network = ki.load_network("mnist_mlp")
    x = ki.datasets.load("mnist/test[:8]").images
    return judge(network, ki.shifted_twin(network, "constant:-1"), x, "constant:-1", "gradient-times-input")


def test_scores_have_a_row_for_each_image(finding):
    table = finding.scores.frame()
    assert table.index.tolist() == list(range(8))
    np.testing.assert_array_equal(table["relative_l2"], finding.scores.relative_l2)
    assert not len(ki.compare(np.zeros((0, 2)), np.zeros((0, 2))).frame())


def test_a_finding_says_what_became_of_each_image(finding):
    table = finding.frame()
    assert (table["target"] == finding.targets).all()
    assert (table["kind"] == "different").all()
    known = table["float64_relative_l2"].dropna()
    assert sorted(known.index) == sorted(finding.confirmed)
    assert known[finding.confirmed[0]] == finding.confirmed_scores.relative_l2[0]


def test_findings_are_rows_of_one_table(finding):
    table = ki.frame([finding, finding])
    assert table["verdict"].tolist() == ["sensitive"] * 2
    assert set(finding.as_row()) == set(table.columns)
