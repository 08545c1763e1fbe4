"""Class activation maps: against a literal copy on Keras's layers, where they are taken, and what they promise."""

from inspect import signature

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

import keras_invariance as ki
from keras_invariance.cli.options import method_names
from keras_invariance.errors import MethodError
from keras_invariance.methods.catalogue import METHODS, QUICK
from tests.networks import case
from tests.oracle.agreement import distance
from tests.oracle.class_activation import class_activation, in_float64, resized, score_cam
from tests.oracle.gradient import signal

BY_GRADIENT = ("grad-cam", "grad-cam++", "hires-cam", "layer-cam", "xgrad-cam")
# A case, and the place among its Keras layers of the last one with an output over the image, its activation included.
LAST = {
    "cnn": 1,
    "dilated": 1,
    "depthwise": 5,
    "transposed": 1,
    "mean-pooled": 2,
    "normed": 6,
    "residual": -3,
    "rescaled": 2,
    "branched": -3,
    "gated": -3,
    "series": 2,
    "volume": 1,
    "channelwise": 3,
}
WITHOUT = ("mlp", "leaky", "smooth")

by_gradient = pytest.mark.parametrize("method", BY_GRADIENT)


def test_the_family_is_known():
    family = tuple(name for name, one in METHODS.items() if one.family == "class activation")
    assert family[: len(BY_GRADIENT)] == BY_GRADIENT


@by_gradient
@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("name", LAST)
def test_maps_equal_the_oracle_in_float64(network, name, method, signed):
    one = case(name)
    model, layer = in_float64(one.model), one.model.layers[LAST[name]].name
    maps = ki.analyzer(network(name), method, dtype="float64", signed=signed)(one.images, one.targets)
    oracle = class_activation(model, layer, method, one.images, one.targets, signed=signed)
    assert maps.shape == (len(one.images), *one.images.shape[1:-1], 1)
    assert maps.dtype == np.float64
    assert distance(maps, oracle) < 1e-6


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("name", LAST)
def test_score_cam_equals_the_oracle_in_float64(network, name, signed):
    one = case(name)
    model, layer = in_float64(one.model), one.model.layers[LAST[name]].name
    maps = ki.analyzer(network(name), "score-cam", dtype="float64", signed=signed)(one.images, one.targets)
    assert maps.shape == (len(one.images), *one.images.shape[1:-1], 1)
    assert distance(maps, score_cam(model, layer, one.images, one.targets, signed=signed)) < 1e-6


@pytest.mark.parametrize("batch_size", [1, 2, 3, 5, 100])
def test_score_cam_is_the_same_whatever_is_computed_at_a_time(network, batch_size):
    one = case("cnn")
    told = {"dtype": "float64", "layer": one.model.layers[0].name}
    whole = ki.explain(network("cnn"), one.images, "score-cam", one.targets, **told)
    parts = ki.explain(network("cnn"), one.images, "score-cam", one.targets, batch_size=batch_size, **told)
    assert distance(parts, whole) < 1e-12


def test_a_channel_without_a_picture_hides_everything():
    """The first channel is 2 everywhere, M = 0 and f = 0; the second is the image, M = [0, 1] and f = 1 * 1 * 3."""
    conv, dense = layers.Conv2D(2, 1), layers.Dense(1, use_bias=False)
    model = keras.Sequential([keras.Input((1, 2, 1)), conv, layers.Flatten(), dense])
    conv.set_weights([np.array([0, 1.0]).reshape(1, 1, 1, 2), np.array([2.0, 0])])
    dense.set_weights([np.array([0, 0, 0, 3.0]).reshape(4, 1)])
    maps = ki.explain(ki.load_network(model), np.array([0, 1.0]).reshape(1, 1, 2, 1), "score-cam")
    share = np.exp(3.0) / (1 + np.exp(3.0))
    np.testing.assert_allclose(maps[0, 0, :, 0], [2 * (1 - share), 2 * (1 - share) + share], rtol=1e-6)


