"""What the engine keeps between questions: network 1's maps while a shift moves, and no more memory than it may."""

import gc
import sys
import weakref
from dataclasses import replace

import numpy as np
import pytest

import keras_invariance as ki
from keras_invariance.gui.engine import explaining
from keras_invariance.gui.engine.kept_maps import KeptMaps
from keras_invariance.gui.engine.memory import Memory
from keras_invariance.gui.engine.resources import Resources
from keras_invariance.gui.engine.worker import in_finalizer
from keras_invariance.gui.model.messages import Explain, RowMaps
from keras_invariance.gui.model.question import Question, Row

QUESTION = Question(model="mnist_mlp", data="mnist/test", rows=(Row("gradient"), Row("lrp-z")))
PLENTY = 2**20


def maps(resources: Resources, question: Question) -> list[tuple[np.ndarray, np.ndarray]]:
    asked = Explain(question=question, number=1, quick=True)
    return [answer.maps for answer in explaining.explained(resources, asked) if isinstance(answer, RowMaps)]


def shifted(constant: float) -> Question:
    return replace(QUESTION, shift=replace(QUESTION.shift, constant=constant))


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The sides whose maps were computed."""
    from keras_invariance.application import Pair

    sides: list[int] = []
    original = Pair.maps_of
    monkeypatch.setattr(Pair, "maps_of", lambda pair, side, *rest: sides.append(side) or original(pair, side, *rest))
    return sides


def test_while_the_shift_moves_only_the_twin_is_explained(counted):
    resources = Resources(Memory(PLENTY))
    first, second = maps(resources, shifted(-1.0)), maps(resources, shifted(-0.5))
    assert counted == [0, 1, 0, 1, 1, 1]
    for before, after in zip(first, second, strict=True):
        np.testing.assert_array_equal(before[0], after[0])
    assert np.abs(first[1][1] - second[1][1]).max() > 0  # lrp-z reads the shifted input
    whole = maps(Resources(Memory(PLENTY)), shifted(-0.5))
    for found, expected in zip(second, whole, strict=True):
        np.testing.assert_array_equal(found[0], expected[0])
        np.testing.assert_array_equal(found[1], expected[1])


def test_what_was_shown_is_not_computed_again_where_the_shift_comes_to_rest(counted):
    resources = Resources(Memory(PLENTY))
    for constant in (-1.0, -0.5):
        maps(resources, shifted(constant))
    counted.clear()
    maps(resources, shifted(-0.5))
    assert counted == []


def test_the_gradient_is_computed_once_for_its_product_with_the_image_too(counted):
    rows = (Row("gradient-times-input"), Row("gradient"))
    question, resources = replace(shifted(-1.0), rows=rows), Resources(Memory(PLENTY))
    products, _ = maps(resources, question)
    assert counted == [0, 1]
    network, x = resources.network(question), resources.image(question, 0).astype(np.float32)
    for one, images, found in zip(
        (network, ki.shifted_twin(network, "constant:-1")), (x, x - 1), products, strict=True
    ):
        np.testing.assert_array_equal(ki.explain(one, images, "gradient-times-input")[0], found)


def test_another_image_another_target_and_other_data_are_explained_anew(counted):
    resources = Resources(Memory(PLENTY))
    for question in (
        QUESTION,
        replace(QUESTION, sample=1),
        replace(QUESTION, target=3),
        replace(QUESTION, data="mnist/train"),
    ):
        counted.clear()
        maps(resources, question)
        assert counted.count(0) == 2, question


def test_an_engine_that_holds_too_much_lets_go_of_what_it_traced():
    resources = Resources(Memory(1))
    before = maps(resources, QUESTION)
    network = resources.network(QUESTION)
    (shared,) = network.family.networks()
    kept = [weakref.ref(analyzer) for analyzer in shared.analyzers.values()]
    assert len(kept) == 2
    resources.keep_within_memory()
    gc.collect()
    assert not shared.analyzers
    assert [one() for one in kept] == [None, None]
    for found, expected in zip(maps(resources, QUESTION), before, strict=True):
        np.testing.assert_array_equal(found, expected)


def test_an_engine_within_its_memory_keeps_what_it_traced():
    resources = Resources(Memory(PLENTY))
    maps(resources, QUESTION)
    resources.keep_within_memory()
    assert len(resources.network(QUESTION).family.networks()[0].analyzers) == 2


def test_a_network_that_needs_more_than_the_limit_is_not_forgotten_again_and_again():
    memory = Memory(1)
    assert memory.exceeded()
    memory.give_back()
    assert not memory.exceeded()
    filling = np.ones(int(memory.held() * 2**20 * 0.5 / 8))
    assert memory.exceeded()
    assert filling[-1] == 1


def test_the_maps_that_are_kept_are_bounded():
    kept, computed = KeptMaps(most_bytes=800), []

    def of(name: str) -> np.ndarray:
        return kept.of(name, lambda: computed.append(name) or np.zeros(50))

    for name in "abacab":
        of(name)
    assert "".join(computed) == "abcb"  # two of 400 bytes fit; a was used after b
    kept.clear()
    of("a")
    assert "".join(computed) == "abcba"


def test_a_step_is_not_broken_off_where_an_object_is_taken_down():
    seen = []

    class Dying:
        def __del__(self) -> None:
            seen.append(in_finalizer(sys._getframe()))

    dying = Dying()
    del dying
    gc.collect()
    assert (seen, in_finalizer(sys._getframe())) == ([True], False)


def answered_rows(resources: Resources, asked: Explain) -> list[int]:
    """The places of the rows in the order in which their first maps come."""
    rows = [answer.row for answer in explaining.explained(resources, asked) if isinstance(answer, RowMaps)]
    return list(dict.fromkeys(rows))


def test_rows_in_sight_come_first_and_alone_while_the_shift_moves():
    rows = (Row("gradient"), Row("smoothgrad", (("samples", 2),)), Row("lrp-z"), Row("guided-backprop"))
    question, resources = replace(QUESTION, rows=rows), Resources(Memory(PLENTY))
    seen = frozenset({2, 3})
    assert answered_rows(resources, Explain(question, 1, quick=True, in_sight=seen)) == [2, 3]
    assert answered_rows(resources, Explain(question, 2, in_sight=seen)) == [2, 3, 0, 1]
    assert answered_rows(resources, Explain(question, 3, quick=True)) == [0, 2, 3]


def test_network_1_is_not_run_again_while_the_shift_moves(monkeypatch):
    runs: list[str] = []
    original = ki.Network.__call__
    monkeypatch.setattr(
        ki.Network, "__call__", lambda own, *rest, **more: runs.append(own.name) or original(own, *rest, **more)
    )
    resources = Resources(Memory(PLENTY))
    maps(resources, shifted(-1.0))
    runs.clear()
    maps(resources, shifted(-0.5))
    assert len(runs) == 2  # the twin, which asks its family


def test_every_method_with_bounds_is_given_those_of_the_data():
    rows = (Row("deep-taylor-bounded"), Row("lrp-epsilon-gamma-box"))
    (taylor, box) = maps(Resources(Memory(PLENTY)), replace(shifted(-1.0), rows=rows))
    for first, second in (taylor, box):
        np.testing.assert_allclose(
            second, first, rtol=0, atol=1e-4 * np.abs(first).max()
        )  # the bounds move with the shift


def test_large_maps_are_scored_when_the_slider_rests(monkeypatch):
    resources = Resources(Memory(PLENTY))

    def scores(*, quick: bool) -> list[dict[str, float]]:
        asked = Explain(shifted(-1.0), 1, quick=quick)
        answers = [one for one in explaining.explained(resources, asked) if isinstance(one, RowMaps)]
        return [dict(one.scores) for one in answers[:2]]

    known = scores(quick=True)
    assert all("spearman" in one for one in known)
    monkeypatch.setattr(explaining, "SCORED_AT_ONCE", 28 * 28 - 1)
    assert scores(quick=True) == [{}, {}]
    assert scores(quick=False) == known
