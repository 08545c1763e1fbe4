"""Targets of audits: the network's own answer, the label, or one logit for all; and what is refused."""

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

import keras_invariance as ki
from keras_invariance.datasets import Dataset, as_dataset
from keras_invariance.errors import AuditError, ImageError
from keras_invariance.judging.invariance import Progress, audit
from keras_invariance.network import Network
from keras_invariance.network.targets import described, place_of, spelled

LABELS = np.arange(16) % 3


@pytest.fixture(scope="module")
def labelled(few: Dataset) -> Dataset:
    return as_dataset(few.images, LABELS)


@pytest.fixture(scope="module")
def rows_of_classes() -> Network:
    """Logits [5 moments, 2 classes] of 5 numbers."""
    import keras

    keras.utils.set_random_seed(1)
    layers = [keras.Input((5,)), keras.layers.Dense(8, "relu"), keras.layers.Dense(10), keras.layers.Reshape((5, 2))]
    return ki.load_network(keras.Sequential(layers))


def audited(network: Network, data: Dataset, out: Path, **asked: object) -> np.ndarray:
    """The targets in the findings, image by image."""
    list(audit(network, data, out, shifts=["constant:1"], methods=["gradient"], shard=5, **asked))
    return pq.read_table(out / "findings.parquet").column("target").to_numpy()


def test_the_networks_own_answer_is_explained_unless_another_is_asked_for(small, labelled, tmp_path):
    np.testing.assert_array_equal(audited(small, labelled, tmp_path), small(labelled.images).argmax(axis=1))


def test_labels_are_explained(small, labelled, tmp_path):
    np.testing.assert_array_equal(audited(small, labelled, tmp_path, target="label"), LABELS)
    assert "The explained logit is that of the image&#39;s label." in (tmp_path / "report.html").read_text("utf-8")


@pytest.mark.parametrize("target", [pytest.param(2, id="number"), pytest.param("2", id="text"), np.int64(2)])
def test_one_logit_is_explained_for_all(small, labelled, target, tmp_path):
    np.testing.assert_array_equal(audited(small, labelled, tmp_path, target=target), 2)


@pytest.mark.parametrize("target", ["3,1", (3, 1), "7"])
def test_a_place_in_an_output_of_several_axes_is_explained(rows_of_classes, target, tmp_path):
    numbers = as_dataset(np.random.default_rng(0).random((6, 5), np.float32))
    np.testing.assert_array_equal(audited(rows_of_classes, numbers, tmp_path, target=target), 3 * 2 + 1)


def test_another_target_gives_other_findings(small, labelled, tmp_path):
    found = {}
    for target in (0, 1):
        steps = audit(small, labelled, tmp_path / f"{target}", shifts=["constant:1"], methods=["lrp-z"], target=target)
        (found[target],) = (step.median_relative_l2 for step in steps if not isinstance(step, Progress))
    assert found[0] != found[1]


def test_a_folder_with_another_target_is_left_alone(small, labelled, tmp_path):
    audited(small, labelled, tmp_path, target=1)
    with pytest.raises(AuditError, match='another target: "1" there, "label" now'):
        audited(small, labelled, tmp_path, target="label")


@pytest.mark.parametrize(
    ("target", "labels", "said"),
    [
        ("label", None, "array without labels; expected a label for each image"),
        ("label", LABELS + 1, "labels from 1 to 3 in array; expected 0 to 2"),
        ("label", LABELS - 1, "labels from -1 to 1 in array; expected 0 to 2"),
        ("3", LABELS, "the target 3; expected an index from 0 to 2"),
        ("0,1", LABELS, "the target 0,1; expected"),
        ("best", LABELS, "the target 'best'; expected top, label, an index"),
        ("-1", LABELS, "the target '-1'"),
        ("", LABELS, "the target ''"),
        (1.5, LABELS, "the target 1.5"),
    ],
    ids=range(9),
)
def test_a_target_that_is_none_is_refused_before_a_folder_is_made(small, few, target, labels, said, tmp_path):
    with pytest.raises(ImageError, match=said.replace("[", r"\[")):
        audited(small, as_dataset(few.images, labels), tmp_path / "a", target=target)
    assert not (tmp_path / "a").exists()


def test_targets_have_one_spelling():
    assert [spelled(one) for one in ("top", "label", 3, "03", (200, 1), " 200 , 1")] == [
        *("top", "label", "3", "3", "200,1", "200,1")
    ]
    assert described("200,1") == "logit 200,1"


def test_a_logit_is_told_by_its_place(rows_of_classes, small):
    assert [place_of(rows_of_classes, target) for target in (0, 7)] == ["0,0", "3,1"]
    assert place_of(small, 2) == "2"
