"""EfficientNet-Lite0 is what its card says, sees a cat in the cat, and obeys what every method promises."""

import json
from importlib.util import find_spec

import keras
import numpy as np
import pytest
from scipy.special import softmax

import keras_invariance as ki
from keras_invariance import models
from keras_invariance.datasets.photographs import NAMES
from keras_invariance.methods.catalogue import METHODS
from keras_invariance.models.card import checksum
from keras_invariance.models.efficientnet import untrained_efficientnet

NAME = "efficientnet_lite0"
CATS = {281: "tabby, tabby cat", 282: "tiger cat", 285: "Egyptian cat"}
SEEN = {
    "cat": ("Egyptian cat", 0.36),
    "coffee": ("espresso", 0.93),
    "rocket": ("missile", 0.21),
    "photographer": ("tripod", 0.95),
    "astronaut": ("bobsled, bobsleigh, bob", 0.18),  # ImageNet has no class for her
}


@pytest.fixture(scope="module")
def keras_network():
    return keras.saving.load_model(models.path(NAME))


@pytest.fixture(scope="module")
def network(keras_network):
    return ki.load_network(keras_network)


@pytest.fixture(scope="module")
def photographs():
    return ki.datasets.load("photographs")


def test_it_is_listed_but_not_among_the_trained():
    assert models.CONVERTED == (NAME,)
    assert set(models.NAMES) == {*models.TRAINED, NAME}


def test_its_outputs_have_names(photographs):
    assert models.classes(NAME) == photographs.classes
    assert models.classes("mnist-mlp") == tuple("0123456789")


def test_the_card_is_that_of_the_file():
    card, path = models.card("efficientnet-lite0"), models.path(NAME)
    assert card.name == NAME
    assert card.checksum == checksum(path)
    assert card.largest_difference < 1e-4
    assert path.with_suffix(".md").read_text(encoding="utf-8") == card.markdown()
    assert json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))["checksum"] in card.markdown()
    assert "75.1% of ImageNet's validation images, as [published]" in card.markdown()
    assert "not measured here" in card.markdown()


def test_the_file_holds_the_network_that_is_described(keras_network):
    described = untrained_efficientnet()
    assert [type(layer) for layer in keras_network.layers] == [type(layer) for layer in described.layers]
    assert [layer.get_config() for layer in keras_network.layers] == [layer.get_config() for layer in described.layers]
    assert [weight.shape for weight in keras_network.weights] == [weight.shape for weight in described.weights]
    assert models.card(NAME).parameters == keras_network.count_params() == 4_694_024


def test_it_is_float32_and_ends_in_logits_without_an_optimizer(keras_network):
    assert keras_network.output_shape == (None, 1000)
    assert {weight.dtype for weight in keras_network.weights} == {"float32"}
    assert keras_network.layers[-1].activation is keras.activations.linear
    assert not keras_network.compiled
    assert models.path(NAME).stat().st_size < 4 * keras_network.count_params() + 2**20


def test_the_cat_comes_out_a_cat(network, photographs):
    shares = softmax(network(photographs[:1].images)[0])
    assert {int(at): photographs.classes[at] for at in np.argsort(shares)[-3:]} == CATS
    assert shares[list(CATS)].sum() > 0.8


def test_every_photograph_comes_out_as_the_documents_say(network, photographs):
    shares = softmax(network(photographs.images), axis=1)
    assert {name: photographs.classes[one.argmax()] for name, one in zip(NAMES, shares, strict=True)} == {
        name: answer for name, (answer, _) in SEEN.items()
    }
    np.testing.assert_allclose(shares.max(axis=1), [share for _, share in SEEN.values()], atol=0.005)


