"""Networks that ship are loaded by their names, in Python as on the command line."""

from pathlib import Path

import pytest

import keras_invariance as ki
from keras_invariance import models
from keras_invariance.errors import ModelError


@pytest.mark.parametrize("name", ["mnist_cnn", "mnist-cnn", Path("mnist_cnn")])
def test_a_shipped_network_is_loaded_by_its_name(name):
    assert ki.load_network(name).fingerprint == ki.load_network(models.path("mnist_cnn")).fingerprint


def test_a_path_comes_before_a_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("mnist_cnn").write_bytes(models.path("mnist_mlp").read_bytes())
    with pytest.raises(ModelError, match="mnist_cnn"):  # a file without an ending is no model
        ki.load_network("mnist_cnn")


def test_an_unknown_name_lists_those_that_there_are():
    with pytest.raises(ModelError, match=r"'mnist_cnm', which does not exist.*mnist_mlp, mnist_cnn.*Check the path"):
        ki.load_network("mnist_cnm")


@pytest.mark.parametrize("spec", ["constant:-1", "checkerboard:4+constant:0.5"])
def test_shifts_are_spelled_in_python_as_on_the_command_line(spec):
    network = ki.load_network("mnist_mlp")
    twin, other = ki.shifted_twin(network, spec), ki.shifted_twin(network, ki.shifts.parse(spec))
    assert twin.source == other.source
    x = ki.datasets.load("mnist/test[:2]").images
    first, second = ki.explain_pair(network, twin, x, spec, "gradient")
    assert (first == second).all()
