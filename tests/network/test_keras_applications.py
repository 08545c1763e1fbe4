"""The families of `keras.applications`, random weights at their own input size: loaded, differentiated, explained."""

import gc
from collections.abc import Callable, Iterator
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_invariance as ki
from keras_invariance.application.inspection import inspect_network
from keras_invariance.methods.catalogue import METHODS
from keras_invariance.patterns import weight_patterns
from tests.oracle.agreement import distance

pytestmark = pytest.mark.slow

FAMILIES = (
    "VGG16",
    "ResNet50",
    "ResNet50V2",
    "MobileNetV2",
    "EfficientNetB0",
    "DenseNet121",
    "InceptionV3",
    "Xception",
    "ConvNeXtTiny",
)
SOME_METHODS = ("lrp-z", "lrp-alpha2-beta1", "deep-taylor", "pattern-net", "guided-backprop")
SHORT: dict[str, dict[str, object]] = {
    "smoothgrad": {"samples": 2},
    "smoothgrad-squared": {"samples": 2},
    "vargrad": {"samples": 2},
    "integrated-gradients": {"steps": 2},
    "deep-taylor-bounded": {"low": 0.0, "high": 255.0},
    "lrp-epsilon-gamma-box": {"low": 0.0, "high": 255.0},
}


@pytest.fixture
def family() -> Iterator[Callable[[str], tuple[keras.Model, np.ndarray]]]:
    """A function that builds a family's model without its softmax, and one image for it; all is let go afterwards."""

    def built(name: str) -> tuple[keras.Model, np.ndarray]:
        keras.utils.set_random_seed(0)
        model = getattr(keras.applications, name)(weights=None, classifier_activation="softmax")
        image = np.random.default_rng(0).uniform(*pixels(name), (1, *model.input_shape[1:]))
        return model, image.astype(np.float32)

    yield built
    keras.backend.clear_session()
    gc.collect()


def pixels(name: str) -> tuple[float, float]:
    """The range in which a family's models read images: those with a Rescaling of their own take 0 to 255."""
    return (0.0, 255.0) if name in {"EfficientNetB0", "ConvNeXtTiny"} else (-1.0, 1.0)


def in_float64(name: str, model: keras.Model) -> keras.Model:
    """The same family with the same weights, all layers computing in float64."""
    keras.config.set_dtype_policy("float64")
    try:
        double = getattr(keras.applications, name)(weights=None)
    finally:
        keras.config.set_dtype_policy("float32")
    double.set_weights(model.get_weights())
    return double


def keras_gradient(model: keras.Model, image: np.ndarray, target: int) -> np.ndarray:
    """The gradient of a logit by Keras's own layers: the last one's kernel and bias applied without its softmax."""
    inner = keras.Model(model.input, model.layers[-1].input)
    kernel, bias = model.layers[-1].weights
    x = tf.constant(image)
    with tf.GradientTape() as tape:
        tape.watch(x)
        logit = (tf.matmul(inner(x, training=False), kernel) + bias)[:, target]
    return tape.gradient(logit, x).numpy()


def map_of(network: ki.Network, image: np.ndarray, method: str) -> np.ndarray:
    """A method's map of the top logit, its traced analyzer let go at once."""
    options = dict(SHORT.get(method, {}))
    if method.startswith("pattern"):
        options["patterns"] = weight_patterns(network)
    if "background" in METHODS[method].options:
        options["background"] = 0.5 * image
    found = ki.explain(network, image, method, **options)
    network.forget()
    gc.collect()
    return found


def is_sound(found: np.ndarray, image: np.ndarray) -> bool:
    """Whether a map has the image's shape, and finite numbers that are not all zero."""
    return found.shape == image.shape and bool(np.isfinite(found).all()) and bool(found.any())


@pytest.mark.parametrize("name", FAMILIES)
def test_a_family_is_differentiated_as_keras_does_and_explained(family, name):
    model, image = family(name)
    network = ki.load_network(model)
    assert (network.head.operation, network.head.removed, network.classes) == ("Softmax", True, 1000)
    probabilities = tf.nn.softmax(network(image)).numpy()
    np.testing.assert_allclose(probabilities, model.predict_on_batch(image), rtol=1e-4, atol=1e-7)
    # In float32 gates flip by rounding, in one program as in the other: the gradients are compared in float64.
    target = int(network(image).argmax())
    exact = ki.analyzer(network, "gradient", dtype="float64")(image, target)
    network.forget()
    double = in_float64(name, model)
    assert distance(exact, keras_gradient(double, image.astype(np.float64), target)) < 1e-6
    del double
    coverage = inspect_network(network).coverage
    assert {method for method, text in coverage.items() if "cannot" in text} == {"attention-rollout"}
    unsound = [method for method in SOME_METHODS if not is_sound(map_of(network, image, method), image)]
    assert unsound == []


@pytest.mark.parametrize("name", ["MobileNetV2", "EfficientNetB0"])
def test_every_method_explains_a_family(family, name):
    model, image = family(name)
    network = ki.load_network(model)
    wanted = [name for name in ki.METHODS if name != "attention-rollout" and not METHODS[name].slow]
    maps = {method: map_of(network, image, method) for method in wanted}
    # Random weights make MobileNetV2's logits so small that a product of them with a map is zero in float32.
    assert [
        method
        for method, found in maps.items()
        if found.shape != (*image.shape[:3], 1 if METHODS[method].law == "picture" else 3)
        or not np.isfinite(found).all()
    ] == []
    assert maps["gradient"].any()
    assert maps["lrp-alpha2-beta1"].any()


@pytest.mark.parametrize("name", ["MobileNetV2"])
def test_an_exported_family_is_the_same_network(family, name, tmp_path: Path):
    model, image = family(name)
    model.export(tmp_path / "exported", verbose=False)
    network, exported = ki.load_network(model), ki.load_network(tmp_path / "exported")
    np.testing.assert_allclose(exported(image), network(image), rtol=1e-5, atol=1e-7)
    maps = [map_of(each, image, "lrp-alpha1-beta0") for each in (network, exported)]
    assert maps[0].any()
    assert distance(maps[1], maps[0]) < 1e-5
