"""Fits on Beam: moments that were summed apart give the patterns of one pass."""

from itertools import permutations

import pytest

pytest.importorskip("apache_beam", reason="the extra `beam` is not installed")

import apache_beam
import numpy as np
from apache_beam.options.pipeline_options import PipelineOptions

import keras_invariance as ki
from keras_invariance.errors import PatternError
from keras_invariance.integrations.beam import fit_patterns
from keras_invariance.integrations.beam_fits import MeanImage, MergeMoments
from keras_invariance.patterns.sums import Fit

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")  # Beam's own


class Here:
    """An engine that runs a job in this process."""

    def run(self, job, done):
        with apache_beam.Pipeline(options=PipelineOptions(["--runner=DirectRunner"])) as pipeline:
            job.build(pipeline)
        yield done()


@pytest.fixture
def plain(source, tmp_path, monkeypatch):
    """Plain fits, with a cache of their own."""

    def fitted(estimator, centre="neuron"):
        with monkeypatch.context() as patch:
            patch.setenv("XDG_CACHE_HOME", str(tmp_path / "another cache"))
            return ki.fit_patterns(source.network(), source.data(), estimator, centre=centre)

    return fitted


def assert_equal(found, expected) -> None:
    for one, other in zip(found.arrays, expected.arrays, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-12)
    assert (found.silent, found.names, found.about) == (expected.silent, expected.names, expected.about)


@pytest.mark.parametrize(
    ("estimator", "centre"), [("positive", "neuron"), ("published", "image"), ("linear", "neuron")]
)
def test_patterns_are_those_of_one_pass(source, plain, estimator, centre, tmp_path):
    found = fit_patterns(source, Here(), estimator, centre=centre, rows=7, folder=tmp_path / "new")
    assert_equal(found, plain(estimator, centre))


@pytest.mark.slow
def test_two_processes_fit_the_same_patterns_and_leave_nothing_behind(source, two_workers, plain, tmp_path):
    seen = []
    place = tmp_path / "handed over"
    found = fit_patterns(source, two_workers, rows=7, folder=place, progress=lambda *now: seen.append(now))
    assert_equal(found, plain("positive"))
    assert seen[-1] == (40, 40)
    assert not list(place.iterdir())


def test_a_fit_that_was_done_comes_out_of_the_cache(source, tmp_path):
    first = fit_patterns(source, Here(), rows=20, folder=tmp_path)
    assert_equal(fit_patterns(source, None, folder=tmp_path), first)


def test_moments_are_merged_by_workers_in_any_order(source):
    fit, data, merge = Fit(source.network(), masked=True), source.data(), MergeMoments()
    parts = [fit.moments(data[rows], None, None)[0] for rows in (slice(0, 9), slice(9, 10), slice(10, 40))]
    whole = fit.moments(data, None, None)[0]
    for first, second, third in permutations(parts):
        some = merge.add_input(merge.add_input(merge.create_accumulator(), first), second)
        found = merge.extract_output(
            merge.merge_accumulators([merge.create_accumulator(), some, merge.add_input(None, third)])
        )
        for name, value in vars(whole).items():
            np.testing.assert_allclose(getattr(found, name), value, rtol=1e-9, atol=1e-12, err_msg=name)


def test_the_mean_image_is_worked_out_by_hand():
    # (2 + 4) / 2 and (6) / 1 give (2 + 4 + 6) / 3 = 4, not the mean 4.5 of both means.
    mean = MeanImage()
    one = mean.add_input(mean.add_input(mean.create_accumulator(), (1, np.array([2.0]))), (1, np.array([4.0])))
    two = mean.add_input(mean.create_accumulator(), (1, np.array([6.0])))
    assert mean.extract_output(mean.merge_accumulators([one, two])) == 4.0


def test_what_cannot_be_fitted_is_refused_before_any_work(source, tmp_path):
    with pytest.raises(PatternError, match="'negative'"):
        fit_patterns(source, Here(), "negative", folder=tmp_path / "a")
    assert not (tmp_path / "a").exists()
