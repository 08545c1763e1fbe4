"""What every method of the catalogue promises, whatever it computes."""

import warnings
from collections.abc import Callable

import numpy as np
import pytest

import keras_invariance as ki
from keras_invariance.errors import ImageError, MethodError
from keras_invariance.methods.catalogue import METHODS
from keras_invariance.methods.laws import LAWS
from keras_invariance.patterns import weight_patterns
from tests.networks import case
from tests.networks.case import signed_images
from tests.oracle.agreement import distance

ON_ATTENTION = ("attention-rollout",)
"""Methods for networks with attention alone, which keep their contract in files of their own."""

EVERYWHERE = tuple(name for name in ki.METHODS if name not in ON_ATTENTION)
every_method = pytest.mark.parametrize("method", EVERYWHERE)

NAMES = (
    "gradient",
    "gradient-times-input",
    "smoothgrad",
    "smoothgrad-squared",
    "vargrad",
    "integrated-gradients",
    "deeplift",
    "deep-shap",
    "expected-gradients",
    "blur-integrated-gradients",
    "guided-backprop",
    "deconvnet",
    "lrp-z",
    "lrp-epsilon",
    "lrp-gamma",
    "lrp-alpha1-beta0",
    "lrp-alpha2-beta1",
    "lrp-w-square",
    "lrp-flat",
    "lrp-epsilon-plus",
    "lrp-epsilon-plus-flat",
    "lrp-epsilon-gamma-box",
    "lrp-epsilon-alpha2-beta1",
    "lrp-epsilon-alpha2-beta1-flat",
    "lrp-attention",
    "deep-taylor",
    "deep-taylor-bounded",
    "pattern-net",
    "pattern-attribution",
    "attention-rollout",
    "grad-cam",
    "grad-cam++",
    "hires-cam",
    "layer-cam",
    "xgrad-cam",
    "score-cam",
    "guided-grad-cam",
    "full-gradient",
    "occlusion",
    "rise",
    "lime",
    "kernel-shap",
)

SHORT: dict[str, object] = {"steps": 3, "samples": 3, "sigma": 1.0, "masks": 5, "window": 4, "stride": 3, "count": 5}
ONE_NUMBER_A_PLACE = ("black box", "class activation", "attention")
"""Families whose maps have one channel; guided Grad-CAM's have the images'."""

# Another value for each option, which must change the maps; batch_size must not.
OTHER_VALUES: dict[str, object] = {
    "steps": 2,
    "tolerance": 1e-6,
    "blur": 2.0,
    "reference": "black",
    "samples": 2,
    "sigma": 0.5,
    "seed": 7,
    "base": "gradient-times-input",
    "epsilon": 1.0,
    "gamma": 2.0,
    "bias": "ignore",
    "low": -5.0,
    "high": 5.0,
    "signed": True,
    "value": "black",
    "window": 5,
    "stride": 1,
    "masks": 4,
    "cell": 4,
    "segments": "grid",
    "count": 3,
    "width": 0.5,
    "ridge": 10.0,
}
# Sums of products that no ReLU lets become negative.
NEVER_NEGATIVE = ("grad-cam++", "layer-cam", "score-cam")


def short_options(method: str) -> dict[str, object]:
    """Few steps and samples, and enough noise for gates to flip, without which nothing varies."""
    return {name: value for name, value in SHORT.items() if name in METHODS[method].options}


def required_options(network: ki.Network, method: str) -> dict[str, object]:
    """The options without which a method cannot start."""
    if "low" in METHODS[method].options:
        return {"low": -3.0, "high": 3.0}
    if "background" in METHODS[method].options:
        return {"background": signed_images(network.input_shape, seed=8, count=4)}
    return {"patterns": weight_patterns(network)} if METHODS[method].family.startswith("pattern") else {}


@pytest.fixture(scope="module")
def analyzer(network) -> Callable[[str], object]:
    """A method's analyzer with few steps and samples, built once."""
    built: dict[str, object] = {}

    def one(method: str) -> object:
        if method not in built:
            short = short_options(method)
            options = short | required_options(network("cnn"), method)
            built[method] = ki.analyzer(network("cnn"), method, **options)
        return built[method]

    return one