@pytest.mark.parametrize("name", [*LAST])
def test_guided_grad_cam_is_the_product_of_both(network, name):
    one = case(name)
    model, layer = in_float64(one.model), one.model.layers[LAST[name]].name
    cams = class_activation(model, layer, "grad-cam", one.images, one.targets)
    pairs = zip(one.images.astype(np.float64), one.targets, strict=True)
    guided = np.stack([signal(one.oracle, image, target, kind="guided-backprop") for image, target in pairs])
    maps = ki.analyzer(network(name), "guided-grad-cam", dtype="float64")(one.images, one.targets)
    assert distance(maps, guided.reshape(one.images.shape) * cams) < 1e-6


def test_guided_grad_cam_follows_a_scale_as_a_sensitivity_does(network):
    """x' = 2^k x with the first kernel divided: guided backprop is divided by the scale, Grad-CAM stays."""
    one, scale = case("cnn"), np.array([4.0, 0.5])
    model = keras.models.clone_model(one.model)
    model.set_weights(one.model.get_weights())
    kernel, bias = model.layers[0].get_weights()
    model.layers[0].set_weights([kernel / scale.reshape(1, 1, 2, 1), bias])
    moved, images = ki.load_network(model), one.images * scale.astype(np.float32)
    for method, law in [("guided-grad-cam", scale), ("grad-cam", 1.0), ("layer-cam", 1.0)]:
        first = ki.explain(network("cnn"), one.images, method, one.targets)
        np.testing.assert_array_equal(ki.explain(moved, images, method, one.targets) * law, first)


def test_the_slow_one_is_left_out_where_no_method_is_named():
    assert "score-cam" in ki.METHODS
    assert "score-cam" not in QUICK
    assert "score-cam" in method_names(["all"], "gradient")
    assert signature(ki.audit).parameters["methods"].default == QUICK


@by_gradient
def test_maps_by_hand(method):
    """One convolution that copies two channels, one of them twice over, and a dense layer that reads three places.

    The image is a = [[1, 2], [0, 0]] and b = [[0, 1], [3, 0]]; the logit is a00 + 2 b10 - a01. So the gradients are
    [[1, -1], [0, 0]] and [[0, 0], [2, 0]], sum(a) = 3, sum(b) = 4.
    """
    image = np.stack([[[1, 2], [0, 0]], [[0, 1], [3, 0]]], axis=-1).astype(np.float32)[np.newaxis]
    conv, dense = layers.Conv2D(2, 1, activation="relu"), layers.Dense(1)
    network = ki.load_network(keras.Sequential([keras.Input((2, 2, 2)), conv, layers.Flatten(), dense]))
    conv.set_weights([np.eye(2).reshape(1, 1, 2, 2), np.zeros(2)])
    dense.set_weights([np.array([1, 0, -1, 0, 0, 2, 0, 0]).reshape(8, 1), np.zeros(1)])
    network = ki.load_network(network.model)
    # Weights: the means of g are 0 and 1/2; c = 1 / (2 + 3 * 1) = 1/5 and 1 / (2 + 4 * 2) = 1/10, the latter times 2;
    # sum(g a) = 1 - 2 = -1 over 3, and 6 over 4.
    wanted = {
        "grad-cam": [[0, 0.5], [1.5, 0]],
        "grad-cam++": [[0.2, 0.4 + 0.2], [0.6, 0]],
        "hires-cam": [[1, -2], [6, 0]],
        "layer-cam": [[1, 0], [6, 0]],
        "xgrad-cam": [[-1 / 3, -2 / 3 + 1.5], [4.5, 0]],
    }[method]
    signed = ki.explain(network, image, method, signed=True)[0, ..., 0]
    np.testing.assert_allclose(signed, wanted, atol=1e-6)
    np.testing.assert_array_equal(ki.explain(network, image, method)[0, ..., 0], np.maximum(signed, 0))


@pytest.mark.parametrize(("places", "size"), [((4, 3), (9, 8)), ((7, 7), (28, 28)), ((1, 5), (6, 3)), ((9, 8), (4, 3))])
def test_maps_are_resized_as_tensorflow_does(places, size):
    from keras_invariance.methods.resizing import resized as own

    maps = np.random.default_rng(0).normal(size=(2, *places, 3)).astype(np.float32)
    np.testing.assert_allclose(own(tf.constant(maps), size), tf.image.resize(maps, size, "bilinear"), atol=1e-5)


