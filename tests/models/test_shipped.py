"""The networks that were trained here are what their cards say, and reach what their recipes aim at."""

import json

import keras
import numpy as np
import pytest

from keras_invariance import models
from keras_invariance.datasets import load
from keras_invariance.errors import ModelError
from keras_invariance.models.card import checksum
from keras_invariance.models.recipes import RECIPES


@pytest.fixture(scope="module", params=models.TRAINED)
def name(request):
    return request.param


@pytest.fixture(scope="module")
def network(name):
    return keras.saving.load_model(models.path(name))


def test_the_names_are_those_of_the_recipes():
    assert models.TRAINED == ("mnist_mlp", "mnist_cnn") == tuple(RECIPES)


def test_the_card_is_that_of_the_file(name):
    card = models.card(name)
    assert card.name == name
    assert card.checksum == checksum(models.path(name))
    assert card.training == RECIPES[name].text
    assert card.about == RECIPES[name].about
    assert card.encoding == load("mnist/train").encoding.text


def test_the_card_for_people_says_the_same_as_the_one_for_machines(name):
    text = models.path(name).with_suffix(".md").read_text(encoding="utf-8")
    assert text == models.card(name).markdown()
    facts = json.loads(models.path(name).with_suffix(".json").read_text(encoding="utf-8"))
    assert facts["checksum"] in text
    assert f"{facts['accuracy']:.2%}" in text


def test_the_accuracy_is_what_the_card_says_and_the_recipe_aims_at(name, network):
    dataset = load("mnist/test")
    right = np.argmax(network.predict(dataset.images, batch_size=1000, verbose=0), axis=1) == dataset.labels
    assert models.card(name).accuracy == pytest.approx(right.mean(), abs=2e-4)  # an image on the edge may fall over
    assert right.mean() >= RECIPES[name].aim
    assert RECIPES[name].aim >= {"mnist_mlp": 0.983, "mnist_cnn": 0.99}[name]


def test_the_network_is_float32_and_ends_in_logits_without_an_optimizer(name, network):
    assert network.input_shape == (None, 28, 28, 1)
    assert network.output_shape == (None, 10)
    assert {weight.dtype for weight in network.weights} == {"float32"}
    assert network.layers[-1].activation is keras.activations.linear
    assert not network.compiled
    assert models.card(name).parameters == network.count_params()
    assert models.path(name).stat().st_size < 4 * network.count_params() + 65_536


def test_the_perceptron_is_the_papers():
    network = keras.saving.load_model(models.path("mnist-mlp"))
    dense = [layer for layer in network.layers if isinstance(layer, keras.layers.Dense)]
    assert [layer.units for layer in dense] == [1024, 1024, 1024, 10]
    assert [layer.activation.__name__ for layer in dense] == ["relu", "relu", "relu", "linear"]
    assert all(np.abs(layer.bias.numpy()).max() > 0 for layer in dense)


def test_the_convolutional_network_has_what_the_methods_must_treat():
    network = keras.saving.load_model(models.path("mnist-cnn"))
    assert {layer.padding for layer in network.layers if isinstance(layer, keras.layers.Conv2D)} == {"valid", "same"}
    assert any(isinstance(layer, keras.layers.MaxPooling2D) for layer in network.layers)


@pytest.mark.parametrize("wrong", ["mnist", "vgg16", ""])
def test_another_name_is_an_error_that_lists_the_right_ones(wrong):
    with pytest.raises(ModelError, match=rf"'{wrong}'.*mnist_mlp, mnist_cnn, efficientnet_lite0.*by their path"):
        models.path(wrong)
