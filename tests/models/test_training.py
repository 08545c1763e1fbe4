"""Recipes train: the same seed gives the same file, another seed another one; nothing outside is changed."""

import re
import zipfile
from dataclasses import replace

import keras
import numpy as np
import pytest

from keras_invariance import models
from keras_invariance.datasets import as_dataset, load
from keras_invariance.errors import ModelError
from keras_invariance.models.recipes import RECIPES, Convolution, Dense, Flatten, MaxPool, Recipe
from keras_invariance.models.training import accuracy, fit, untrained_network, write_network

# Keras 3.15 saves weights in a way that NumPy 2.4 will refuse one day.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning")

TINY = Recipe(
    "a small one",
    (Convolution(4, 3, "same"), MaxPool(), Flatten(), Dense(8), Dense(10, None)),
    aim=0.0,
    epochs=2,
    rate=0.05,
    batch_size=50,
)


@pytest.fixture(scope="module")
def images():
    return as_dataset(load("mnist/train[:220]").images, load("mnist/train[:220]").labels)


def trained(recipe, images, seed=0, progress=None):
    network = untrained_network(recipe, "tiny", seed)
    fit(network, recipe, images, seed, progress)
    return network


def written(network, path):
    write_network(network, path)
    return path.read_bytes()


@pytest.mark.parametrize("name", models.TRAINED)
def test_a_recipe_takes_a_few_steps_and_repeats_them_to_the_bit(name, images):
    recipe = replace(RECIPES[name], epochs=1)
    first, second, other = (trained(recipe, images, seed).get_weights() for seed in (3, 3, 4))
    assert all(np.array_equal(one, two) for one, two in zip(first, second, strict=True))
    assert not any(np.array_equal(one, two) for one, two in zip(first, other, strict=True))


@pytest.mark.parametrize(
    "change",
    [{"epochs": 3}, {"rate": 0.01}, {"momentum": 0.0}, {"batch_size": 30}],
    ids=lambda change: next(iter(change)),
)
def test_every_number_of_the_recipe_changes_the_weights(images, change):
    usual, changed = trained(TINY, images), trained(replace(TINY, **change), images)
    assert not np.allclose(usual.get_weights()[0], changed.get_weights()[0], atol=1e-5)


def test_training_learns(images):
    network = untrained_network(TINY, "tiny", 0)
    before = accuracy(network, images)
    fit(network, replace(TINY, epochs=8), images, 0)
    assert accuracy(network, images) > before + 0.3


def test_the_rate_falls_from_the_recipes_to_nothing(images):
    network = trained(TINY, images)
    steps = TINY.epochs * 5  # 220 images in batches of 50 are 5 steps
    rates = [float(network.optimizer._learning_rate(step)) for step in (0, steps / 2, steps)]
    np.testing.assert_allclose(rates, [0.05, 0.025, 0.0], atol=1e-7)


def test_training_draws_from_no_generator_but_its_own(images):
    np.random.seed(5)  # noqa: NPY002 - the generator that must stay as it is
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    trained(TINY, images)
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002


def test_progress_counts_every_step_once(images):
    seen = []
    trained(TINY, images, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(step, 10) for step in range(1, 11)]


def test_equal_networks_are_equal_files_without_dates_and_addresses(images, tmp_path):
    first = written(trained(TINY, images), tmp_path / "first.keras")
    assert written(trained(TINY, images), tmp_path / "second.keras") == first
    assert written(trained(TINY, images, seed=1), tmp_path / "third.keras") != first
    with zipfile.ZipFile(tmp_path / "first.keras") as archive:
        assert {entry.date_time[0] for entry in archive.infolist()} == {1980}
        assert set(re.findall(r'"shared_object_id": (\d+)', archive.read("config.json").decode())) == {"1"}


def test_a_written_network_reads_back_the_same_and_without_an_optimizer(images, tmp_path):
    network = trained(TINY, images)
    written(network, tmp_path / "tiny.keras")
    read = keras.saving.load_model(tmp_path / "tiny.keras")
    assert not read.compiled
    np.testing.assert_array_equal(read.predict_on_batch(images.images), network.predict_on_batch(images.images))


def test_a_write_that_fails_leaves_the_old_file_and_no_rest(images, tmp_path, monkeypatch):
    path = tmp_path / "tiny.keras"
    before = written(trained(TINY, images), path)
    monkeypatch.setattr("keras_invariance.models.training._normalise", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write_network(trained(TINY, images, seed=1), path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_train_writes_a_network_and_its_card(images, tmp_path, monkeypatch):
    splits = {"mnist/train": images, "mnist/test": images[:50]}
    monkeypatch.setattr(models, "load_mnist", splits.__getitem__)
    card = models.train("mnist-cnn", tmp_path / "mine.keras", seed=2, epochs=1)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine.json", "mine.keras", "mine.md"]
    assert (card.name, card.seed, card.training[:8]) == ("mnist_cnn", 2, "1 epochs")
    network = keras.saving.load_model(tmp_path / "mine.keras")
    assert card.accuracy == pytest.approx(accuracy(network, images[:50]), abs=1e-6)
    assert "train mnist-cnn --seed 2" in (tmp_path / "mine.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "out", "options", "message"),
    [
        ("mnist_rnn", "x.keras", {}, "'mnist_rnn'.*mnist_mlp, mnist_cnn.*shipped network"),
        (
            "efficientnet-lite0",
            "x.keras",
            {},
            "'efficientnet-lite0'.*by others.*mnist_mlp, mnist_cnn.*models.conversion",
        ),
        ("mnist_mlp", "x.h5", {}, r"x\.h5.*ends in \.keras.*Add the ending"),
        ("mnist_mlp", "none/x.keras", {}, r"none/x\.keras.*folder that exists.*Make the folder"),
        ("mnist_mlp", "x.keras", {"epochs": 0}, "epochs=0.*at least 1.*Leave epochs out"),
    ],
)
def test_a_wrong_order_is_an_error_before_anything_is_trained(tmp_path, name, out, options, message):
    with pytest.raises(ModelError, match=message):
        models.train(name, tmp_path / out, **options)
    assert not list(tmp_path.iterdir())