@pytest.fixture
def images() -> np.ndarray:
    """Three images of both signs."""
    return case("cnn").images


@pytest.fixture
def targets() -> np.ndarray:
    """The top logit of each image."""
    return case("cnn").oracle.logits(case("cnn").images).argmax(axis=1)


def test_the_names_are_those_promised_in_their_order():
    assert tuple(ki.METHODS) == NAMES
    assert tuple(METHODS) == NAMES


@pytest.mark.parametrize("method", ki.METHODS)
def test_every_method_states_its_law(method):
    assert METHODS[method].law in LAWS


@every_method
def test_maps_have_the_images_shape_and_are_finite_float32(analyzer, images, targets, method):
    maps = analyzer(method)(images, targets)
    one = METHODS[method].family in ONE_NUMBER_A_PLACE and method != "guided-grad-cam"
    assert maps.shape == ((*images.shape[:-1], 1) if one else images.shape)
    assert maps.dtype == np.float32
    assert np.isfinite(maps).all()
    assert np.abs(maps).reshape(len(maps), -1).max(axis=1).min() > 0


@every_method
def test_maps_are_the_same_to_the_last_bit_each_time(analyzer, images, targets, method):
    np.testing.assert_array_equal(analyzer(method)(images, targets), analyzer(method)(images, targets))


@every_method
def test_an_image_alone_gives_the_map_it_has_in_a_batch(analyzer, images, targets, method):
    together = analyzer(method)(images, targets)
    alone = np.concatenate([analyzer(method)(images[k : k + 1], targets[k : k + 1]) for k in range(len(images))])
    assert distance(alone, together.astype(np.float64)) < 1e-5


@every_method
def test_the_target_matters(analyzer, images, targets, method):
    chosen, other = (analyzer(method)(images, t) for t in (targets, (targets + 1) % 3))
    assert distance(other, chosen.astype(np.float64)) > 1e-2


@every_method
def test_targets_default_to_the_top_logit(analyzer, images, targets, method):
    np.testing.assert_array_equal(analyzer(method)(images), analyzer(method)(images, targets))


@every_method
def test_model_and_images_stay_as_they_were(analyzer, images, targets, method):
    weights, before = [w.copy() for w in case("cnn").model.get_weights()], images.copy()
    analyzer(method)(images, targets)
    np.testing.assert_array_equal(images, before)
    for now, then in zip(case("cnn").model.get_weights(), weights, strict=True):
        np.testing.assert_array_equal(now, then)


@every_method
def test_explain_is_the_analyzers_short_form(network, analyzer, images, targets, method):
    short = short_options(method)
    maps = ki.explain(network("cnn"), images, method, targets, **short, **required_options(network("cnn"), method))
    np.testing.assert_array_equal(maps, analyzer(method)(images, targets))


@pytest.mark.parametrize(
    ("method", "option"), [(method, option) for method in EVERYWHERE for option in METHODS[method].options]
)
def test_every_option_changes_the_maps_but_batch_size(network, analyzer, images, targets, method, option):
    short = short_options(method)
    options = short | required_options(network("cnn"), method)
    usual = analyzer(method)(images, targets)
    if option == "tolerance":
        options["steps"] = "auto"
        usual = ki.explain(network("cnn"), images, method, targets, **options)
    if option == "patterns":
        options["patterns"] = ki.fit_patterns(network("cnn"), images, estimator="linear")
    elif option == "background":
        options["background"] = signed_images(network("cnn").input_shape, seed=9, count=3)
    elif option == "batch_size":
        options["batch_size"] = 2
    elif option == "layer":
        options["layer"] = case("cnn").model.layers[0].name
    else:
        options[option] = OTHER_VALUES[option]
    if option == "signed":
        targets = (targets + 1) % 3  # a logit for which less speaks
        usual = analyzer(method)(images, targets)
    maps = ki.explain(network("cnn"), images, method, targets, **options)
    change = distance(maps, usual.astype(np.float64))
    stays = option == "batch_size" or (option == "signed" and method in NEVER_NEGATIVE)
    assert change < 1e-5 if stays else change > 1e-4


