"""Twins on disk: a Keras file where Keras can say it, else a SavedModel folder; whole, or not at all."""

from collections.abc import Callable

import keras
import numpy as np
import pytest
from keras import layers

import keras_invariance as ki
from keras_invariance.errors import ModelError, PatternError
from keras_invariance.patterns import weight_patterns
from keras_invariance.twins.shifted import save_twin
from tests.networks.case import fill, signed_images

SHAPE = (6, 5, 2)


def behind(*first: layers.Layer) -> ki.Network:
    """A network that starts with some layers."""
    rest = [layers.Flatten(), layers.Dense(5, activation="relu"), layers.Dense(3, activation="softmax")]
    model = keras.Sequential([keras.Input(SHAPE), *first, *rest])
    fill(model, 51)
    return ki.load_network(model)


def branches() -> ki.Network:
    image = keras.Input(SHAPE)
    parts = [layers.Conv2D(2, 3, activation="relu")(image), layers.Conv2D(3, 3, use_bias=False)(image)]
    model = keras.Model(image, layers.Dense(3)(layers.Flatten()(layers.Concatenate()(parts))))
    fill(model, 52)
    return ki.load_network(model)


IN_KERAS: dict[str, Callable[[], ki.Network]] = {
    "dense": lambda: behind(layers.Flatten(), layers.Dense(7, activation="tanh")),
    "dense without bias": lambda: behind(layers.Flatten(), layers.Dense(7, activation="tanh", use_bias=False)),
    "valid": lambda: behind(layers.Conv2D(3, 3, activation="relu")),
    "valid without bias": lambda: behind(layers.Conv2D(3, 3, activation="relu", use_bias=False)),
    "strided, normed behind": lambda: behind(layers.Conv2D(3, 2, strides=2), layers.BatchNormalization()),
    "depthwise": lambda: behind(layers.DepthwiseConv2D(3, activation="relu")),
    "rescaled": lambda: behind(layers.Rescaling(2.0, 0.5), layers.Conv2D(3, 3, activation="relu")),
    "branches": branches,
}
NOT_IN_KERAS: dict[str, Callable[[], ki.Network]] = {
    "same": lambda: behind(layers.Conv2D(3, 3, padding="same", activation="relu")),
    "activation first": lambda: behind(layers.LeakyReLU(), layers.Conv2D(3, 3)),
}


def saved(network: ki.Network, shift: object, path: object) -> tuple[object, ki.Network, float]:
    """What was written, the network read back from it, and how far its logits are from the twin's and network's."""
    written = save_twin(ki.shifted_twin(network, shift), path)
    back = ki.load_network(written)
    images = signed_images(SHAPE, seed=6)
    m = ki.shifts.as_shift(shift).values(SHAPE)
    logits = network(images)
    return written, back, np.abs(back(images + m) - logits).max() / np.abs(logits).max()


