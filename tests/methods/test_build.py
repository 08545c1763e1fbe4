"""Building analyzers: the same question gives the same object, another one another, and a wrong one an error."""

import numpy as np
import pytest

import keras_invariance as ki
from keras_invariance.errors import MethodError
from keras_invariance.network.execution.cache import Cache
from keras_invariance.patterns import weight_patterns
from tests.networks import case


@pytest.fixture
def fresh() -> ki.Network:
    """A network that nobody has asked anything yet."""
    return ki.load_network(case("mlp").model)


def test_the_same_question_gives_the_same_object(fresh):
    first = ki.analyzer(fresh, "integrated-gradients", steps=3, reference="black")
    assert ki.analyzer(fresh, "integrated-gradients", reference="black", steps=3) is first
    assert ki.analyzer(fresh, "lrp-epsilon") is ki.analyzer(fresh, "lrp-epsilon", epsilon=1e-3, bias="absorb")


@pytest.mark.parametrize(
    ("method", "options"),
    [
        ("integrated-gradients", {}),
        ("integrated-gradients", {"steps": 4}),
        ("integrated-gradients", {"steps": 3, "batch_size": 5}),
        ("integrated-gradients", {"steps": 3, "reference": "black"}),
        ("integrated-gradients", {"steps": 3, "dtype": "float64"}),
        ("gradient", {}),
    ],
)
def test_another_question_gives_another_object(fresh, method, options):
    first = ki.analyzer(fresh, "integrated-gradients", steps=3)
    assert ki.analyzer(fresh, method, **options) is not first
    assert ki.analyzer(fresh, "integrated-gradients", steps=3) is first


def test_maps_come_in_the_networks_own_number_type_unless_another_is_asked_for(fresh):
    images, exact = np.random.default_rng(0).random((2, *fresh.input_shape)), fresh.astype("float64")
    asked = [(fresh, {}), (fresh, {"dtype": "float64"}), (exact, {}), (exact, {"dtype": "float32"})]
    found = [ki.explain(network, images, "gradient", **told).dtype for network, told in asked]
    assert found == [np.float32, np.float64, np.float64, np.float32]


def test_another_network_gives_another_object(fresh):
    assert ki.analyzer(ki.shifted_twin(fresh, 1.0), "gradient") is not ki.analyzer(fresh, "gradient")
    assert ki.analyzer(ki.load_network(case("mlp").model), "gradient") is not ki.analyzer(fresh, "gradient")


def test_arrays_count_by_their_contents(fresh):
    reference = np.full((3, 4, 1), 0.5)
    first = ki.analyzer(fresh, "integrated-gradients", reference=reference)
    assert ki.analyzer(fresh, "integrated-gradients", reference=reference.copy()) is first
    assert ki.analyzer(fresh, "integrated-gradients", reference=reference + 1e-9) is not first
    assert ki.analyzer(fresh, "integrated-gradients", reference=reference.reshape(1, 3, 4, 1)[0]) is first
    lists = [[[0.5]] * 4] * 3
    assert ki.analyzer(fresh, "integrated-gradients", reference=lists) is first


def test_an_array_that_is_changed_afterwards_changes_no_answer(fresh):
    images, reference = case("mlp").images, np.zeros((3, 4, 1), np.float32)
    before = ki.explain(fresh, images, "integrated-gradients", 0, steps=3, reference=reference)
    reference += 1
    moved = ki.explain(fresh, images, "integrated-gradients", 0, steps=3, reference=reference)
    assert np.abs(moved - before).max() > 1e-3
    reference -= 1
    np.testing.assert_array_equal(
        ki.explain(fresh, images, "integrated-gradients", 0, steps=3, reference=reference), before
    )
    analyzer = ki.analyzer(fresh, "integrated-gradients", steps=3, reference=reference)
    reference += 1
    np.testing.assert_array_equal(analyzer(images, 0), before)


def test_patterns_and_base_analyzers_count_by_identity(fresh):
    patterns, others = weight_patterns(fresh), weight_patterns(fresh)
    first = ki.analyzer(fresh, "pattern-net", patterns=patterns)
    assert ki.analyzer(fresh, "pattern-net", patterns=patterns) is first
    assert ki.analyzer(fresh, "pattern-net", patterns=others) is not first
    base = ki.analyzer(fresh, "lrp-epsilon", epsilon=0.5)
    smooth = ki.analyzer(fresh, "smoothgrad", base=base)
    assert ki.analyzer(fresh, "smoothgrad", base=base) is smooth
    assert ki.analyzer(fresh, "smoothgrad", base=ki.analyzer(fresh, "lrp-epsilon")) is not smooth


def test_a_base_analyzer_is_the_one_that_is_smoothed(fresh):
    images = case("mlp").images
    base = ki.analyzer(fresh, "lrp-epsilon", dtype="float64", epsilon=0.5)
    smooth = ki.analyzer(fresh, "smoothgrad", dtype="float64", base=base, samples=2, sigma=0.0)
    np.testing.assert_allclose(smooth(images, 0), base(images, 0), rtol=1e-10)
    with pytest.raises(MethodError, match=r"another network.*Build it with this network"):
        ki.analyzer(ki.shifted_twin(fresh, 1.0), "smoothgrad", base=base)


