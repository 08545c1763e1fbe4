"""Plots: pictures, curves and bars, each for the inputs that it fits."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

import keras_invariance as ki
from keras_invariance.judging.invariance import audit
from keras_invariance.judging.invariance.plots import kind_of
from tests.judging.invariance.conftest import verdicts


@pytest.mark.parametrize(
    ("shape", "kind"),
    [
        ((28, 28, 1), "picture"),
        ((8, 8, 5), "picture"),
        ((20, 64), "picture"),
        ((100, 1), "signal"),
        ((100, 3), "signal"),
        ((13,), "table"),
        ((1000,), "signal"),
        ((4, 8, 8, 1), ""),
    ],
)
def test_every_shape_has_its_kind(shape, kind):
    assert kind_of(shape) == kind


@pytest.mark.parametrize("shape", [(50, 2), (7,), (3, 4, 4, 1)])
def test_inputs_of_any_shape_are_audited_and_shown(shape, tmp_path):
    import keras

    keras.utils.set_random_seed(0)
    layers = [keras.Input(shape), keras.layers.Flatten(), keras.layers.Dense(6, "relu"), keras.layers.Dense(2)]
    network = ki.load_network(keras.Sequential(layers))
    images = np.random.default_rng(0).random((6, *shape), np.float32)
    steps = audit(network, images, tmp_path, shifts=["constant:1"], methods=["gradient", "gradient-times-input"])
    assert set(verdicts(steps).values()) == {"invariant", "sensitive"}
    page, picture = (tmp_path / "report.html").read_text("utf-8"), tmp_path / "maps_1.png"
    assert picture.exists() == (len(shape) < 4)
    assert ("are not drawn" in page) == (len(shape) == 4)
    if picture.exists():
        colours = np.asarray(Image.open(BytesIO(picture.read_bytes())).convert("RGB")).reshape(-1, 3)
        assert len(np.unique(colours, axis=0)) > 20
