"""What explainers ask of a network: a Keras model, logits, gradients, and what comes out of layers."""

from pathlib import Path

import keras
import numpy as np
import pytest

import keras_invariance as ki
from keras_invariance.errors import ModelError
from keras_invariance.network.keras_clone import cloned_model
from keras_invariance.network.keras_parts import model_of_parts
from tests.networks import CASES, case

TOLERANCE = {"float32": 1e-5, "float64": 1e-9}


def of(model, images: np.ndarray) -> np.ndarray:
    return np.asarray(model(images))


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("shift", [None, "constant:-1", "checkerboard:2"])
def test_keras_models_give_the_networks_logits(network, name, dtype, shift):
    whole, images = network(name), case(name).images
    if shift == "checkerboard:2" and len(whole.input_shape) != 3:
        pytest.skip("no picture")
    one = (whole if shift is None else ki.shifted_twin(whole, shift)).astype(dtype)
    wanted = one(images)
    for model in (one.keras_model(), model_of_parts(one)):
        assert isinstance(model, keras.Model)
        found = of(model, images.astype(dtype))
        assert found.dtype == dtype
        np.testing.assert_allclose(found, wanted, rtol=0, atol=TOLERANCE[dtype] * max(1.0, np.abs(wanted).max()))


def nested(softmax: bool = True) -> keras.Model:
    keras.utils.set_random_seed(0)
    layers = keras.layers
    inner = keras.Sequential(
        [keras.Input((8, 8, 3)), layers.Conv2D(4, 3, padding="same", activation="relu", name="deep"), layers.Flatten()],
        name="base",
    )
    inputs = keras.Input((8, 8, 3))
    top = layers.Dense(3, activation="softmax" if softmax else None, name="top")
    return keras.Model(inputs, top(inner(layers.Rescaling(2.0, -1.0)(inputs))))


PICTURES = np.random.default_rng(0).random((4, 8, 8, 3)).astype(np.float32)


@pytest.mark.parametrize("shift", [None, "constant:-1"])
def test_a_nested_models_layers_are_there_and_its_softmax_is_off(shift):
    model = nested()
    whole = ki.load_network(model)
    one = whole if shift is None else ki.shifted_twin(whole, shift)
    copied = cloned_model(one)
    assert copied.get_layer("top").activation is keras.activations.linear
    deep = copied.get_layer("base").get_layer("deep")
    assert isinstance(deep, keras.layers.Conv2D)
    np.testing.assert_array_equal(deep.kernel, model.get_layer("base").get_layer("deep").kernel)
    assert hasattr(deep, "offset") == (shift is not None)  # padding makes the twin's bias a map
    assert model.get_layer("top").activation is keras.activations.softmax


def test_a_twins_bias_is_in_its_model():
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, activation="relu"), keras.layers.Dense(2)])
    model.set_weights([np.array([[1, 2], [3, 4], [5, 6]]), np.array([1, -1]), np.eye(2), np.zeros(2)])
    twin = ki.shifted_twin(ki.load_network(model), "constant:-1")
    # b - w^T m with m = -1: 1 + (1 + 3 + 5), -1 + (2 + 4 + 6)
    np.testing.assert_array_equal(twin.keras_model().layers[0].bias, [10, 11])
    np.testing.assert_array_equal(model.layers[0].bias, [1, -1])


def test_a_saved_model_is_a_model_of_its_parts(tmp_path: Path):
    nested().export(tmp_path / "saved", verbose=False)
    saved = ki.load_network(tmp_path / "saved")
    for one in (saved, ki.shifted_twin(saved, "checkerboard:2")):
        model = one.keras_model()
        np.testing.assert_allclose(of(model, PICTURES), one(PICTURES), rtol=0, atol=1e-5)
        assert any(layer.name.endswith("top_1.MatMul") for layer in model.layers)


def test_gradients_are_the_gradients_and_a_twins_its_own(network):
    whole, images = network("cnn"), case("cnn").images
    for dtype in ("float32", "float64"):
        one = whole.astype(dtype)
        np.testing.assert_allclose(one.gradient(images), ki.explain(one, images, "gradient"), rtol=0, atol=1e-5)
        twin = ki.shifted_twin(one, "constant:0.5")
        np.testing.assert_allclose(twin.gradient(images + 0.5, 1), one.gradient(images, 1), rtol=0, atol=1e-4)
    assert whole.gradient(images[:0]).shape == (0, 9, 8, 2)
    np.testing.assert_array_equal(whole.predict(images), whole(images))


def test_layers_are_found_by_the_names_of_inspect_and_of_keras_and_nested():
    model = nested()
    whole = ki.load_network(model)
    wanted = of(model.get_layer("base").get_layer("deep"), 2 * PICTURES - 1)
    names = [unit.layer.name for unit in whole.units if unit.layer is not None]
    for name in (names[0], "deep", names[0].split("/", 1)[1]):
        np.testing.assert_allclose(whole.activations(PICTURES, name), wanted, rtol=0, atol=1e-5)
    twin = ki.shifted_twin(whole, "constant:-1")
    np.testing.assert_allclose(twin.activations(PICTURES - 1, "deep"), wanted, rtol=0, atol=1e-4)
    with pytest.raises(ModelError, match=f"'depth'.*{names[0]}"):
        whole.activations(PICTURES, "depth")
