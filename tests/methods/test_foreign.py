"""Somebody else's functions as methods: found, told options, given copies, and watched."""

# ruff: noqa: ARG001, ARG005  explainers are given what some of these do not look at
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

import keras_invariance as ki
from keras_invariance.application import judge
from keras_invariance.errors import ExplainerError, MethodError
from keras_invariance.methods import CATALOGUE, explainers
from keras_invariance.methods.catalogue import known_method
from keras_invariance.methods.explainers import provenance_of
from keras_invariance.methods.laws import LAWS
from keras_invariance.methods.strangers import check_named, names_of
from tests.networks import case

IMAGES = case("cnn").images


def product(network, images, targets, *, strength=1.0):
    """The gradient times the image."""
    return strength * images * network.gradient(images, targets)


@pytest.fixture
def cnn(network) -> ki.Network:
    return network("cnn")


def test_a_registered_name_stands_where_names_stand(cnn):
    ki.register("mine", product, law="attribution")
    theirs = ki.explain(cnn, IMAGES, "gradient-times-input")
    np.testing.assert_allclose(ki.explain(cnn, IMAGES, "mine"), theirs, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(ki.analyzer(cnn, "mine", strength=2.0)(IMAGES), 2 * theirs, rtol=1e-4, atol=1e-5)
    finding = judge(cnn, ki.shifted_twin(cnn, "constant:1"), IMAGES, "constant:1", "mine")
    assert (finding.method, finding.verdict) == ("mine", "sensitive")
    randomized = ki.randomize(cnn, IMAGES, ["mine"], seeds=1, orders=["top-down"])
    assert {one.method for one in randomized} == {"mine"}


def test_a_function_stands_there_too_and_has_no_law(cnn):
    maps = ki.explain(cnn, IMAGES, product)
    np.testing.assert_array_equal(maps, ki.explain(cnn, IMAGES, product))
    assert known_method(product).law is None
    ki.register("mine", product, law="attribution")
    assert known_method(product) is CATALOGUE["mine"]


def test_the_decorator_leaves_the_function_as_it_is(cnn):
    @ki.method("mine", law="sensitivity", source="Doe, 2026")
    def mine(network, images, targets):
        """Nothing but the gradient."""
        return network.gradient(images, targets)

    row = CATALOGUE["mine"]
    assert (row.law, row.source, row.about, row.family) == (
        "sensitivity",
        "Doe, 2026",
        "Nothing but the gradient.",
        "foreign",
    )
    np.testing.assert_array_equal(mine(cnn, IMAGES, cnn.targets(IMAGES)), ki.explain(cnn, IMAGES, "mine"))
    assert "mine" not in ki.METHODS
    assert list(CATALOGUE)[: len(ki.METHODS)] == list(ki.METHODS)


@pytest.mark.parametrize("law", [None, "attributions"])
def test_a_law_is_required_and_each_is_explained(law):
    with pytest.raises(MethodError, match=law or "no law") as caught:
        ki.register("mine", product, law=law)
    assert all(f"{name!r}: {about}" in str(caught.value) for name, about in LAWS.items())


@pytest.mark.parametrize(
    ("name", "words"), [("gradient", "taken"), ("a,b", "commas"), ("", "commas"), ("a:b", "colons")]
)
def test_a_name_must_be_free_and_can_be_spelled(name, words):
    with pytest.raises(MethodError, match=words):
        ki.register(name, product, law="attribution")


def test_a_name_of_another_function_is_taken_and_ones_own_is_replaced():
    ki.register("mine", product, law="attribution")
    ki.register("mine", product, law="sensitivity")
    assert CATALOGUE["mine"].law == "sensitivity"
    with pytest.raises(MethodError, match="test_foreign:product"):
        ki.register("mine", single, law="attribution")


def wants_more(network, images, targets, baseline):
    return images


def too_few(network, images):
    return images


@pytest.mark.parametrize(
    ("function", "words"), [(wants_more, "baseline"), (too_few, "too many"), (lambda: 0, "too many")]
)
def test_a_function_that_cannot_be_called_so_is_refused(cnn, function, words):
    with pytest.raises(MethodError, match=rf"(?s){words}.*network, images, targets"):
        ki.explain(cnn, IMAGES, function)


def told(network, images, targets, *, size=3, rate=0.5, deep=True, kind="mean", window=(2, 2), batch_size=7):
    return np.full_like(images, size * rate + deep + len(kind) + sum(window) + 100 * batch_size)


def test_options_are_those_of_the_signature_and_are_checked(cnn):
    usual = {"size": 3, "rate": 0.5, "deep": True, "kind": "mean", "window": (2, 2), "batch_size": None}
    assert dict(known_method(told).options) == usual
    assert ki.explain(cnn, IMAGES, told).max() == 1.5 + 1 + 4 + 4 + 700
    assert (
        ki.explain(cnn, IMAGES, told, size=4, rate=1, deep=False, window=(1, 2), batch_size=1).max() == 4 + 4 + 3 + 100
    )
    for wrong in ({"size": 0.5}, {"rate": "a"}, {"deep": 1}, {"kind": 2}, {"batch_size": 0}):
        with pytest.raises(MethodError, match=f"{next(iter(wrong))} = "):
            ki.explain(cnn, IMAGES, told, **wrong)
    with pytest.raises(MethodError, match=r"'steps'.*size, rate, deep, kind, window"):
        ki.explain(cnn, IMAGES, told, steps=3)


def required(network, images, targets, *, background):
    return images - background


def test_an_option_without_a_default_is_required(cnn):
    with pytest.raises(MethodError, match="no background"):
        ki.explain(cnn, IMAGES, required)
    np.testing.assert_array_equal(ki.explain(cnn, IMAGES, required, background=1.0), IMAGES - 1)


def test_it_is_given_no_more_images_than_the_batch_size(cnn):
    seen = []

    def watching(network, images, targets):
        seen.append((len(images), len(targets)))
        return images

    ki.explain(cnn, IMAGES, watching, batch_size=2)
    assert seen[:2] == [(2, 2), (1, 1)]


@pytest.mark.parametrize("channels", [None, 1])
def test_one_number_for_a_place_is_a_map_with_one_channel(cnn, channels):
    def places(network, images, targets):
        summed = images.sum(axis=-1, keepdims=channels is not None)
        return summed.astype(np.float64)

    maps = ki.explain(cnn, IMAGES, places)
    assert (maps.shape, maps.dtype) == ((3, 9, 8, 1), np.float32)


def raising(network, images, targets):
    raise ZeroDivisionError("on a\nbad day")


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (raising, "raising: it raised ZeroDivisionError: on a bad day"),
        (lambda n, x, t: x[:, :3], r"shape \(3, 3, 8, 2\).*\(3, 9, 8, 2\)"),
        (lambda n, x, t: None, "dtype object"),
        (lambda n, x, t: x > 0, "dtype bool"),
        (lambda n, x, t: x * 1j, "dtype complex64"),
        (lambda n, x, t: x + np.random.default_rng().normal(size=x.shape), "asked the same again.*seed"),
    ],
)
def test_what_are_no_maps_is_named_in_one_line(cnn, function, words):
    with pytest.raises(ExplainerError, match=words) as caught:
        ki.explain(cnn, IMAGES, function)
    assert "\n" not in str(caught.value)


