"""Every object that users hold, and every one that a traceback shows, says in one line what it is."""

from dataclasses import replace
from io import StringIO

import numpy as np
import pytest
from rich.console import Console

import keras_invariance as ki
from keras_invariance.comparison.pairs import paired
from keras_invariance.comparison.verdicts import judge
from keras_invariance.methods.request import Origin, checked_inputs

LONGEST = 260


@pytest.fixture(scope="module")
def network():
    return ki.load_network("mnist_cnn")


@pytest.fixture(scope="module")
def images():
    return ki.datasets.load("mnist/test[:3]").images


@pytest.fixture(scope="module")
def objects(network, images):
    """Each object with what its line must name."""
    twin = ki.shifted_twin(network, "constant:-1")
    finding = judge(network, twin, images, "constant:-1", "gradient-times-input")
    layer = next(unit for unit in network.units if unit.layer is not None)
    moving = twin.place.shared.network.units[0].layer
    analyzers = {
        name: (ki.analyzer(one, name, **told), [name, repr(one.name), "float32"])
        for one in (network, twin)
        for name, told in (
            ("gradient", {}),
            ("integrated-gradients", {"reference": np.zeros((28, 28, 1))}),
            ("smoothgrad", {"base": ki.analyzer(network, "lrp-z")} if one is network else {}),
        )
    }
    pair = paired(network, twin, images, "constant:-1", "gradient")
    return {
        "network": (
            network,
            ["'mnist_cnn'", "(28, 28, 1) -> 10 logits", "17 operations", "118,122 parameters", "Keras"],
        ),
        "twin": (twin, ["'mnist_cnn twin'", "118,122 parameters", "shifted by constant:-1"]),
        "float64": (network.astype("float64"), ["float64"]),
        **analyzers,
        "request": (analyzers["gradient"][0].request, ["gradient", "mnist_cnn"]),
        "patterns": (ki.fit_patterns(network, images, "linear"), ["'mnist_cnn'", "linear", "3 images", "5 layers"]),
        "scores": (finding.scores, ["3 images", "relative_l2", "spearman"]),
        "finding": (finding, ["gradient-times-input", "constant:-1", "sensitive", "3 of 3 images differ"]),
        "twin check": (finding.twin, ["float32=", "float64="]),
        "pair": (pair, ["'mnist_cnn' and 'mnist_cnn twin'", "gradient", "3 images"]),
        "question": (checked_inputs(network, images, None), ["3 images (28, 28, 1)"]),
        "origin": (Origin(images, np.zeros((28, 28, 1))), ["3 images (28, 28, 1)"]),
        "graph": (network.graph, ["(28, 28, 1)", "operations"]),
        "node": (layer.nodes[0], ["Conv2D"]),
        "unit": (layer, ["neurons", "Conv2D"]),
        "layer": (layer.layer, ["Conv2D", "kernel (5, 5, 1, 16)", "Relu"]),
        "part of a bias": (moving.moving[0], ["Moving", "(16,)"]),
        "place": (twin.place, ["mnist_cnn"]),
        "endpoints": (network.endpoints, ["image"]),
        "shift": (ki.shifts.constant(-1), ["constant:-1"]),
        "data set": (ki.datasets.load("mnist/test[:3]"), ["mnist/test[:3]"]),
    }


def test_every_object_says_in_one_line_what_it_is(objects):
    for name, (one, words) in objects.items():
        line = repr(one)
        assert "\n" not in line, name
        assert len(line) <= LONGEST, (name, line)
        assert all(word in line for word in words), (name, line)


def test_a_network_with_patterns_or_arrays_inside_an_option_stays_one_line(network):
    patterns = ki.fit_patterns(network, ki.datasets.load("mnist/test[:3]"), "linear")
    line = repr(ki.analyzer(network, "pattern-net", patterns=patterns))
    assert "pattern-net of 'mnist_cnn'" in line
    assert len(line) <= LONGEST


def test_notebooks_and_rich_consoles_show_a_network_as_a_table(network):
    html = network._repr_html_()
    assert html.count("<tr>") == 2 + 5 + len({unit.role for unit in network.units})
    assert "Conv2D" in html
    console = Console(width=200, file=StringIO())
    console.print(network)
    assert console.file.getvalue().count("Relu") == 4


def test_notebooks_show_a_finding_with_its_maps(network, images, objects):
    html = objects["finding"][0]._repr_html_()
    assert "sensitive" in html
    assert html.count("data:image/png;base64,") == 1
    assert objects["scores"][0]._repr_html_().count("<tr") == 5
    void = judge(network, network, images, "constant:-1", "gradient")
    assert "data:image" not in void._repr_html_()


def test_what_stands_in_a_name_is_no_html(network):
    assert "<script" not in replace(network, name="<script>alert(1)</script>")._repr_html_()
