"""Work that is ended between two runs leaves no trace."""

import numpy as np
import pytest

import keras_invariance as ki
from keras_invariance.application import interruptible
from tests.networks import case


class EnoughError(Exception):
    """Raised by whoever waits."""


def ending_at(run: int):
    """A check that ends the work before some run, and counts them."""
    runs: list[int] = []

    def check() -> None:
        runs.append(len(runs))
        if len(runs) > run:
            raise EnoughError

    return check, runs


@pytest.mark.parametrize("run", range(3))
def test_a_judgement_that_was_ended_at_any_run_is_the_same_the_next_time(network, run):
    images, shift = case("cnn").images, "constant:-1"
    own = network("cnn")
    twin = ki.shifted_twin(own, shift)
    expected = ki.explain_pair(own, twin, images, shift, "integrated-gradients", options={"steps": 3})
    other = ki.shifted_twin(own, "constant:0.5")
    check, runs = ending_at(run)
    with pytest.raises(EnoughError), interruptible(check):
        ki.explain_pair(own, other, images, "constant:0.5", "integrated-gradients", options={"steps": 3})
    assert len(runs) == run + 1
    found = ki.explain_pair(own, twin, images, shift, "integrated-gradients", options={"steps": 3})
    for one, another in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one, another)


def test_the_check_is_over_with_its_block_and_an_inner_one_does_not_end_the_outer(network):
    images = case("cnn").images
    (outer, outer_runs), (inner, inner_runs) = ending_at(100), ending_at(100)
    with interruptible(outer):
        network("cnn")(images)
        with interruptible(inner):
            network("cnn")(images)
        network("cnn")(images)
    network("cnn")(images)
    assert (len(outer_runs), len(inner_runs)) == (2, 1)