@pytest.mark.parametrize("spec", ["constant:-1", "checkerboard:4"])
def test_its_twin_is_exact_behind_an_encoding_and_a_padded_convolution(network, photographs, spec):
    shift = ki.shifts.parse(spec)
    first, second = network.astype("float64"), ki.shifted_twin(network, shift).astype("float64")
    images = photographs[:1].images.astype(np.float64)
    logits = first(images)
    np.testing.assert_allclose(second(images + shift.values(images.shape[1:])), logits, atol=1e-12)
    assert np.abs(second(images) - logits).max() > 1  # the twin alone reads the shift


@pytest.mark.slow
def test_its_gradient_survives_the_shift_and_gradient_times_input_does_not(network, photographs):
    twin, images = ki.shifted_twin(network, ki.shifts.constant(-1)), photographs[:1].images.astype(np.float64)

    def difference(method: str) -> float:
        sides = ((network, images), (twin, images - 1))
        maps = [ki.analyzer(side, method, dtype="float64")(x, targets=[285]) for side, x in sides]
        return float(ki.compare(*maps).relative_l2[0])

    assert difference("gradient") < 1e-6
    assert difference("gradient-times-input") > 1


@pytest.mark.slow
def test_its_gradient_is_the_slope(network, photographs):
    images = photographs[:1].images.astype(np.float64)
    way = np.random.default_rng(0).normal(size=images.shape)
    gradient = ki.analyzer(network, "gradient", dtype="float64")(images, targets=[285])
    network, step = network.astype("float64"), 1e-9  # at 1e-7 some ReLU6 bend
    slope = (network(images + step * way) - network(images - step * way))[0, 285] / (2 * step)
    assert (gradient * way).sum() == pytest.approx(slope, rel=1e-5)


@pytest.mark.slow
def test_integrated_gradients_close_their_gap_as_steps_grow(network, photographs):
    image = photographs[1:2].images
    distance = float((network(image) - network(np.zeros_like(image)))[0, 967])
    gaps = [
        abs(float(ki.explain(network, image, "integrated-gradients", targets=[967], steps=steps).sum()) - distance)
        for steps in (4, 512)
    ]
    assert gaps[1] < 0.05 * distance
    assert gaps[1] < gaps[0]


@pytest.mark.slow
def test_every_method_explains_it(network, photographs):
    """A bias can excite a depthwise filter whose inputs are all zero: z+ then has nowhere to send the relevance."""
    patterns = ki.fit_patterns(network, photographs, estimator="published")
    told = {
        "smoothgrad": {"samples": 2},
        "smoothgrad-squared": {"samples": 2},
        "vargrad": {"samples": 2},
        "integrated-gradients": {"steps": 4},
        "blur-integrated-gradients": {"steps": 4},
        "deep-shap": {"background": photographs[3:].images},
        "expected-gradients": {"background": photographs[3:].images, "samples": 2},
        "deep-taylor-bounded": {"low": 0.0, "high": 1.0},
        "lrp-epsilon-gamma-box": {"low": 0.0, "high": 1.0},
        "pattern-net": {"patterns": patterns},
        "pattern-attribution": {"patterns": patterns},
    }
    images, logits = photographs[:2].images, network(photographs[:2].images).max(axis=1)
    for method in ki.METHODS:
        if method == "attention-rollout" or METHODS[method].slow:
            continue
        maps = ki.explain(network, images, method, **told.get(method, {}))
        assert maps.shape == (*images.shape[:3], 1 if METHODS[method].law == "picture" else 3), method
        assert np.isfinite(maps).all(), method
        assert np.abs(maps).max(axis=(1, 2, 3)).min() > 0, method
        if method.startswith("deep-taylor"):
            assert maps.min() >= -1e-9, method
            assert (maps.sum(axis=(1, 2, 3)) <= logits).all(), method


@pytest.mark.slow
@pytest.mark.skipif(find_spec("efficientnet_lite_pytorch") is None, reason="the recipe needs PyTorch and the weights")
def test_the_recipe_gives_the_shipped_file(tmp_path):
    from keras_invariance.models.conversion import convert

    assert convert(tmp_path).checksum == models.card(NAME).checksum