@pytest.mark.parametrize("name", ["cnn", "series", "volume"])
def test_coarse_maps_lie_at_the_layers_places(network, name):
    one, analyzer = case(name), ki.analyzer(network(name), "grad-cam", dtype="float64")
    coarse, maps = analyzer.coarse(one.images, one.targets), analyzer(one.images, one.targets)
    assert coarse.shape == (3, *{"cnn": (4, 3), "series": (2,), "volume": (3, 3, 2)}[name], 1)
    for small, large in zip(coarse[..., 0], maps[..., 0], strict=True):
        np.testing.assert_allclose(large, resized(small, large.shape), atol=1e-9)


def test_no_images_give_no_maps(network):
    analyzer = ki.analyzer(network("cnn"), "grad-cam")
    assert analyzer(np.zeros((0, 9, 8, 2))).shape == (0, 9, 8, 1)
    assert analyzer.coarse(np.zeros((0, 9, 8, 2))).shape == (0, 4, 3, 1)


@by_gradient
@pytest.mark.parametrize(("name", "place"), [("cnn", 0), ("residual", 2), ("normed", 2), ("series", 0)])
def test_another_layer_equals_the_oracle(network, name, place, method):
    one = case(name)
    layer = one.model.layers[place].name
    maps = ki.analyzer(network(name), method, dtype="float64", layer=layer)(one.images, one.targets)
    oracle = class_activation(in_float64(one.model), layer, method, one.images, one.targets)
    assert distance(maps, oracle) < 1e-6


def test_a_layer_goes_by_its_name_in_the_graph_and_in_keras(network):
    one, cnn = case("cnn"), network("cnn")
    unit = cnn.units[0]
    names = [unit.name, unit.name.split("/", 1)[1], unit.name.split("/")[1], one.model.layers[0].name]
    maps = [ki.explain(cnn, one.images, "grad-cam", one.targets, layer=name) for name in names]
    for again in maps[1:]:
        np.testing.assert_array_equal(again, maps[0])
    assert distance(maps[0], ki.explain(cnn, one.images, "grad-cam", one.targets)) > 1e-2


@pytest.mark.parametrize("wrong", ["conv2d_77", "max_pooling2d", "dense_3"])
def test_a_layer_that_is_not_there_is_refused_and_those_that_are_are_listed(network, wrong):
    with pytest.raises(MethodError, match=wrong) as caught:
        ki.analyzer(network("cnn"), "hires-cam", layer=wrong)
    text = str(caught.value)
    assert "\n" not in text
    names = [unit.name.split("/", 1)[1] for unit in network("cnn").units if "conv" in unit.name]
    assert len(names) == 2
    assert all(name in text for name in names)


@pytest.mark.parametrize("method", [*BY_GRADIENT, "score-cam", "guided-grad-cam"])
@pytest.mark.parametrize("name", WITHOUT)
def test_a_network_without_places_is_refused_in_one_line(network, name, method):
    with pytest.raises(MethodError, match=rf"{method.replace('+', '.')} for a network.*no spatial layer.*gradient"):
        ki.analyzer(network(name), method)


def test_what_stands_in_front_of_the_first_layer_is_no_layer():
    model = keras.Sequential([keras.Input((4, 4, 1)), layers.Rescaling(2.0), layers.Flatten(), layers.Dense(2)])
    with pytest.raises(MethodError, match="no spatial layer"):
        ki.analyzer(ki.load_network(model), "grad-cam")


def test_where_the_logit_does_not_read_the_layer_there_is_no_map():
    stop = layers.Lambda(tf.stop_gradient)
    model = keras.Sequential([keras.Input((4, 4, 1)), layers.Conv2D(2, 3), stop, layers.Flatten(), layers.Dense(2)])
    maps = ki.explain(ki.load_network(model), np.ones((2, 4, 4, 1)), "grad-cam", signed=True)
    np.testing.assert_array_equal(maps, np.zeros((2, 4, 4, 1)))


