"""Data and names follow the network that they belong to, or say that they do not fit."""

import subprocess
import sys

import pytest

FIVE = """
import sys
import keras
layers = [keras.Input((32, 32, 3)), keras.layers.Conv2D(4, 3, activation="relu"), keras.layers.Flatten(),
          keras.layers.Dense(5)]
keras.utils.set_random_seed(1)
keras.Sequential(layers).save(sys.argv[1])
"""


@pytest.fixture(scope="module")
def five(tmp_path_factory):
    """A network that reads colour pictures and has five outputs; made elsewhere, the window imports no TensorFlow."""
    path = tmp_path_factory.mktemp("models") / "five.keras"
    subprocess.run([sys.executable, "-c", FIVE, path], check=True, capture_output=True)
    return str(path)


def test_a_network_of_five_outputs_has_numbers_and_not_names_of_imagenet(window, settle, five):
    window.menu_actions.open_path(five)
    settle()
    assert window.viewer.question.data == "photographs"
    items = [window.data.classes.itemText(at) for at in range(window.data.classes.count())]
    assert items == ["All classes", "0", "1", "2", "3", "4"]
    predicted = window.grid.columns[0].texts[0].text()
    assert predicted.split("<b>")[1].split()[0] in {"0", "1", "2", "3", "4"}
    assert "not the same classes" in window.data.about.text()
    assert not window.data.wrong.isEnabled()


def test_going_back_to_the_digits_network_brings_the_digits_back(window, settle, five):
    window.menu_actions.open_path(five)
    settle()
    window.menu_actions.open_path("mnist_cnn")
    settle()
    assert window.viewer.question.data == "mnist/test"
    assert window.viewer.answers.inputs[0].label == 7
    assert window.data.classes.count() == 11
    assert window.data.wrong.isEnabled()


def test_photographs_that_were_chosen_do_not_follow_to_a_network_that_sees_no_colour(window, settle, five):
    window.menu_actions.open_path(five)
    settle()
    window.viewer.open(data="photographs")
    settle()
    window.menu_actions.open_path("mnist_cnn")
    settle()
    assert window.viewer.question.data == "mnist/test"
    assert "photographs does not fit this network: mnist/test instead" in window.log.toPlainText()


def test_photographs_that_are_asked_for_on_a_network_that_sees_no_colour_say_so(window, settle):
    window.viewer.open(data="photographs")
    settle()
    assert window.viewer.question.data == "photographs"
    assert "made grey and 28 x 28 x 1" in window.data.about.text()
    assert "not the same classes" in window.data.about.text()
    assert "tench" not in window.grid.columns[0].texts[0].text()
