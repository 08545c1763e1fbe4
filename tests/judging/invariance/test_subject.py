"""Pairs: noise keyed by image, bounds moved with the data, gates counted, and arrays as data."""

import numpy as np
import pytest

import keras_invariance as ki
from keras_invariance.comparison.gate_flips import gate_flips
from keras_invariance.judging.invariance import Question
from keras_invariance.judging.invariance.invariance import portion_rows
from keras_invariance.judging.invariance.plan import planned
from keras_invariance.judging.invariance.subject import Subject

CHECKERBOARD = "checkerboard:2"


def subject_of(network, data, methods, **options):
    return Subject(planned(network, data, [CHECKERBOARD], methods, options=options, seed=7, shard=8), network)


def portion_of(subject, data, places):
    images = data.images[places]
    return next(subject.portions(CHECKERBOARD, images, np.array(places), subject.network.targets(images)))


def test_noise_belongs_to_the_image_and_not_to_the_shard(small, few):
    subject = subject_of(small, few, ["smoothgrad"], **{"smoothgrad.samples": 3})
    question = Question(CHECKERBOARD, "smoothgrad")
    together, alone, elsewhere = (
        subject.maps(question, portion, "float32")
        for portion in (
            portion_of(subject, few, [4, 5, 6]),
            portion_of(subject, few, [5]),
            portion_of(subject, few, [6]),
        )
    )
    np.testing.assert_allclose(together[0][1], alone[0][0], rtol=1e-5)
    np.testing.assert_allclose(together[1][2], elsewhere[1][0], rtol=1e-5)


def test_neighbours_meet_different_noise(small, few):
    subject = subject_of(small, few, ["vargrad"], **{"vargrad.samples": 3, "vargrad.sigma": 2.0})
    question = Question(CHECKERBOARD, "vargrad")
    portion = portion_of(subject, few, [0, 1])
    twice = next(subject.portions(CHECKERBOARD, few.images[[0, 0]], np.array([0, 1]), portion.targets[[0, 0]]))
    first, _ = subject.maps(question, twice, "float32")
    assert np.abs(first[0] - first[1]).max() > 1e-3 * np.abs(first).max()


def test_a_seed_changes_the_noise(small, few):
    found = []
    for seed in (0, 1):
        plan = planned(small, few, [CHECKERBOARD], ["vargrad"], options={"vargrad.sigma": 2.0}, seed=seed, shard=8)
        subject = Subject(plan, small)
        portion = portion_of(subject, few, [0])
        found.append(subject.maps(Question(CHECKERBOARD, "vargrad"), portion, "float32")[0])
    assert np.abs(found[0] - found[1]).max() > 1e-3 * np.abs(found[0]).max()


def test_the_box_of_pixels_is_the_datas_and_moves_with_them(small, few):
    subject = subject_of(small, few, ["deep-taylor-bounded"])
    portion = portion_of(subject, few, [0])
    first, second = subject.pair(Question(CHECKERBOARD, "deep-taylor-bounded"), portion).options
    assert (first["low"], first["high"]) == (few.encoding.low, few.encoding.high)
    np.testing.assert_allclose(second["low"], few.encoding.low + portion.m)
    np.testing.assert_allclose(second["high"], few.encoding.high + portion.m)


def test_a_box_that_was_asked_for_is_moved_too(small, few):
    options = {"deep-taylor-bounded.low": -2, "deep-taylor-bounded.high": 3}
    subject = subject_of(small, few, ["deep-taylor-bounded"], **options)
    portion = portion_of(subject, few, [0])
    first, second = subject.pair(Question(CHECKERBOARD, "deep-taylor-bounded"), portion).options
    assert (first["low"], first["high"]) == (-2, 3)
    np.testing.assert_allclose(second["high"], 3 + portion.m)


@pytest.mark.parametrize(
    ("activation", "before", "after", "flips"),
    [
        ("relu", [-1.0, 1.0, 2.0], [1.0, -1.0, 3.0], 2),
        ("relu6", [5.0, 7.0, 1.0], [7.0, 5.0, -1.0], 3),  # two pass 6, one passes 0
        ("elu", [-1.0, 1.0, 2.0], [-2.0, 1.0, 2.0], 0),
        ("softplus", [-1.0, 1.0, 2.0], [1.0, -1.0, -2.0], 0),  # no gate: its slope changes everywhere
    ],
)
def test_flips_are_counted(activation, before, after, flips):
    import keras

    layers = [
        keras.Input((3,)),
        keras.layers.Dense(3, activation, kernel_initializer="identity"),
        keras.layers.Dense(2),
    ]
    network = ki.load_network(keras.Sequential(layers))
    images = np.array([before, before], np.float32), np.array([after, before], np.float32)
    assert gate_flips((network, network), images).tolist() == [flips, 0]


def test_rows_name_the_flips_of_network_and_twin(small, few):
    subject = subject_of(small, few, ["gradient"])
    rows = [row for some in portion_rows(subject, few.images, 0) for row in some]
    m = ki.shifts.parse(CHECKERBOARD).values((6, 6, 1)).astype(np.float64)
    moved = (few.images.astype(np.float64) + m).astype(np.float32)
    worked = gate_flips((small, ki.shifted_twin(small, m)), (few.images, moved))
    assert [row["gate_flips"] for row in rows] == worked.tolist()


def test_every_flip_of_a_wrong_twin_is_seen(small, few):
    flips = gate_flips((small, small), (few.images, few.images - 3))
    assert flips.min() > 0
