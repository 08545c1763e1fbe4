"""What the experiment is made on."""

import numpy as np
import pytest

from keras_invariance.paper import subjects
from keras_invariance.paper.cases import GRADIENT
from keras_invariance.paper.measure import measured
from keras_invariance.paper.subjects import MLP, Subjects, other_weights
from keras_invariance.paper.visibility import FAR, PAPER

from .conftest import small_model


@pytest.fixture
def small_subjects(tmp_path, monkeypatch):
    paths = {name: tmp_path / f"{name}.keras" for name in (subjects.MLP, subjects.CNN)}
    for path in paths.values():
        small_model().save(path)
    monkeypatch.setattr(subjects, "path", paths.__getitem__)
    monkeypatch.setattr(subjects, "FITTED_ON", dict.fromkeys(paths, 20))
    return Subjects(5)


def test_other_weights_compute_the_same_function(tmp_path, originals):
    small_model().save(tmp_path / "small.keras")
    model, other = small_model(), other_weights(tmp_path / "small.keras")
    np.testing.assert_array_equal(model.predict_on_batch(originals), other.predict_on_batch(originals))
    np.testing.assert_array_equal(2 * model.get_weights()[0], other.get_weights()[0])


def test_a_network_of_other_weights_has_the_same_gradient(small_subjects):
    pair = small_subjects.reweighted
    row = measured(pair, GRADIENT, *small_subjects.judged(MLP), small_subjects.patterns)
    assert (row.kind, row.verdict, row.claim, row.holds) == ("other weights", "invariant", "sensitive", "fails")


def test_an_attack_moves_no_pixel_further_than_its_strength_says(small_subjects):
    for strength, kind in ((PAPER, "targeted"), (FAR, "targeted far")):
        pairs = small_subjects.own_pairs(strength)
        assert {pair.kind for pair in pairs} == {kind}
        assert max(np.abs(pair.difference).max() for pair in pairs) == pytest.approx(strength.clip, abs=1e-3)


def test_others_are_explained_by_the_network_that_was_aimed_at_the_first(small_subjects):
    pair, others, targets = small_subjects.at_another
    assert pair.kind == "targeted at another"
    assert len(others) == len(targets) == len(small_subjects.originals) - 1
    np.testing.assert_array_equal(pair.difference, small_subjects.own_pairs(PAPER)[0].difference)
    np.testing.assert_array_equal(others, small_subjects.originals[1:])


def test_every_digit_is_black_somewhere_before_the_shift(small_subjects):
    """So "before the shift" has one reading: each image's least value is the data set's, 0."""
    assert small_subjects.originals.min(axis=(1, 2, 3)).tolist() == [0.0] * len(small_subjects.originals)
    assert small_subjects.side(MLP).black.max() == 0.0
