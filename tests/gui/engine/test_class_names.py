"""Whose class names are whose."""

import numpy as np
import pytest

from keras_invariance.datasets import load
from keras_invariance.gui.engine.class_names import belongs, naming
from keras_invariance.gui.model.naming import Naming


@pytest.fixture
def folder(tmp_path):
    """Pictures of two classes."""
    from PIL import Image

    for name in ("cats", "dogs"):
        (tmp_path / name).mkdir()
        Image.new("L", (8, 8)).save(tmp_path / name / "one.png")
    return load(f"folder:{tmp_path}")


def test_outputs_have_the_names_of_as_many_classes_of_the_data():
    found = naming("mine.keras", 1000, load("photographs"))
    assert len(found.outputs) == 1000
    assert found.output(0).startswith("tench")
    assert (found.labels, found.label_count, found.same, found.note) == (None, 0, False, "")


def test_five_outputs_do_not_have_names_of_imagenet():
    found = naming("mine.keras", 5, load("photographs"))
    assert found.outputs is None
    assert found.output(0) == "0"
    assert found.note == "names of 1000 classes, the network has 5 outputs: not the same classes"


def test_a_shipped_network_keeps_its_own_names_beside_a_folder_with_others(folder):
    found = naming("efficientnet_lite0", 1000, folder)
    assert found.output(0).startswith("tench")
    assert [found.label(at) for at in (0, 1)] == ["cats", "dogs"]
    assert not found.same
    assert "names of 2 classes" in found.note


def test_a_folder_names_the_outputs_of_a_network_of_its_size(folder):
    found = naming("mine.keras", 2, folder)
    assert found.outputs == found.labels == ("cats", "dogs")
    assert found.same
    assert found.note == ""


def test_labels_beyond_the_outputs_are_no_outputs(tmp_path):
    np.savez(tmp_path / "mine.npz", images=np.zeros((3, 4, 4), np.uint8), labels=np.array([0, 6, 2]))
    data = load(str(tmp_path / "mine.npz"))
    found = naming("mine.keras", 5, data)
    assert found.label_count == 7
    assert not found.same
    assert found.note == "labels from 0 to 6, the network has 5 outputs: nothing is right or wrong"
    assert naming("mine.keras", 10, data).same


def test_an_image_is_right_or_wrong_where_label_and_output_are_the_same_class():
    same, other = Naming(label_count=10, same=True), Naming(None, ("cats", "dogs"), 2, same=False)
    assert (same.told(3, 3), same.told(3, 5), same.told(-1, 5)) == ("3", "3, taken for 5", "5")
    assert other.told(1, 1) == "dogs, output 1"


def test_photographs_belong_to_networks_that_see_colour():
    assert belongs("photographs", (224, 224, 3))
    assert not belongs("photographs/cat", (28, 28, 1))
    assert belongs("folder:mine", (28, 28, 1))