def test_branches_are_left_for_where_they_meet():
    image = keras.Input((6, 6, 2))
    parts = [layers.Conv2D(2, 3, padding="same", activation="relu")(image) for _ in range(2)]
    for join in (layers.Concatenate(), layers.Maximum(), layers.Add(), layers.Multiply()):
        model = keras.Model(image, layers.Dense(2)(layers.Flatten()(join(parts))))
        analyzer = ki.analyzer(ki.load_network(model), "grad-cam")
        assert join.name in analyzer.layer.name, analyzer.layer


def test_tokens_of_attention_lie_over_their_series():
    words = keras.Input((10, 6))
    hidden = layers.Dense(8)(words)
    attended = layers.Add()([hidden, layers.MultiHeadAttention(2, 4)(hidden, hidden)])
    network = ki.load_network(keras.Model(words, layers.Dense(4)(layers.GlobalAveragePooling1D()(attended))))
    analyzer = ki.analyzer(network, "layer-cam")
    assert analyzer.layer.sizes == (10,)
    assert "add" in analyzer.layer.name
    assert analyzer(np.random.default_rng(0).normal(size=(2, 10, 6))).shape == (2, 10, 1)


@by_gradient
def test_a_twin_has_the_very_maps(network, method):
    one = case("cnn")
    for name in (None, one.model.layers[0].name):
        told = {"options": {"layer": name}}
        twin = ki.shifted_twin(network("cnn"), "constant:-0.75")
        first, second = ki.explain_pair(network("cnn"), twin, one.images, "constant:-0.75", method, **told)
        np.testing.assert_array_equal(first, second)
        assert first.any()


@by_gradient
def test_smoothgrad_works_around_them(network, method):
    one = case("cnn")
    told = {"base": method, "samples": 2, "sigma": 1e-6, "dtype": "float64"}
    maps = ki.explain(network("cnn"), one.images, "smoothgrad", one.targets, **told)
    assert distance(maps, ki.explain(network("cnn"), one.images, method, one.targets, dtype="float64")) < 1e-3


def mobile_net() -> keras.Model:
    """MobileNetV2 inside a Sequential, its weights random."""
    keras.utils.set_random_seed(0)
    inner = keras.applications.MobileNetV2(weights=None, include_top=False, input_shape=(64, 64, 3))
    front, top = layers.Rescaling(1 / 127.5, offset=-1), layers.Dense(5)
    return keras.Sequential([keras.Input((64, 64, 3)), front, inner, layers.GlobalAveragePooling2D(), top])


@pytest.mark.slow
def test_a_nested_mobile_net_and_its_saved_model_are_explained(tmp_path):
    model = mobile_net()
    model.export(tmp_path / "saved", verbose=False)
    images = np.random.default_rng(0).uniform(0, 255, (2, 64, 64, 3)).astype(np.float32)
    nested = ki.load_network(model)
    maps = ki.explain(nested, images, "grad-cam", 1, signed=True, dtype="float64")
    saved = ki.explain(ki.load_network(tmp_path / "saved"), images, "grad-cam", 1, signed=True, dtype="float64")
    assert maps.shape == (2, 64, 64, 1)
    assert maps.any()
    assert distance(saved, maps) < 1e-5
    # Behind a mean pool and one dense layer the gradient is the kernel over the number of places: the first CAM.
    inner, top = model.layers[1], model.layers[-1]
    a = inner(model.layers[0](images)).numpy().astype(np.float64)
    weights = top.kernel.numpy()[:, 1] / (a.shape[1] * a.shape[2])
    coarse = np.tensordot(a, weights, 1)
    oracle = np.stack([resized(one, (64, 64)) for one in coarse])[..., np.newaxis]
    assert distance(maps, oracle) < 1e-4
    inside = ki.explain(nested, images, "layer-cam", 1, layer="block_13_expand_relu")
    assert inside.shape == (2, 64, 64, 1)