@pytest.mark.parametrize("name", IN_KERAS)
def test_a_constant_shift_becomes_a_keras_file_with_another_bias(tmp_path, name):
    network = IN_KERAS[name]()
    before = [weights.copy() for weights in network.model.get_weights()]
    written, back, error = saved(network, -1.0, tmp_path / "twin.keras")
    assert written == tmp_path / "twin.keras"
    assert written.is_file()
    assert back.model is not None
    assert error < 1e-5
    for now, then in zip(network.model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(now, then)


def test_a_dense_twin_in_keras_undoes_any_shift(tmp_path):
    written, _, error = saved(IN_KERAS["dense"](), ki.shifts.checkerboard(2), tmp_path / "twin.keras")
    assert written.is_file()
    assert error < 1e-5


@pytest.mark.parametrize(
    ("name", "shift"),
    [
        ("same", "constant:-1"),
        ("valid", "checkerboard:2"),
        ("valid without bias", "checkerboard:2"),
        ("activation first", "constant:-1"),
    ],
)
def test_what_keras_cannot_say_becomes_a_saved_model(tmp_path, name, shift):
    network = (IN_KERAS | NOT_IN_KERAS)[name]()
    written, back, error = saved(network, ki.shifts.parse(shift), tmp_path / "twin.keras")
    assert written == tmp_path / "twin"
    assert (written / "saved_model.pb").is_file()
    assert back.input_shape == SHAPE
    assert error < 1e-5
    assert [path.name for path in tmp_path.iterdir()] == ["twin"]


def test_another_ending_asks_for_a_saved_model(tmp_path):
    written, _, error = saved(IN_KERAS["dense"](), -1.0, tmp_path / "deep" / "folder")
    assert written == tmp_path / "deep" / "folder"
    assert written.is_dir()
    assert error < 1e-5


@pytest.mark.parametrize("name", ["dense", "same"])
def test_a_twin_that_was_read_back_takes_the_networks_patterns_and_has_twins(tmp_path, name):
    network = (IN_KERAS | NOT_IN_KERAS)[name]()
    _, back, _ = saved(network, -1.0, tmp_path / "twin.keras")
    images, patterns = signed_images(SHAPE), weight_patterns(network)
    before = ki.explain(network, images, "pattern-net", 0, patterns=patterns)
    after = ki.explain(back, images - 1, "pattern-net", 0, patterns=patterns)
    np.testing.assert_allclose(after, before, atol=2e-5 * np.abs(before).max())
    path = patterns.save(tmp_path / "patterns.npz")
    ki.load_patterns(path, back)
    with pytest.raises(PatternError, match=r"weights.*fit_patterns"):
        ki.load_patterns(path, IN_KERAS["valid"]())
    again = ki.shifted_twin(back, 1.0)
    np.testing.assert_allclose(again(images), network(images), atol=1e-5 * np.abs(network(images)).max())


def test_a_twins_twin_is_saved_whole(tmp_path):
    network = IN_KERAS["dense"]()
    twin = ki.shifted_twin(ki.shifted_twin(network, -1.0), 3.0)
    images = signed_images(SHAPE)
    back = ki.load_network(save_twin(twin, tmp_path / "twin.keras"))
    np.testing.assert_allclose(back(images + 2), network(images), atol=1e-5 * np.abs(network(images)).max())


@pytest.mark.parametrize("ending", ["twin.keras", "folder"])
def test_a_twin_of_the_same_kind_is_replaced(tmp_path, ending):
    network, path = IN_KERAS["dense"](), tmp_path / ending
    save_twin(ki.shifted_twin(network, 5.0), path)
    _, _, error = saved(network, -1.0, path)
    assert error < 1e-5
    assert [path.name for path in tmp_path.iterdir()] == [ending]


@pytest.mark.parametrize(
    ("name", "target", "words"),
    [("dense", "twin.keras", r"twin\.keras'.*folder.*another name"), ("same", "twin", r"twin'.*a file.*another name")],
)
def test_what_is_there_and_of_another_kind_is_left_alone(tmp_path, name, target, words):
    network = (IN_KERAS | NOT_IN_KERAS)[name]()
    there = tmp_path / target
    if name == "dense":
        there.mkdir()
        (there / "mine").write_text("kept")
    else:
        there.write_text("kept")
    with pytest.raises(ModelError, match=words):
        save_twin(ki.shifted_twin(network, -1.0), tmp_path / "twin.keras")
    assert (there / "mine" if name == "dense" else there).read_text() == "kept"
    assert [path.name for path in tmp_path.iterdir()] == [target]


@pytest.mark.parametrize("name", ["dense", "same"])
def test_where_nothing_can_be_written_nothing_is_left(tmp_path, name):
    (tmp_path / "file").write_text("kept")
    with pytest.raises(ModelError, match=r"nothing can be written.*Choose another"):
        save_twin(ki.shifted_twin((IN_KERAS | NOT_IN_KERAS)[name](), -1.0), tmp_path / "file" / "twin.keras")
    assert (tmp_path / "file").read_text() == "kept"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_twin_that_breaks_while_it_is_written_leaves_the_old_one(tmp_path):
    # A file name that is longer than a file system takes fails after the folder for the parts was made.
    network = IN_KERAS["dense"]()
    path = save_twin(ki.shifted_twin(network, -1.0), tmp_path / "twin.keras")
    content = path.read_bytes()
    with pytest.raises(OSError, match="name too long"):
        save_twin(ki.shifted_twin(network, 2.0), tmp_path / ("x" * 250 + ".keras"))
    assert [found.name for found in tmp_path.iterdir()] == ["twin.keras"]
    assert path.read_bytes() == content


def test_a_folder_with_other_things_in_it_is_left_alone(tmp_path):
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])
    twin = ki.shifted_twin(ki.load_network(model), np.full(4, -1.0))
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("all of it")
    with pytest.raises(ModelError, match=r"other things in it.*Choose another"):
        save_twin(twin, tmp_path / "mine")
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "all of it"