def test_noise_that_a_seed_draws_is_no_mistake(cnn):
    def drawn(network, images, targets, *, seed=0):
        return np.random.default_rng(seed).normal(size=images.shape)

    assert not np.allclose(ki.explain(cnn, IMAGES, drawn), ki.explain(cnn, IMAGES, drawn, seed=1))


def test_values_that_are_not_finite_are_named(cnn):
    with pytest.warns(RuntimeWarning, match="3 of 3 maps have values that are no finite numbers"):
        ki.explain(cnn, IMAGES, lambda n, x, t: np.full_like(x, np.nan))


def test_changing_what_it_is_given_is_named_and_changes_nothing(cnn):
    def changing(network, images, targets):
        images *= 2
        targets[:] = 0
        return images

    before, targets = IMAGES.copy(), cnn.targets(IMAGES)
    with pytest.warns(RuntimeWarning, match="changing changes the images and targets that it is given"):
        ki.explain(cnn, before, changing, targets)
    np.testing.assert_array_equal(before, IMAGES)
    np.testing.assert_array_equal(targets, cnn.targets(IMAGES))


def test_a_twin_is_given_itself(cnn):
    twin, given = ki.shifted_twin(cnn, "constant:-1"), []

    def watching(network, images, targets):
        given.append(network)
        return images

    ki.explain(twin, IMAGES - 1, watching)
    assert given[0] is twin