def test_what_was_asked_longest_ago_is_forgotten(fresh):
    size = fresh.analyzers.size
    assert 2 <= size <= 64
    first = ki.analyzer(fresh, "lrp-epsilon", epsilon=0.0)
    rest = [ki.analyzer(fresh, "lrp-epsilon", epsilon=float(number)) for number in range(1, size)]
    assert ki.analyzer(fresh, "lrp-epsilon", epsilon=0.0) is first
    newest = ki.analyzer(fresh, "lrp-epsilon", epsilon=1000.0)
    assert len(fresh.analyzers) == size
    assert ki.analyzer(fresh, "lrp-epsilon", epsilon=1000.0) is newest
    assert ki.analyzer(fresh, "lrp-epsilon", epsilon=float(size - 1)) is rest[-1]
    assert ki.analyzer(fresh, "lrp-epsilon", epsilon=0.0) is first  # it was asked for again
    assert ki.analyzer(fresh, "lrp-epsilon", epsilon=1.0) is not rest[0]


def test_float64_analyzers_do_not_drive_out_float32_ones(fresh):
    first = ki.analyzer(fresh, "gradient")
    for number in range(fresh.analyzers.size + 1):
        ki.analyzer(fresh, "lrp-epsilon", dtype="float64", epsilon=float(number))
    assert ki.analyzer(fresh, "gradient") is first


def test_a_network_forgets_all_that_was_traced_when_told_so(fresh):
    twin = ki.shifted_twin(fresh, 1.0)
    before = [ki.analyzer(one, "gradient", dtype=dtype) for one in (fresh, twin) for dtype in ("float32", "float64")]
    twin.forget()
    after = [ki.analyzer(one, "gradient", dtype=dtype) for one in (fresh, twin) for dtype in ("float32", "float64")]
    assert [one.shared is other.shared for one, other in zip(before[2:], after[2:], strict=True)] == [False, False]
    fresh.forget()
    assert ki.analyzer(fresh, "gradient") is not before[0]


def test_a_cache_forgets_what_was_used_longest_ago():
    cache = Cache(2)
    cache["a"], cache["b"] = 1, 2
    assert cache["a"] == 1
    cache["c"] = 3
    assert list(cache.items()) == [("a", 1), ("c", 3)]


WRONG = [
    ("integrated-gradients", "steps", [0, -1, 2.5, "3", True, None, np.array([1, 2])], "a whole number of at least 1"),
    ("smoothgrad", "samples", [0, 1.5, "many", False], "a whole number of at least 1"),
    ("smoothgrad", "seed", [-1, 0.5, "x", None], "a whole number of at least 0"),
    ("smoothgrad", "sigma", [-0.1, "wide", float("inf"), True, None], "a finite number of at least 0"),
    ("smoothgrad", "base", ["smoothgrid", "pattern-net", 3, None, np.mean], "gradient"),
    ("gradient", "batch_size", [0, -2, 1.5, "all"], "a whole number of at least 1, or None"),
    ("lrp-epsilon", "epsilon", [-1e-9, "small", float("nan"), None], "a finite number of at least 0"),
    ("lrp-epsilon", "bias", ["absorbed", True, None, 0], "'absorb' or 'ignore'"),
    ("lrp-gamma", "gamma", [-1, "g", float("inf")], "a finite number of at least 0"),
    ("integrated-gradients", "reference", ["white", [0.0, float("nan")], [[1], [1, 2]], None, "0"], "'zero', 'black'"),
    ("deep-taylor-bounded", "low", ["none", float("nan"), None, [[1], [1, 2]]], "the least value"),
    ("deep-taylor-bounded", "high", ["none", float("inf"), None], "the largest value"),
    ("pattern-net", "patterns", [None, 3, "patterns.npz", np.zeros(3)], "fit_patterns or load_patterns"),
]


@pytest.mark.parametrize(
    ("method", "option", "value", "expected"),
    [(method, option, value, expected) for method, option, values, expected in WRONG for value in values],
    ids=lambda part: type(part).__name__ if callable(part) else repr(part)[:24],
)
def test_a_value_of_the_wrong_kind_is_refused_with_the_right_ones(fresh, method, option, value, expected):
    others = {"low": 0.0, "high": 1.0} if method == "deep-taylor-bounded" else {}
    with pytest.raises(MethodError, match=rf"^{option} = [\s\S]* for {method}; expected .*{expected}.*Correct"):
        ki.analyzer(fresh, method, **{**others, option: value})


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"dtype": "float16"}, r"dtype = 'float16'.*'float32', 'float64'"),
        ({"xla": True}, r"xla = True.*'never', 'always', 'measure'"),
        ({"steps": 3}, r"option 'steps' for gradient.*batch_size.*integrated-gradients"),
        ({"colour": 3}, r"option 'colour' for gradient.*there is none"),
    ],
)
def test_how_it_is_computed_must_be_known(fresh, options, words):
    with pytest.raises(MethodError, match=words):
        ki.analyzer(fresh, "gradient", **options)


@pytest.mark.parametrize("missing", ["low", "high"])
def test_an_option_that_must_be_given_is_asked_for(fresh, missing):
    given = {"low": 0.0, "high": 1.0}
    del given[missing]
    with pytest.raises(MethodError, match=rf"no {missing} for deep-taylor-bounded.*Give {missing}="):
        ki.analyzer(fresh, "deep-taylor-bounded", **given)
