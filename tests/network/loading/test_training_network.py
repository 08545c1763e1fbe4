"""Networks in training: the same maps as a network that is read anew, from functions that are traced once."""

import keras
import numpy as np
import psutil
import pytest

import keras_invariance as ki
from keras_invariance.errors import InvarianceError, ModelError
from keras_invariance.methods.single_pass import SinglePass
from keras_invariance.network.loading.training_network import TrainingNetwork, training_network
from tests.networks import CASES, Case, case

METHODS = ("gradient", "lrp-epsilon", "lrp-alpha2-beta1")
# One of each kind of rule, and one that runs the first layers apart.
EACH_KIND = (
    "guided-backprop", "integrated-gradients", "lrp-epsilon", "lrp-gamma", "lrp-alpha2-beta1", "lrp-w-square",
    "lrp-flat", "deep-taylor-bounded",
)  # fmt: skip
OPTIONS = {"deep-taylor-bounded": {"low": -3.0, "high": 3.0}, "integrated-gradients": {"steps": 4}}


def of(one: Case) -> TrainingNetwork:
    """A network in training, of a copy of the case's model, which is shared by all tests."""
    copy = keras.models.clone_model(one.model)
    copy.set_weights(one.model.get_weights())
    return training_network(copy)


def train(model: keras.Model, seed: int = 0) -> None:
    """Every number moved by about a tenth; variances stay positive."""
    rng = np.random.default_rng(seed)
    model.set_weights([values * (1 + 0.1 * rng.normal(size=values.shape)) for values in model.get_weights()])


def distance(first: np.ndarray, second: np.ndarray) -> float:
    return float(np.abs(first - second).max() / (np.abs(second).max() or 1.0))  # Deep Taylor is 0 below f = 0


def farthest(one: Case, methods: tuple[str, ...], dtype: str) -> float:
    """The largest distance of a network in training's and its twin's maps from those of the model read anew."""
    following, distances = of(one), []
    for seed in range(2):
        train(following.model, seed)
        following.update()
        anew = ki.load_network(following.model)
        shift = ki.shifts.constant(-1.0)
        pairs = [(following.network, anew, one.images)]
        pairs.append((ki.shifted_twin(following.network, shift), ki.shifted_twin(anew, shift), one.images - 1))
        for method in methods:
            told = {"dtype": dtype, **OPTIONS.get(method, {})}
            for network, fresh, images in pairs:
                try:
                    wanted = ki.explain(fresh, images, method, one.targets, **told)
                except InvarianceError:
                    continue  # the method covers no network of this kind
                distances.append(distance(ki.explain(network, images, method, one.targets, **told), wanted))
    assert distances
    return max(distances)


@pytest.mark.parametrize("name", ["normed", "rescaled"])
def test_maps_are_those_of_the_model_read_anew(name: str):
    assert farthest(case(name), METHODS, "float32") < 1e-5


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_maps_by_each_kind_of_rule_are_those_of_the_model_read_anew(name: str):
    assert farthest(case(name), EACH_KIND, "float64") < 1e-12


def test_scales_and_quotients_behind_a_layer_follow():
    layers = keras.layers
    divided = layers.Normalization(mean=[0.1, -0.2, 0.3, 0.4], variance=[0.5, 2.0, 3.0, 4.0])
    model = keras.Sequential(
        [layers.Input((3,)), layers.Dense(4), layers.BatchNormalization(), divided, layers.ReLU(), layers.Dense(2)]
    )
    model.layers[0].set_weights([np.eye(3, 4) + 0.5, np.array([0.3, 0.1, -0.1, 0.2])])
    following, images = training_network(model), np.array([[1.0, -2.0, 0.5], [0.2, 0.4, 0.9]], np.float32)
    train(model)
    following.update()
    told = {"method": "lrp-alpha2-beta1", "targets": 0, "dtype": "float64"}
    maps = ki.explain(following.network, images, **told)
    assert distance(maps, ki.explain(ki.load_network(model), images, **told)) < 1e-12


def test_a_network_in_training_stays_as_it_is_until_it_is_updated():
    following, images = of(case("mlp")), case("mlp").images
    before = following.network(images)
    train(following.model)
    np.testing.assert_array_equal(following.network(images), before)
    following.update()
    assert distance(following.network(images), before) > 1e-3


def test_functions_are_traced_once(monkeypatch: pytest.MonkeyPatch):
    traced = []
    original = SinglePass.traced
    monkeypatch.setattr(SinglePass, "traced", lambda self, *given: traced.append(self) or original(self, *given))
    following, images = of(case("cnn")), case("cnn").images
    for seed in range(3):
        train(following.model, seed)
        following.update()
        ki.explain(following.network, images, "lrp-epsilon")
        ki.explain(ki.shifted_twin(following.network, ki.shifts.constant(-1.0)), images, "lrp-epsilon")
    assert len(traced) == 2  # the network's and the twins'


def test_a_model_that_became_another_is_refused():
    model = keras.Sequential([keras.layers.Input((3,)), keras.layers.Dense(4)], name="growing")
    following = training_network(model)
    model.add(keras.layers.Dense(2))
    with pytest.raises(ModelError, match=r"'growing', which consists of other operations.*Audit it after"):
        following.update()


@pytest.mark.slow
def test_memory_does_not_grow_with_the_epochs():
    following, images, process = of(case("normed")), case("normed").images, psutil.Process()
    shift, sizes = ki.shifts.constant(-1.0), []
    for seed in range(60):
        train(following.model, seed)
        following.update()
        ki.explain(ki.shifted_twin(following.network, shift), images, "lrp-epsilon")
        sizes.append(process.memory_info().rss)
    assert max(sizes[40:]) - max(sizes[:20]) < 20 * 2**20