def single(network, images, targets):
    return (images * network.gradient(images, targets)).astype(np.float32)


def refusing(network, images, targets):
    if images.dtype != np.float32:
        raise TypeError("float32 alone")
    return network.gradient(images, targets)


@pytest.mark.parametrize(
    ("function", "verdict", "words"),
    [
        (single, "sensitive", "computes in float32"),
        (refusing, "invariant", "computes in float32"),
        (product, "sensitive", "float64"),
    ],
)
def test_one_that_knows_float32_alone_is_confirmed_there(cnn, function, verdict, words):
    finding = judge(cnn, ki.shifted_twin(cnn, "constant:-1"), IMAGES, "constant:-1", function)
    assert finding.verdict == verdict
    assert words in finding.reason
    assert ("computes in float32" in finding.reason) == (function is not product)


def test_a_place_is_imported_from_the_working_folder(cnn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "somewhere_else.py").write_text("def mine(network, images, targets):\n    return images\n")
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.chdir(tmp_path)
    np.testing.assert_array_equal(ki.explain(cnn, IMAGES, "somewhere_else:mine"), IMAGES)
    assert names_of(["somewhere_else:mine"]) == ("somewhere_else:mine",)
    assert provenance_of(known_method("somewhere_else:mine").function).startswith("somewhere_else.py ")
    for wrong, words in (("somewhere_else:yours", "has no 'yours'"), ("nowhere_at_all:mine", "ModuleNotFoundError")):
        with pytest.raises(ExplainerError, match=words):
            ki.explain(cnn, IMAGES, wrong)
    with pytest.raises(ExplainerError, match="a str"):
        ki.explain(cnn, IMAGES, "somewhere_else:__name__")


def test_groups_are_taken_apart_and_an_empty_one_lists_all(monkeypatch):
    monkeypatch.setattr(explainers, "_points", list)  # whatever is installed
    assert names_of(["all"]) == ki.METHODS
    assert names_of(["lrp", "lrp-z"]) == tuple(name for name in ki.METHODS if CATALOGUE[name].family == "relevance")
    with pytest.raises(MethodError, match=r"foreign.*all, .*lrp.*cam.*shap.*black-box.*keras-invariance\[foreign\]"):
        names_of(["foreign"])
    ki.register("mine", product, law="attribution")
    assert names_of(["foreign", product]) == ("mine",)
    with pytest.raises(MethodError, match=r"'lpr'.*a group: all, .*lrp"):
        names_of(["lpr"])


def test_a_function_without_a_place_cannot_be_named():
    with pytest.raises(ExplainerError, match=r"ki.register"):
        names_of([lambda n, x, t: x])


def test_a_file_names_nothing_that_is_imported():
    sys.modules.pop("antigravity_of_a_file", None)
    with pytest.raises(ExplainerError, match=r"not run on a file's word.*--method antigravity_of_a_file:fly"):
        check_named({"antigravity_of_a_file:fly": "antigravity 1.0"})


def test_nothing_is_imported_to_see_what_is_there():
    assert "json:dumps" not in CATALOGUE
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert "gradient" in CATALOGUE
