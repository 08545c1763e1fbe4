"""Figures and what is measured on them."""

import numpy as np
import pytest

from keras_invariance.paper.cases import GRADIENT, LRP, TIMES_INPUT
from keras_invariance.paper.figures import ATTRIBUTIONS, CHECKERBOARD, SIGNALS, case_panel, equal_maps
from keras_invariance.paper.photographs import Reader, blue_green_red, efficientnet, photographs_figure, vgg16_weights

RAMP = np.linspace(0, 1, 784).reshape(1, 28, 28, 1)


def test_the_badge_is_the_verdict(row):
    maps = RAMP, RAMP
    assert case_panel(GRADIENT, maps, row()).tone == "good"
    assert "sensitive" in case_panel(GRADIENT, maps, row(verdict="sensitive")).badge
    assert case_panel(GRADIENT, maps, row(verdict="void")).tone == "plain"
    assert case_panel(GRADIENT, maps, row(), "\ncat 0.60").badge.endswith("invariant\ncat 0.60")
    assert case_panel(ATTRIBUTIONS.cases[1], maps, row()).title == "Integrated gradients\nzero reference"


def test_figures_show_the_methods_of_the_paper():
    assert {case.method for case in SIGNALS.cases} == {"gradient", "guided-backprop", "pattern-net"}
    shown = {(case.method, case.reference) for case in ATTRIBUTIONS.cases}
    assert {("integrated-gradients", "zero"), ("integrated-gradients", "black"), ("lrp-z", "")} < shown
    assert {"published", "positive", "linear"} < {case.estimator for case in ATTRIBUTIONS.cases}
    assert ("integrated-gradients", "black") in {(case.method, case.reference) for case in CHECKERBOARD.cases}


def test_equal_methods_are_found():
    maps = {GRADIENT: (RAMP, -RAMP), LRP: (2 * RAMP, RAMP), TIMES_INPUT: (2 * RAMP, RAMP + 1e-9)}
    ((one, two, largest),) = equal_maps(maps)
    assert (one, two) == ("LRP", "gradient \N{MULTIPLICATION SIGN} input")
    assert 0 < largest < 1e-8


def test_weights_are_looked_for_and_never_fetched(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    assert vgg16_weights() is None
    weights = tmp_path / "models" / "vgg16_weights_tf_dim_ordering_tf_kernels.h5"
    weights.parent.mkdir()
    weights.write_bytes(b"")
    assert vgg16_weights() == weights


@pytest.fixture
def photo_net():
    import keras

    import keras_invariance as ki

    layers = [keras.Input((224, 224, 3)), keras.layers.AveragePooling2D(56), keras.layers.Flatten()]
    return ki.load_network(keras.Sequential([*layers, keras.layers.Dense(1)], name="photo_net"))


def test_photographs_are_explained_from_every_reference_that_is_asked_for(photo_net):
    figure = photographs_figure(Reader(photo_net, "a small net", steps=2))
    assert figure.file == "figure_1_photographs.png"
    assert figure.name == "Figure 1, photographs"
    assert figure.title == "The reference decides what is seen: a small net"
    assert "mean colour, black, grey and white" in figure.about
    fewer = photographs_figure(Reader(photo_net, "a small net", references=("black", "white"), steps=2))
    assert "(integrated gradients from black and white)" in fewer.sentences[0]


def test_the_references_are_encoded_as_the_photographs_are(photo_net):
    """The network is affine, maps are its weights times x - reference: what is added to both cannot be seen."""
    plain, moved = (
        photographs_figure(Reader(photo_net, "", encode, references=("black", "white"), steps=2))
        for encode in (lambda x: x, lambda x: x + 5)
    )
    assert "black and white" in plain.sentences[0]
    assert moved.png != plain.png  # LRP has the root at zero of either encoding
    assert moved.sentences == plain.sentences


def test_vgg16_reads_blue_first_and_less_a_mean_colour():
    """Red 1, green 0.5, blue 0: 0 - 103.939, 127.5 - 116.779, 255 - 123.68."""
    encoded = blue_green_red(np.array((1.0, 0.5, 0.0), np.float32).reshape(1, 1, 1, 3))
    np.testing.assert_allclose(encoded[0, 0, 0], (-103.939, 10.721, 131.32), rtol=1e-6)


@pytest.mark.slow
def test_the_shipped_network_is_asked_about_the_cat_the_espresso_and_the_tripod():
    figure = photographs_figure(efficientnet())
    assert "output 285 (Egyptian cat), output 967 (espresso) and output 872 (tripod)" in figure.about
    assert figure.png[:8] == b"\x89PNG\r\n\x1a\n"