@every_method
def test_an_option_of_another_method_is_refused_and_the_right_ones_are_listed(network, images, method):
    wrong = "epsilon" if "epsilon" not in METHODS[method].options else "gamma"
    with pytest.raises(MethodError, match=wrong) as caught:
        ki.explain(network("cnn"), images, method, **{wrong: 1.0})
    assert all(option in str(caught.value) for option in METHODS[method].options)


@every_method
def test_images_of_another_shape_are_refused(analyzer, images, method):
    with pytest.raises(ImageError, match=r"\(3, 8, 8, 2\).*9, 8, 2"):
        analyzer(method)(images[:, :8])


@every_method
def test_images_that_are_not_finite_are_refused(analyzer, images, method):
    broken = images.copy()
    broken[1, 0, 0, 0] = np.nan
    with pytest.raises(ImageError, match=r"NaN or infinite.*image 1"):
        analyzer(method)(broken)


@every_method
@pytest.mark.parametrize(
    ("bad", "words"), [([0, 3, 1], "3"), ([0, -1, 1], "-1"), ([0, 1], "2"), ([0.5, 1.0, 2.0], r"0\.5.*whole numbers")]
)
def test_targets_that_do_not_fit_are_refused(analyzer, images, method, bad, words):
    with pytest.raises(ImageError, match=words):
        analyzer(method)(images, np.array(bad))


def test_a_wrong_name_is_refused_and_the_right_ones_are_listed(network, images):
    with pytest.raises(MethodError, match="lrp-epsilom") as caught:
        ki.explain(network("cnn"), images, "lrp-epsilom")
    assert all(name in str(caught.value) for name in NAMES)


@pytest.mark.parametrize(
    ("method", "options", "words"),
    [
        ("lrp-z", {"bias": "absorbed"}, "absorbed.*ignore"),
        ("lrp-epsilon", {"epsilon": -1.0}, "-1"),
        ("lrp-epsilon", {"epsilon": float("nan")}, "nan"),
        ("lrp-gamma", {"gamma": -0.5}, "-0.5"),
        ("integrated-gradients", {"steps": 0}, "0"),
        ("blur-integrated-gradients", {"steps": "auto"}, "auto.*whole number"),
        ("blur-integrated-gradients", {"blur": 0.0}, "blur = 0.0"),
        ("integrated-gradients", {"reference": "grey"}, "grey.*zero.*black"),
        ("integrated-gradients", {"reference": np.zeros((5, 5, 5))}, r"\(5, 5, 5\)"),
        ("integrated-gradients", {"batch_size": 0}, "0"),
        ("smoothgrad", {"samples": 0}, "0"),
        ("smoothgrad", {"sigma": -0.1}, "-0.1"),
        ("smoothgrad", {"base": "smoothgrid"}, "smoothgrid.*gradient"),
        ("deep-taylor-bounded", {}, "low"),
        ("deep-taylor-bounded", {"low": 1.0, "high": -1.0}, "low.*high"),
        ("pattern-net", {}, "fit_patterns"),
        ("pattern-attribution", {"patterns": 3}, "3.*fit_patterns"),
        ("grad-cam", {"layer": 3}, "3.*inspect"),
        ("grad-cam", {"signed": 1}, "1.*True or False"),
    ],
)
def test_an_option_out_of_its_range_is_refused(network, images, method, options, words):
    with pytest.raises(MethodError, match=f"(?s){words}"):
        ki.explain(network("cnn"), images, method, **options)


def test_one_target_serves_all_images(analyzer, images):
    np.testing.assert_array_equal(analyzer("gradient")(images, 1), analyzer("gradient")(images, [1, 1, 1]))


def test_no_images_give_no_maps(analyzer, images):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert analyzer("lrp-z")(images[:0]).shape == (0, 9, 8, 2)
